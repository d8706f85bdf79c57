"""The networks around an internet address, for limits on how much may come from one of them."""

import ipaddress
from functools import lru_cache
from typing import NamedTuple

# Prefix lengths of the networks that a customer may have with IPv6 (a connection, a home, a company), and how many
# times the limit of one connection each bears. A /48 holds 65,536 networks of /64.
IPV6 = {64: 1, 56: 2, 48: 5}


class Network(NamedTuple):
    """A network by its name ("2001:db8::/56"), and how many times the limit of one connection it bears."""

    name: str
    times: int


@lru_cache(maxsize=4096)
def around(address: str) -> tuple[Network, ...]:
    """List the networks around an address, the narrowest first; every text that is no address is in one network, "".

    An IPv4 address is a network by itself: whoever shares it (a carrier's customers) shares the limit too.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return (Network("", 1),)
    ipv4 = parsed if parsed.version == 4 else parsed.ipv4_mapped
    if ipv4:
        return (Network(str(ipv4), 1),)
    return tuple(
        Network(str(ipaddress.ip_network((int(parsed), bits), strict=False)), times) for bits, times in IPV6.items()
    )
