"""Ways out of the portal that a body wrote down: a web address, a telephone number, an address of mail.

What is none of these stays text: nobody is led where a body did not mean to lead them.
"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

LONGEST_LINK = 2_000
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
_TRUNK = re.compile(r"(?<=[0-9 ])\(0\)")
_PHONE = re.compile(r"[0-9+(][0-9 ()./+-]{2,30}")
# Without what separates parts of a `mailto:`, with which it could name more readers, or a text.
_MAILBOX = re.compile(r"[A-Za-z0-9.!$'*+^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,200}\.[A-Za-z]{2,}")


class OutsideLink(NamedTuple):
    """Where somebody is led, outside the portal. host: what it is called on the page."""

    address: str
    host: str


def link_of(written: str) -> OutsideLink | None:
    """Take an address for one that people can be led to; None for anything but a plain web address.

    They are led over https, also where a body wrote http, as the published answers of some do: whoever is on the way
    could lead them anywhere else.
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
    # Behind the code of a country nobody dials the (0).
    return re.sub(r"[^0-9+]", "", _TRUNK.sub("", written))


def mailbox_of(written: str) -> str:
    """Give an address of mail that a `mailto:` can hold; "" for what is none."""
    return written if _MAILBOX.fullmatch(written) else ""
