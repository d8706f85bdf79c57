"""Which addresses we send to."""

import re

MOST = 254  # characters, RFC 5321
MOST_LOCAL = 64

# Of what RFC 5321 allows, what people have: no quoted names, no address literals, and a domain with a dot in it.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"({_ATOM}(?:\.{_ATOM})*)@{_LABEL}(?:\.{_LABEL})*\.(?:[A-Za-z]{{2,63}}|xn--[A-Za-z0-9-]{{2,59}})"
)


def usable(address: str) -> bool:
    """Tell whether mail can be sent there: one plain address in ASCII (a domain with accents as `xn--…`)."""
    found = _ADDRESS.fullmatch(address)
    return found is not None and len(address) <= MOST and len(found[1]) <= MOST_LOCAL
