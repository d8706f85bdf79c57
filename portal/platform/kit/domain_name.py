"""Names of domains, as machines send them (ASCII, RFC 5891) and as people write them: `xn--caf-dma.be`, `café.be`."""

import idna

MOST = 253  # characters, in either form


def to_ascii(domain: str) -> str | None:
    """Write a domain in its ASCII form; None for one that has none. A domain in ASCII is given unchanged."""
    if domain.isascii():
        return domain
    if len(domain) > MOST:
        return None
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None


def to_unicode(domain: str) -> str:
    """Write a domain with the letters that people know; one without such a form is given unchanged."""
    if "xn--" not in domain.lower() or len(domain) > MOST:
        return domain
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


def address_to_unicode(address: str) -> str:
    """Write an e-mail address with its domain in the letters that people know."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{to_unicode(domain)}"
