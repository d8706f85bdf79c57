"""Read a number with a decimal point or comma, and write it as people do here: 1,5 and 1.250,50 euro."""

import re

LONGEST = 32  # characters; a longer text is shown as it was written
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,18})(?:[.,](?P<rest>[0-9]{1,9}))?")


def read(written: str) -> str | None:
    """Write a number with a decimal comma, without decimals that are all zero; None for any other text."""
    number = _match(written)
    if number is None:
        return None
    rest = number["rest"] or ""
    return f"{_sign(number)}{_whole(number)}{f',{rest}' if rest.strip('0') else ''}"


def with_unit(written: str, unit: str) -> str:
    """Write a number with its unit after it; give a text that is no number unchanged."""
    number = read(written)
    return written if number is None else f"{number} {unit}".strip()


def in_euros(written: str) -> str:
    """Write an amount with two decimals at least, and dots between thousands; give a text that is none unchanged."""
    number = _match(written)
    if number is None:
        return written
    whole = f"{int(number['whole']):,}".replace(",", ".")
    return f"{_sign(number)}{whole},{(number['rest'] or '').ljust(2, '0')} euro"


def _match(written: str) -> re.Match[str] | None:
    text = written.strip()
    return _NUMBER.fullmatch(text) if len(text) <= LONGEST else None


def _sign(number: re.Match[str]) -> str:
    return "-" if number["sign"] == "-" else ""


def _whole(number: re.Match[str]) -> str:
    return number["whole"].lstrip("0") or "0"
