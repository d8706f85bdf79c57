"""What a page of a folder holds, and what is said of each document on it. No I/O."""

from datetime import timedelta
from uuid import UUID

import pytest

from portal.features.mailbox.arranged.arrangement import ArrangedDocument
from portal.features.mailbox.list import arranged_list, frames
from portal.features.mailbox.list.arranged_list import found_of, page_of
from portal.features.mailbox.list.seeking import STARRED, SoughtMessages
from portal.features.mailbox.registry.reading import read_by_id
from portal.features.mailbox.tests.messages import NOW, message
from portal.features.mailbox.types import MessagesById
from portal.platform.sources.registries import GatheredItems

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)


def arranged_document(id_: str, *, hours: float = 1, provider: str = "smals", **more: object) -> ArrangedDocument:
    return ArrangedDocument(provider, id_, NOW - timedelta(hours=hours), **more)  # type: ignore[arg-type]  # any field of one


def test_a_page_holds_what_is_sought_newest_first_and_the_next_goes_on_behind_it(monkeypatch):
    monkeypatch.setattr(frames, "PAGE", 2)
    every = [
        arranged_document("old", hours=9, folder=HERE),
        arranged_document("new", hours=1, folder=HERE, is_starred=True),
        arranged_document("same-b", hours=5, folder=HERE),
        arranged_document("same-a", hours=5, folder=HERE),
        arranged_document("other", hours=2, folder=ELSEWHERE, is_starred=True),
    ]
    sought = SoughtMessages(folder=HERE)
    first = page_of(every, sought)
    assert ([one.id for one in first.documents], first.total) == (["new", "same-a"], 4)
    second = page_of(every, SoughtMessages(folder=HERE, past=first.next))
    assert ([one.id for one in second.documents], second.next) == (["same-b", "old"], None)
    starred = page_of(every, SoughtMessages(stand=STARRED))
    assert [one.id for one in starred.documents] == ["new", "other"]
    assert page_of([], sought) == arranged_list.ArrangedPage((), 0)


@pytest.mark.security
def test_of_each_document_it_is_known_whether_it_is_there_gone_or_could_not_be_asked():
    page = page_of([arranged_document(one, is_starred=True) for one in "abcde"], SoughtMessages(stand=STARRED))
    given = {
        "smals": MessagesById((message("smals", "a"), message("smals", "b", is_visible=False)), ("c",), ("d",)),
        # Another provider says nothing about the documents of this one.
        "vlaanderen": MessagesById((message("vlaanderen", "e"),), ("d", "e")),
    }
    found = found_of(page, given)
    assert [one.id for one in found.shown] == ["a"]
    assert (found.hidden, [one.id for one in found.gone], found.unasked) == (1, ["c"], 2)
    assert found_of(page, {}).unasked == 5


def test_what_came_is_read_by_its_place_and_another_message_than_was_asked_is_none():
    def letter(id_: str, **more: object) -> dict[str, object]:
        return {"messageId": id_, "receiptDate": NOW.isoformat(), "subject": {"nl": "Brief"}} | more

    expired = letter("old", expirationDate=(NOW - timedelta(minutes=1)).isoformat())
    expired["receiptDate"] = (NOW - timedelta(days=9)).isoformat()
    came = GatheredItems({0: letter("a"), 1: letter("x"), 2: expired, 4: {"messageId": "e"}}, (3,))
    read = read_by_id(came, (), provider="smals", ids=["a", "b", "old", "d", "e", "f"], now=NOW)
    assert [one.id for one in read.value.found] == ["a"]
    assert read.value.gone == ("old", "d")
    assert read.value.unasked == ("b", "e", "f")
    assert not read.is_empty
    assert read.unread
