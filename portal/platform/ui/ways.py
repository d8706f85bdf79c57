"""Ways out of the portal that a body wrote down: a web address, a telephone number, an address of mail.

Any other text becomes no link, so nobody is led where the body did not mean to lead them.
"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

LONGEST_LINK = 2_000
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
_TRUNK = re.compile(r"(?<=[0-9 ])\(0\)")
_PHONE = re.compile(r"[0-9+(][0-9 ()./+-]{2,30}")
# It has none of the characters that separate the parts of a `mailto:`, which could add recipients or a text.
_MAILBOX = re.compile(r"[A-Za-z0-9.!$'*+^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,200}\.[A-Za-z]{2,}")


class OutsideLink(NamedTuple):
    """A link out of the portal; the page shows its host."""

    address: str
    host: str


def link_of(written: str) -> OutsideLink | None:
    """Read a web address as a link; None for any other text, and for an address with a user, a port or odd
    characters.

    The link is always over https, also where a body wrote http, as some published answers do: over http anybody on
    the way could lead people elsewhere.
    """
    if not 0 < len(written) <= LONGEST_LINK or not written.isascii() or not written.isprintable() or " " in written:
        return None
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    ports = {"https": (None, 443), "http": (None, 80)}
    if port not in ports.get(parts.scheme, ()) or parts.username is not None or not _HOST.fullmatch(host):
        return None
    if any(sign in written for sign in "\"'<>\\`{}|^"):
        return None
    if parts.scheme == "http":
        return OutsideLink(parts._replace(scheme="https", netloc=host).geturl(), host)
    return OutsideLink(written, host)


def phone_of(written: str) -> str:
    """Write a number as a `tel:` address needs it; "" for what is no number."""
    if not _PHONE.fullmatch(written):
        return ""
    # The (0) after the code of a country is not dialled.
    return re.sub(r"[^0-9+]", "", _TRUNK.sub("", written))


def mailbox_of(written: str) -> str:
    """Give an e-mail address if a `mailto:` can hold it; "" for any other text."""
    return written if _MAILBOX.fullmatch(written) else ""
