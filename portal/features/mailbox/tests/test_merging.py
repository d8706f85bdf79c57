"""One list of several providers' pages, against a plain sort of all that they have."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.features.mailbox.list.merging import PlaceInList, merge, place_of
from portal.features.mailbox.types import EboxMessage, MessagePage

from .messages import NOW, message, page

PROVIDERS = ("federaal", "smals", "vlaanderen")
# Few moments, so that many letters share one; few ids, so that providers share them.
BOXES = st.fixed_dictionaries(
    {
        provider: st.lists(
            st.tuples(st.integers(0, 5), st.sampled_from("abcdefgh")), max_size=30, unique_by=lambda one: one[1]
        )
        for provider in PROVIDERS
    }
).map(
    lambda boxes: {
        provider: [message(provider, id_, hours=hours) for hours, id_ in letters]
        for provider, letters in boxes.items()
    }
)


def by_age(one: EboxMessage) -> tuple[timedelta, str, str]:
    return NOW - one.received_at, one.provider, one.id


def comes_after(one: EboxMessage, past: PlaceInList | None) -> bool:
    return past is None or by_age(one) > (NOW - past[0], past[1], past[2])


def answer_of(
    letters: Sequence[EboxMessage], past: PlaceInList | None, wanted: int, is_found: Callable[[EboxMessage], bool]
) -> MessagePage:
    """Answer as a provider does that looks through so many letters and gives those that are found."""
    left = sorted((one for one in letters if comes_after(one, past)), key=by_age)
    looked_at = left[:wanted]
    reached = (looked_at[-1].received_at, looked_at[-1].id) if looked_at else None
    return page(filter(is_found, looked_at), has_more=len(left) > wanted, reached=reached)


def all_pages(
    boxes: Mapping[str, Sequence[EboxMessage]], wanted: int, is_found: Callable[[EboxMessage], bool] = bool
) -> list[EboxMessage]:
    """Go from page to page, and give what stands on them."""
    shown: list[EboxMessage] = []
    past: PlaceInList | None = None
    for _ in range(200):
        pages = {provider: answer_of(letters, past, wanted, is_found) for provider, letters in boxes.items()}
        one = merge(pages, past=past, wanted=wanted, now=NOW)
        assert len(one.messages) <= wanted
        shown += one.messages
        if one.next is None:
            return shown
        past = one.next
    raise AssertionError("the pages have no end")


@given(boxes=BOXES, wanted=st.integers(1, 12))
def test_page_after_page_gives_all_in_order_and_each_once(boxes, wanted):
    every = [one for letters in boxes.values() for one in letters]

    assert all_pages(boxes, wanted) == sorted(every, key=by_age)


@given(boxes=BOXES, wanted=st.integers(1, 12))
def test_what_a_filter_drops_after_reading_makes_pages_shorter_and_loses_nothing(boxes, wanted):
    every = [one for letters in boxes.values() for one in letters]

    assert all_pages(boxes, wanted, lambda one: one.id in "ac") == sorted(
        (one for one in every if one.id in "ac"), key=by_age
    )


@given(boxes=BOXES, at=st.integers(1, 20), wanted=st.integers(1, 5))
def test_letters_that_arrive_meanwhile_move_nothing(boxes, at, wanted):
    first = merge(
        {provider: answer_of(letters, None, wanted, bool) for provider, letters in boxes.items()},
        past=None,
        wanted=wanted,
        now=NOW,
    )
    if first.next is None:
        return
    later = {provider: [*letters, message(provider, "new", hours=-at)] for provider, letters in boxes.items()}
    pages = {provider: answer_of(letters, first.next, 100, bool) for provider, letters in later.items()}
    rest = merge(pages, past=first.next, wanted=1000, now=NOW)
    every = [one for letters in boxes.values() for one in letters]

    assert [*first.messages, *rest.messages] == sorted(every, key=by_age)


def test_the_page_ends_where_a_provider_has_more_than_it_gave():
    pages = {
        "smals": page([message("smals", "a", hours=1), message("smals", "b", hours=2)], has_more=True),
        "federaal": page([message("federaal", "c", hours=hours) for hours in (1.5,)]),
        "vlaanderen": page([message("vlaanderen", "d", hours=3)]),
    }

    found = merge(pages, past=None, wanted=25, now=NOW)

    assert [one.id for one in found.messages] == ["a", "c", "b"]
    assert found.next == place_of(message("smals", "b", hours=2))


def test_the_same_id_of_two_providers_is_two_letters_and_of_one_it_is_one():
    twice = [message("smals", "a"), message("smals", "a"), message("smals", "a", hours=9)]

    found = merge({"smals": page(twice), "federaal": page([message("federaal", "a")])}, past=None, wanted=25, now=NOW)

    assert [one.key for one in found.messages] == ["federaal|a", "smals|a"]


def test_what_expired_is_gone_from_its_last_moment_on_and_what_never_does_stays():
    letters = [
        message("smals", "past", expires_at=NOW - timedelta(seconds=1)),
        message("smals", "now", expires_at=NOW),
        message("smals", "soon", expires_at=NOW + timedelta(seconds=1)),
        message("smals", "never", expires_at=None),
    ]

    found = merge({"smals": page(letters)}, past=None, wanted=25, now=NOW)

    assert {one.id for one in found.messages} == {"soon", "never"}


def test_a_provider_that_gives_the_same_page_for_ever_holds_nobody_up():
    past = place_of(message("smals", "b", hours=2))
    same = page([message("smals", "a", hours=1), message("smals", "b", hours=2)], has_more=True)

    found = merge(
        {"smals": same, "federaal": page([message("federaal", "c", hours=4)])}, past=past, wanted=25, now=NOW
    )

    assert [one.id for one in found.messages] == ["c"]
    assert found.next is None


def test_letters_under_another_providers_name_are_nobodys():
    found = merge({"smals": page([message("federaal", "a")], has_more=True)}, past=None, wanted=25, now=NOW)

    assert not found.messages
    assert found.next is None


def test_one_that_could_not_be_read_in_time_does_not_shorten_the_pages_of_others():
    pages = {
        "smals": page([message("smals", "a", hours=1)], has_more=True, is_cut=True),
        "federaal": page([message("federaal", "b", hours=4)]),
    }

    found = merge(pages, past=None, wanted=25, now=NOW)

    assert [one.id for one in found.messages] == ["a", "b"]
