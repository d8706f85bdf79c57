"""Who answered for an eBox, and what is counted of it."""

import pytest

from portal.features.mailbox.registry.answers import BoxCount, ProviderAnswers
from portal.features.mailbox.types import EboxProvider
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready

from .messages import NOW, message, page


def provider(name: str) -> EboxProvider:
    return EboxProvider(name, {"nl": name}, f"https://{name}.example", "3.0")


def answers_of(*outcomes: object) -> ProviderAnswers:
    answers = ProviderAnswers()
    for at, outcome in enumerate(outcomes):
        answers.take(provider(f"p{at}"), outcome)  # type: ignore[arg-type]  # any outcome
    return answers


ONE = page([message("p0", "a")], total=3, unread=2)


def test_what_each_says_of_its_box_is_added_up():
    answers = answers_of(Ready(ONE, NOW), Ready(page([], total=4, unread=1), NOW), Nothing(NOW))

    assert answers.reported_count == BoxCount(7, 3, is_least=False)
    assert (answers.total, answers.answered, answers.gaps) == (3, 3, [])


@pytest.mark.parametrize(
    "other",
    [
        Late(),
        Down("maintenance"),
        Partial(page([], total=0, unread=0), (Missing("p1", "items", "unread"),), NOW),
        Ready(page([]), NOW),
    ],
)
def test_who_did_not_say_all_makes_the_count_a_least(other):
    counted = answers_of(Ready(ONE, NOW), other).reported_count

    assert counted == BoxCount(3, 2, is_least=True)


@pytest.mark.parametrize(
    ("outcome", "name", "is_whole", "has_page"),
    [
        (Ready(ONE, NOW), "ready", True, True),
        (Partial(ONE, (), NOW), "partial", False, True),
        (Nothing(NOW), "nothing", True, False),
        (Late(), "late", False, False),
        (Down("off"), "down", False, False),
    ],
)
def test_each_is_said_as_it_came(outcome, name, is_whole, has_page):
    answer = ProviderAnswers().take(provider("p0"), outcome)

    assert (answer.name, answer.is_whole, answer.page is not None) == (name, is_whole, has_page)


def test_list_that_is_whole_counts_what_stands_in_it():
    # wmail, issue 123: a badge counted what the list did not show.
    answers = answers_of(Ready(ONE, NOW), Ready(page([], total=4, unread=1), NOW))
    shown = [message("p0", "a"), message("p0", "b", is_read=True)]

    assert answers.count_of(shown) == BoxCount(2, 1, is_least=False)
    assert answers.count_of(None) == answers.count_of([]) == answers.reported_count
    assert answers_of(Ready(ONE, NOW), Late()).count_of(shown) == BoxCount(3, 2, is_least=True)


def test_list_of_what_was_not_read_counts_it():
    answers = answers_of(Ready(ONE, NOW), Ready(page([], total=4, unread=1), NOW))

    assert answers.unread_count_of([message("p0", "a")]) == BoxCount(7, 1, is_least=False)
    assert answers.unread_count_of([]) == BoxCount(7, 0, is_least=False)
    assert answers.unread_count_of(None) == answers.reported_count
    assert answers_of(Ready(ONE, NOW), Late()).unread_count_of([]) == BoxCount(3, 2, is_least=True)
