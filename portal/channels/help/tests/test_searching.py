"""Search in the help: what people type finds what they need, with accents, slips and all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.channels.help import searching
from portal.channels.help.searching import distance, find, fold
from portal.platform.help import entries
from portal.platform.language.current import speaking


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("inloggen", "aanmelden"),
        ("kaartlezr", "aanmelden"),
        ("phising", "phishing"),
        ("PHISHING", "phishing"),
        ("federaal tokken", "federaal-token"),
        ("oma helpen", "iemand-helpen"),
        ("verkeerde naam", "verkeerde-naam"),
        ("fout in mijn adres", "fout-melden"),
        ("weduwe", "ebox-overleden"),
        ("COVID", "nog-brieven-op-papier"),
        ("Wallonie", "attest-lukt-niet"),
        ("legalisatie", "attesten-waarde"),
        ("samsung", "app-opent-niet"),
        ("bijnaam", "roepnaam"),
        ("e-mails stoppen", "geen-mails-meer"),
    ],
)
def test_finds_what_people_look_for(query, first):
    assert find(query)[0].slug == first


@pytest.mark.parametrize("query", ["", " ", "de het een", "xyzzy", "?", "%", "a" * 5000, "\x00", "’"])
def test_finds_nothing_where_there_is_nothing(query):
    assert find(query) == []


def test_every_entry_is_found_by_its_own_question():
    lost = {
        slug for slug, entry in entries.whole_help().entries.items() if entry not in find(entry.question.casefold())
    }
    assert lost == set()


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("who can I call", "hulp-krijgen"),
        ("telephone", "hulp-krijgen"),
        ("pasword", "moet-ik-mij-registreren"),
        # What is not in English yet, and Dutch words for what is.
        ("kaartlezer", "aanmelden"),
        ("telefoon bellen", "hulp-krijgen"),
    ],
)
def test_finds_in_english_what_is_said_in_either(query, first):
    with speaking("en"):
        assert find(query)[0].slug == first
        assert find("who is the of") == []
    assert find("telephone") != find("telefoon")


def test_finds_no_more_than_people_read():
    assert len(find("ebox app mail aanmelden gegevens attest")) == searching.MOST_FOUND


def test_accents_and_capitals_do_not_matter():
    assert fold("Coördinaat ÉÉN Wallonië") == "coordinaat een wallonie"


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("token", "token", 0),
        ("tokne", "token", 1),
        ("tokken", "token", 1),
        ("tken", "token", 1),
        ("koten", "token", 2),
    ],
)
def test_slips_are_counted(one, other, apart):
    assert distance(one, other, 2) == apart


def test_counting_stops_at_what_matters():
    assert distance("a" * 50, "b" * 50, 2) == 3
    assert distance("a", "abcd", 2) == 3


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_slips_count_the_same_both_ways(one, other):
    assert distance(one, other, 8) == distance(other, one, 8)
    assert (distance(one, other, 8) == 0) == (one == other)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_answered(query):
    found = find(query)
    assert len(found) == len({entry.slug for entry in found})
