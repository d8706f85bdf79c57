"""Which networks an address counts for."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.contact.limits import NetworkLimit, networks


def test_an_address_of_the_older_kind_is_one_network() -> None:
    assert networks("192.0.2.1") == networks("::ffff:192.0.2.1") == [NetworkLimit("192.0.2.1", 20)]


def test_a_home_with_many_networks_is_counted_at_each_width() -> None:
    assert networks("2001:db8:1:2fe::1") == [
        NetworkLimit("2001:db8:1:2fe::/64", 20),
        NetworkLimit("2001:db8:1:200::/56", 40),
        NetworkLimit("2001:db8:1::/48", 100),
    ]


@pytest.mark.parametrize("address", ["", "unknown", "192.0.2.1:8000", "2001:db8::/32"])
def test_what_is_no_address_is_one_network_together(address: str) -> None:
    assert networks(address) == [NetworkLimit("", 20)]


@given(st.ip_addresses(v=6), st.integers(0, (1 << 64) - 1))
def test_addresses_of_one_connection_are_one(address: ipaddress.IPv6Address, end: int) -> None:
    if address.ipv4_mapped is None:
        other = ipaddress.IPv6Address(int(address) >> 64 << 64 | end)
        assert other.ipv4_mapped or networks(str(other)) == networks(str(address))
