"""Read e-mail addresses as people type them, and tell which ones we can send to."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.platform.kit import domain_name, typed_text
from portal.platform.kit.errors import PortalError

MOST = 254  # characters, RFC 5321
MOST_LOCAL = 64

# The part of RFC 5321 that people use: no quoted names, no address literals, and a domain with a dot in it.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"({_ATOM}(?:\.{_ATOM})*)@{_LABEL}(?:\.{_LABEL})*\.(?:[A-Za-z]{{2,63}}|xn--[A-Za-z0-9-]{{2,59}})"
)


class AddressFault(StrEnum):
    """What is wrong with a text that should be an e-mail address."""

    NO_AT = "no_at"
    LOCAL = "local"
    DOMAIN = "domain"
    TOO_LONG = "too_long"
    NOT_WHOLE = "not_whole"


# The message for whoever typed it.
WORDS: Mapping[AddressFault, Any] = {
    AddressFault.NO_AT: _("Een e-mailadres heeft een apenstaartje (@), zoals naam@voorbeeld.be."),
    AddressFault.LOCAL: _(
        "Wij kunnen niet mailen naar een adres met letters als é of ß voor het apenstaartje (@). "
        "Vul een ander e-mailadres in."
    ),
    AddressFault.DOMAIN: _(
        "Wat achter het apenstaartje (@) staat, kan geen domein zijn. Kijk het na, of vul een ander in."
    ),
    AddressFault.TOO_LONG: _("Dit e-mailadres is te lang."),
    AddressFault.NOT_WHOLE: _("Dit is geen volledig e-mailadres. Kijk het na, bijvoorbeeld naam@voorbeeld.be."),
}


class AddressRefused(PortalError):
    """A text is no address that mail can be sent to."""

    code = "address"

    def __init__(self, fault: AddressFault) -> None:
        super().__init__(fault)
        self.fault = fault


def read(text: str) -> str:
    """Read an address as somebody typed it: invisible characters are removed, the domain is put in its ASCII form.

    Raise AddressRefused for anything that mail cannot be sent to.
    """
    try:
        plain = typed_text.code(text, most=MOST)
    except typed_text.TooLong:
        raise AddressRefused(AddressFault.TOO_LONG) from None
    local, at, written = plain.rpartition("@")
    if not at:
        raise AddressRefused(AddressFault.NO_AT)
    if not local.isascii():
        raise AddressRefused(AddressFault.LOCAL)
    domain = domain_name.to_ascii(written)
    if domain is None:
        raise AddressRefused(AddressFault.DOMAIN)
    if len(address := f"{local}@{domain}") > MOST:
        raise AddressRefused(AddressFault.TOO_LONG)
    if not is_usable(address):
        raise AddressRefused(AddressFault.NOT_WHOLE)
    return address


def is_usable(address: str) -> bool:
    """Tell whether mail can be sent there: one plain address in ASCII (a domain with accents as `xn--…`)."""
    match = _ADDRESS.fullmatch(address) if len(address) <= MOST else None
    return match is not None and len(match[1]) <= MOST_LOCAL
