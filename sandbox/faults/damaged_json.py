"""Damage a JSON answer in one way, so that its reader can show what they make of it."""

import msgspec

from .strangers import stranger


def damaged_json(mode: str, body: bytes, number: str, source: str) -> bytes:
    """Give the answer with one thing wrong; `number` is whom it was asked about, `source` who would be missing.

    An empty body (nothing found) counts as `{}`, except that it cannot be about another person. A mode without a
    meaning for content leaves the answer as it is.
    """
    if mode == "other-person":
        return body.replace(number.encode(), stranger(number).encode()) if number else body
    whole = body.strip() or b"{}"
    if mode == "broken":
        return whole[: len(whole) // 2]
    if mode == "twice":
        return whole + whole
    if mode == "wrong-root":
        return b"[" + whole + b"]"
    if mode == "wrong-encoding":
        # Invalid as what it says it is (UTF-16) and as what it was, so that no guess makes it right.
        return b'{"\xff\xfe":0,' + whole[1:] if len(whole) > 2 else b'{"\xff\xfe":0}'
    if mode == "partial":
        content = msgspec.json.decode(whole)
        missing = [{"bron": source, "code": "60006", "reden": "Geen antwoord van bron"}]
        return msgspec.json.encode({**content, "ontbreekt": missing} if isinstance(content, dict) else content)
    return body


def padding_at(body: bytes) -> int:
    """Say where spaces can be put without a change of meaning: before the last bracket."""
    return len(body.rstrip()) - 1
