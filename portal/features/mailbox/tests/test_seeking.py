"""What somebody seeks in their eBox: read from a form, asked of providers, and checked on what they give."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.mailbox.list import seeking
from portal.features.mailbox.list.seeking import SoughtMessages, fit_page, is_sought, query_of, sought_in
from portal.features.mailbox.types import EboxAttachment, MessageQuery
from portal.platform.sources.reading.outcomes import Late, Ready

from .messages import NOW, message, page

TODAY = date(2026, 11, 30)


def no_names(_: object) -> tuple[str, ...]:
    return ()


def test_an_empty_form_leaves_everything_open_and_asks_for_what_is_not_hidden():
    sought = sought_in({})

    assert sought == SoughtMessages()
    assert not sought.has_conditions
    assert query_of(sought, TODAY, 25) == MessageQuery(is_visible=True)


def test_a_whole_form_is_asked_of_the_providers_as_it_was_filled_in():
    sought = sought_in(
        {
            "zoek": "  aanslag\u202e  2025 ",
            "toon": "ongelezen",
            "verzender": "0308357159",
            "soort": "tax",
            "van": "2026-01-31",
            "tot": "2026-01-01",
            "aangetekend": "1",
            "vervalt": "1",
        }
    )

    assert query_of(sought, TODAY, 25) == MessageQuery(
        is_read=False,
        is_visible=True,
        is_registered=True,
        type_id="tax",
        sender="0308357159",
        received_from="2026-01-01",
        received_to="2026-01-31",
        expiring_to="2026-12-30",
        words="aanslag 2025",
    )


def test_what_is_hidden_is_sought_only_by_who_asks_for_it():
    assert query_of(sought_in({"toon": "verborgen"}), TODAY, 25).is_visible is False


@pytest.mark.parametrize(
    "given_",
    [
        {"toon": "alles"},
        {"van": "31/01/2026"},
        {"van": "2026-02-30"},
        {"van": "٢٠٢٦-٠١-٠١"},
        {"tot": "0001-01-01"},
        {"verzender": "x" * 201},
        {"soort": "a\nb"},
        {"aangetekend": "ja"},
    ],
)
def test_what_makes_no_sense_counts_as_left_open(given_):
    assert sought_in(given_) == SoughtMessages()


@given(st.dictionaries(st.sampled_from(["zoek", "toon", "verzender", "soort", "van", "tot", "vervalt"]), st.text()))
def test_any_form_is_read_and_comes_back_the_same_from_an_address(form):
    sought = sought_in(form)

    assert len(sought.text) <= seeking.LONGEST_TEXT
    assert msgspec.json.decode(msgspec.json.encode(sought), type=SoughtMessages) == sought


@pytest.mark.parametrize(
    ("query", "one", "fits"),
    [
        (MessageQuery(is_read=False), message("smals", "a", is_read=True), False),
        (MessageQuery(is_read=False), message("smals", "a"), True),
        (MessageQuery(), message("smals", "a", is_visible=False), False),
        (MessageQuery(), message("smals", "a", is_visible=None), True),
        (MessageQuery(is_visible=False), message("smals", "a", is_visible=None), False),
        (MessageQuery(is_visible=False), message("smals", "a", is_visible=False), True),
        (MessageQuery(is_registered=True), message("smals", "a"), False),
        (MessageQuery(type_id="fine"), message("smals", "a"), False),
        (MessageQuery(sender="0000000000"), message("smals", "a"), False),
        (MessageQuery(expiring_to="2026-12-30"), message("smals", "a", expires_at=None), False),
        (MessageQuery(expiring_to="2026-12-30"), message("smals", "a"), False),
        (
            MessageQuery(expiring_to="2026-12-30"),
            message("smals", "a", expires_at=datetime(2026, 12, 30, 22, 59, tzinfo=UTC)),
            True,
        ),
        (
            MessageQuery(expiring_to="2026-12-30"),
            message("smals", "a", expires_at=datetime(2026, 12, 30, 23, 0, tzinfo=UTC)),
            False,
        ),
    ],
)
def test_what_a_provider_gives_is_checked_again(query, one, fits):
    assert is_sought(one, query) is fits


@pytest.mark.parametrize(
    ("received", "is_of_january"),
    [
        # Belgium is an hour ahead in winter.
        (datetime(2025, 12, 31, 22, 59, tzinfo=UTC), False),
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), True),
        (datetime(2026, 1, 31, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 1, 31, 23, 0, tzinfo=UTC), False),
    ],
)
def test_days_are_those_of_belgium(received, is_of_january):
    query = MessageQuery(received_from="2026-01-01", received_to="2026-01-31")

    assert is_sought(message("smals", "a", received_at=received), query) is is_of_january


@pytest.mark.parametrize("words", ["brief", "BRIEF éxtra", "facture", "financien", "aanslag.pdf brief"])
def test_words_are_found_in_all_that_the_list_says_of_a_message(words):
    file = EboxAttachment("1", {"fr": "La facture"}, "aanslag.pdf", "application/pdf", is_main=True)
    one = message("smals", "a", subjects={"nl": "Uw brief", "fr": "Extra"}, attachments=(file,))

    assert is_sought(one, MessageQuery(words=words), ["FOD Financiën"])
    assert not is_sought(one, MessageQuery(words=f"{words} elders"), ["FOD Financiën"])


def test_where_the_names_are_not_known_the_search_of_the_provider_is_believed_about_words_alone():
    given_ = page([message("smals", "a"), message("smals", "b", is_read=True)])

    found = fit_page(given_, MessageQuery(words="FOD Financiën", is_read=False), lambda _: None)

    assert [one.id for one in found.found] == ["a"]


def test_a_page_of_which_nothing_fits_still_says_from_where_to_go_on():
    letters = [message("smals", "a", hours=1), message("smals", "b", hours=2)]

    found = fit_page(page(letters, has_more=True), MessageQuery(is_read=True), no_names)

    assert not found.found
    assert found.reached == (letters[1].received_at, "b")


def test_a_page_of_which_all_fits_stays_as_it_is():
    given_ = page([message("smals", "a")], reached=(NOW, "z"), has_more=True)

    assert fit_page(given_, MessageQuery(), no_names) is given_


def test_words_among_very_many_files_are_looked_for_beside_the_loop():
    files = tuple(
        EboxAttachment(str(at), {"nl": "é" * 300}, "brief.pdf", "application/pdf", is_main=False)
        for at in range(seeking.MANY_FILES + 1)
    )
    many, few = (Ready(page([message("smals", "a", attachments=some)]), NOW) for some in (files, files[1:]))
    query = MessageQuery(words="brief")

    assert seeking.is_long(many, query)
    assert not seeking.is_long(few, query)
    assert not seeking.is_long(many, MessageQuery())
    assert not seeking.is_long(Late(), query)
