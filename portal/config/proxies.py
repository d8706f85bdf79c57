"""Which addresses are those of our own proxies, whose word on where a request comes from is taken.

uvicorn reads the same names (`FORWARDED_ALLOW_IPS`) and then gives the client's own address to the application.
"""

import ipaddress

from django.conf import settings

EVERYBODY = "*"


def is_ours(peer: str) -> bool:
    """Tell whether a connection comes from a proxy of ours, and so carries requests of many people.

    It is not cached: where people connect to us themselves, a process would keep the address of each of them.
    """
    if EVERYBODY in settings.PROXIES:
        return True
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in settings.PROXIES)
