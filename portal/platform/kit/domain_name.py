"""Names of domains, as machines send them (ASCII, RFC 5891) and as people write them: `xn--caf-dma.be`, `café.be`."""

import idna

MOST = 253  # characters, in either form


def in_ascii(domain: str) -> str | None:
    """Write a domain as it is sent; None for one that has no such form. What is ASCII already stays as it is."""
    if domain.isascii():
        return domain
    if len(domain) > MOST:
        return None
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None


def as_written(domain: str) -> str:
    """Write a domain as people know it; one that says nothing in another form stays as it is."""
    if "xn--" not in domain.lower() or len(domain) > MOST:
        return domain
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


def mailbox_as_written(address: str) -> str:
    """Write an address of mail as its owner would, with the letters of its domain."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{as_written(domain)}"
