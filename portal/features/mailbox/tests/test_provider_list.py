"""The federation's list of providers, as it comes: who is asked, when not, and what of it makes no sense."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.mailbox.registry import provider_list, providers
from portal.features.mailbox.registry.provider_list import ProviderList

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
SMALS: dict[str, Any] = {
    "messageProviderId": "smals",
    "messageProviderName": {"nl": "Smals", "fr": "Smals", "xx": "?"},
    "messageProviderUrl": "https://ebox.example/REST/ebox/citizen/v2/",
    "messageProviderActivationDate": "2017-12-01",
    "messageProviderTechnicalContact": "somebody@example.org",
    "apiSupportedVersion": "2.1",
}


def read(*lines: Any) -> ProviderList:
    found = provider_list.read(msgspec.json.encode(lines))
    assert isinstance(found, ProviderList)
    return found


def smals(**more: Any) -> dict[str, Any]:
    return SMALS | {f"messageProvider{name}": value for name, value in more.items()}


def test_a_provider_is_read_whole():
    found = read(SMALS)
    (one,) = found.active(NOON)
    assert (one.id, one.source, one.address) == ("smals", "ebox-smals", "https://ebox.example/REST/ebox/citizen/v2")
    assert (dict(one.names), one.version, one.has_order) == ({"nl": "Smals", "fr": "Smals"}, "2.1", False)
    assert found.left_out == ()


@pytest.mark.parametrize(
    ("written", "has_order"), [("3.0", True), ("3", True), (3, True), ("12.1.4", True), ("2.9", False), ("", False)]
)
def test_an_order_is_promised_from_version_three_on(written, has_order):
    (one,) = read(SMALS | {"apiSupportedVersion": written}).active(NOON)
    assert one.has_order is has_order


@pytest.mark.parametrize(
    "address",
    [
        "http://ebox.example/v2",
        "https://ebox.example@elsewhere.example/v2",
        "https://ebox.example/v2?to=elsewhere",
        "https://ebox.example/v2#part",
        "https://ebox.example/v2/../../admin",
        "https://ebox.example/%2e%2e/admin",
        "https://ebox.example:99999/v2",
        "https://ebox.example:/v2",
        "https://[::1]/v2",
        "https://ebox.example\\@elsewhere/v2",
        "https://ebox.example/v2\r\nHost: elsewhere",
        "https://ébox.example/v2",
        "https://",
        f"https://ebox.example/{'a' * 400}",
        "",
        None,
        7,
        ["https://ebox.example/v2"],
    ],
)
def test_an_address_that_may_not_be_asked_makes_a_provider_that_is_named_and_never_asked(address):
    found = read(smals(Url=address))
    (one,) = found.active(NOON)
    assert (one.address, dict(one.names)["nl"], found.left_out) == ("", "Smals", ("messageProviderUrl",))
    bar = providers.bar_of(one, NOON)
    assert bar is not None
    assert bar.reason == "unreadable"


def test_the_name_of_a_machine_is_read_in_any_case():
    (one,) = read(smals(Url="https://EBOX.Example:8443/REST")).active(NOON)
    assert one.address == "https://ebox.example:8443/REST"


@pytest.mark.parametrize(
    "name",
    ["", "a/b", "../smals", "a b", "é", "-a", "a" * 101, None, 7, "federation", "Federation", "a\n", "a\u202e"],
)
def test_a_provider_whose_name_could_be_another_thing_is_left_out_and_said(name):
    found = read(SMALS | {"messageProviderId": name})
    assert (found.lines, found.left_out) == ((), ("messageProviderId",))


@pytest.mark.parametrize(
    ("begins", "ends", "is_active"),
    [
        ("2026-06-15", None, True),
        ("2026-06-16", None, False),
        ("2017-12-01", "2026-06-15", False),
        ("2017-12-01", "2026-06-16", True),
        ("2017-12-01", "9999-12-31", True),
        ("2017-12-01", "0001-01-01", True),
        ("2017-12-01T00:00:00Z", "", True),
        ("9999-12-31", None, False),
        ("9999-12-31", "9999-12-31", False),
        (None, None, True),
    ],
)
def test_who_is_not_yet_or_no_longer_active_is_not_asked(begins, ends, is_active):
    found = read(smals(ActivationDate=begins, DeactivationDate=ends))
    assert (len(found.active(NOON)) == 1) is is_active
    assert found.left_out == ()


def test_a_day_begins_in_belgium():
    found = read(smals(ActivationDate="2026-06-15"))
    before = datetime(2026, 6, 14, 21, 59, tzinfo=UTC)
    assert (len(found.active(before)), len(found.active(before + timedelta(minutes=1)))) == (0, 1)


def test_a_day_that_cannot_be_read_bars_nobody_and_is_said():
    found = read(smals(ActivationDate="soon", DeactivationDate=["never"]))
    assert len(found.active(NOON)) == 1
    assert found.left_out == ("messageProviderActivationDate", "messageProviderDeactivationDate")


def test_announced_maintenance_bars_and_says_until_when_and_odd_intervals_do_not():
    times = [
        {"startDate": "2026-06-15T12:00:00Z", "endDate": "2026-06-15T13:00:00Z"},
        {"startDate": "2026-06-15T13:00:00", "endDate": "2026-06-15T16:30:00"},  # Belgian: two hours before UTC's
        {"startDate": "2026-06-16T13:00:00Z", "endDate": "2026-06-16T12:00:00Z"},
        {"startDate": "2026-06-15T12:00:00Z", "endDate": "2026-06-15T12:00:00Z"},
        {"startDate": "never"},
        "tomorrow",
    ]
    found = read(smals(PlannedMaintenance=times))
    (one,) = found.active(NOON)
    assert (found.left_out, found.unread) == ((), ("messageProviderPlannedMaintenance",))
    bar = providers.bar_of(one, NOON)
    assert bar is not None
    assert (bar.reason, bar.until) == ("maintenance", datetime(2026, 6, 15, 14, 30, tzinfo=UTC))
    assert providers.bar_of(one, NOON - timedelta(hours=2)) is None
    assert providers.bar_of(one, datetime(2026, 6, 15, 14, 30, tzinfo=UTC)) is None


def test_a_list_that_is_too_long_is_cut_and_said():
    found = read(
        *(SMALS | {"messageProviderId": f"p{n}", "messageProviderUrl": f"https://p{n}.be"} for n in range(40))
    )
    assert (len(found.lines), found.left_out) == (provider_list.MOST, ("more providers than can be asked",))


@pytest.mark.parametrize(
    "second",
    [
        SMALS,
        SMALS | {"messageProviderUrl": "https://elsewhere.example"},
        SMALS | {"messageProviderId": "SMALS", "messageProviderUrl": "https://elsewhere.example"},
        SMALS | {"messageProviderId": "other"},
    ],
)
def test_a_second_line_of_the_same_provider_is_not_asked(second):
    found = read(SMALS, second)
    assert [line.provider.address for line in found.lines] == ["https://ebox.example/REST/ebox/citizen/v2"]
    assert found.left_out == ("a provider twice",)


OTHER = {"messageProviderId": "other", "messageProviderUrl": "https://elsewhere.example"}


@pytest.mark.parametrize(
    "own", [{}, {"messageProviderId": "smals"}, {"messageProviderUrl": SMALS["messageProviderUrl"]}]
)
def test_a_successor_is_asked_from_its_first_day_on(own):
    new = SMALS | OTHER | own | {"messageProviderActivationDate": "2026-06-15"}
    found = read(smals(DeactivationDate="2026-06-15"), new)
    before, then = found.active(NOON - timedelta(days=1)), found.active(NOON)
    assert ([one.id for one in before], [one.id for one in then]) == (["smals"], [new["messageProviderId"]])
    assert (then[0].address == before[0].address, found.left_out) == ("messageProviderUrl" in own, ())


@pytest.mark.parametrize(
    ("ends", "begins", "is_twice"),
    [
        ("2026-06-15", "2026-06-15", False),
        ("2026-06-15", "2026-06-14", True),
        ("9999-12-31", "2026-06-15", True),
        ("2026-06-15", None, True),
        (None, "9999-12-31", False),
        ("2017-12-01", None, False),  # never active
    ],
)
def test_a_provider_is_there_twice_only_where_its_periods_overlap(ends, begins, is_twice):
    found = read(smals(DeactivationDate=ends), smals(ActivationDate=begins))
    assert (len(found.lines), found.left_out) == ((1, ("a provider twice",)) if is_twice else (2, ()))


def test_names_are_measured_and_what_cannot_be_seen_is_taken_out():
    (one,) = read(smals(Name={"nl": "Sma\u202els\n\x00", "fr": "é" * 5000, "de": ["x"]})).active(NOON)
    assert dict(one.names) == {"nl": "Smals", "fr": "é" * provider_list.MOST_NAME}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<html>", "HTML"),
        (b"", "no JSON"),
        (b"[" * 5000, "no JSON"),
        (b"7", "no list"),
        (b'{"items": {}}', "no list"),
    ],
)
def test_what_is_no_list_says_so(data, why):
    assert provider_list.read(data) == why


@pytest.mark.parametrize(
    ("total", "left_out"), [(1, ()), (0, ()), (None, ()), ("2", ()), (True, ()), (2, ("totalItems",))]
)
def test_a_list_may_stand_in_an_object_and_one_that_lacks_items_says_so(total, left_out):
    found = provider_list.read(msgspec.json.encode({"items": [SMALS], "totalItems": total}))
    assert isinstance(found, ProviderList)
    assert (len(found.lines), found.left_out) == (1, left_out)


_NAMES = st.sampled_from(
    [*SMALS, "messageProviderPlannedMaintenance", "messageProviderDeactivationDate", "startDate"]
)
_SAID = st.sampled_from(["smals", "https://a.be", "2026-02-30", "9999-12-31", "2026-06-15T12:00:00Z", "", "\ud7ff"])
_ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | _SAID
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=20,
)


@given(st.lists(_ANY, max_size=4))
def test_whatever_comes_is_read_or_said(lines):
    found = read(*lines)
    assert len(found.lines) + len(found.left_out) > 0 or not lines
    for one in found.active(NOON):
        assert one.source.startswith("ebox-")
        providers.bar_of(one, NOON)
