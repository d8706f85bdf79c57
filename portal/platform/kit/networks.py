"""The networks around an internet address, for whoever counts by where something comes from."""

import ipaddress
from functools import lru_cache
from typing import NamedTuple

# Bits of the networks that somebody with IPv6 may have for themselves, and how much wider the limit of each is: a
# connection, a home, a company. Who is given a /48 has 65,536 of the first.
IPV6 = {64: 1, 56: 2, 48: 5}


class Network(NamedTuple):
    """A network, and how many times the limit of one connection it bears."""

    name: str
    times: int


@lru_cache(maxsize=4096)
def around(address: str) -> tuple[Network, ...]:
    """List the networks around an address, the narrowest first; all that is no address is one network.

    An IPv4 address stands for itself: whoever shares it (a carrier's customers) shares the limit too.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return (Network("", 1),)
    found = parsed if parsed.version == 4 else parsed.ipv4_mapped
    if found:
        return (Network(str(found), 1),)
    return tuple(
        Network(str(ipaddress.ip_network((int(parsed), bits), strict=False)), times) for bits, times in IPV6.items()
    )
