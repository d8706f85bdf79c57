"""Read a number with a decimal point or comma, and write it as people do here: 1,5 and 1.250,50 euro."""

import re

LONGEST = 32  # characters; what is longer is shown as it came
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,18})(?:[.,](?P<rest>[0-9]{1,9}))?")


def read(written: str) -> str | None:
    """Write a number with a decimal comma, without one where nothing stands behind it; None for what is no number."""
    found = _find(written)
    if found is None:
        return None
    rest = found["rest"] or ""
    return f"{_sign(found)}{_whole(found)}{f',{rest}' if rest.strip('0') else ''}"


def with_unit(written: str, unit: str) -> str:
    """Write a number with its unit behind it; what is no number stays as it is."""
    number = read(written)
    return written if number is None else f"{number} {unit}".strip()


def in_euros(written: str) -> str:
    """Write an amount with two decimals at least, and dots between thousands; what is no number stays as it is."""
    found = _find(written)
    if found is None:
        return written
    whole = f"{int(found['whole']):,}".replace(",", ".")
    return f"{_sign(found)}{whole},{(found['rest'] or '').ljust(2, '0')} euro"


def _find(written: str) -> re.Match[str] | None:
    text = written.strip()
    return _NUMBER.fullmatch(text) if len(text) <= LONGEST else None


def _sign(found: re.Match[str]) -> str:
    return "-" if found["sign"] == "-" else ""


def _whole(found: re.Match[str]) -> str:
    return found["whole"].lstrip("0") or "0"
