"""Damage the content of a JSON answer as a fault says."""

import msgspec

from .strangers import stranger


def damaged_json(mode: str, body: bytes, number: str, source: str) -> bytes:
    """Give the body with what is wrong in this mode (`switches.Mode`); a mode that is not about content changes
    nothing.

    `number` is the national number that was asked about, `source` the name for the part that `partial` lacks. An
    empty body (nothing found) counts as `{}`, except for `other-person`.
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
        # Invalid as the encoding in its header (UTF-16, see `meeting`) and as UTF-8, so that no guess makes it right.
        return b'{"\xff\xfe":0,' + whole[1:] if len(whole) > 2 else b'{"\xff\xfe":0}'
    if mode == "partial":
        content = msgspec.json.decode(whole)
        missing = [{"bron": source, "code": "60006", "reden": "Geen antwoord van bron"}]
        return msgspec.json.encode({**content, "ontbreekt": missing} if isinstance(content, dict) else content)
    return body


def padding_at(body: bytes) -> int:
    """Give the offset at which spaces change nothing: before the last bracket."""
    return len(body.rstrip()) - 1
