"""Which connections are those of our own proxies: asked anew each time, so that nobody's address is kept."""

from ipaddress import ip_network

from django.test import override_settings

from portal.config import proxies


def test_no_address_that_connected_is_remembered():
    for networks in ((), (ip_network("192.0.2.0/24"),), ("*",), ()):
        with override_settings(PROXIES=frozenset(networks)):
            assert proxies.is_ours("192.0.2.1") is bool(networks)
