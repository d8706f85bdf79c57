"""Why a document is not kept, or not whole, by what its provider says. The pages do it in `tests/journeys`."""

from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from django.test import override_settings

from portal.features.mailbox import queries
from portal.features.mailbox.archive import copy_text, keeping
from portal.features.mailbox.copies import consent, limits, reading, writing
from portal.features.mailbox.copies.writing import NotKept
from portal.features.mailbox.letter import arriving
from portal.features.mailbox.letter.arriving import FileBeginning
from portal.features.mailbox.registry import looking
from portal.features.mailbox.registry.locating import MessagePlace
from portal.features.mailbox.tests.linking import occasion
from portal.features.mailbox.tests.messages import NOW, message
from portal.features.mailbox.types import EboxAttachment, EboxMessage, EboxProvider, MessageBody
from portal.platform.sources.reading.outcomes import Missing, Nothing, Partial, Ready

PROVIDER = EboxProvider("smals", {}, "https://smals.example", "3.0")
FILE = EboxAttachment("1", {"nl": "Bijlage"}, "bijlage.pdf")
WORDS = {"no-text": "Niet bewaard: de tekst", "no-payment": "Niet bewaard: wat er te betalen was"}
SIZE = limits.MEGABYTE * 6 // 10


async def begins(*_: object) -> tuple[FileBeginning, AsyncGenerator[bytes]]:
    """Begin a file of SIZE bytes, as its provider announces it."""

    async def pieces() -> AsyncGenerator[bytes]:
        yield bytes(SIZE)

    return FileBeginning("", size=SIZE), pieces()


@pytest.mark.parametrize(
    ("of_one", "of_all", "why"), [(1, 1, writing.LARGE), (1, 9, writing.LARGE), (2, 1, writing.FULL)]
)
async def test_document_whose_files_are_too_large_together_is_not_called_a_full_archive(
    anew, monkeypatch, of_one, of_all, why
):
    monkeypatch.setattr(arriving, "begin", begins)
    one = message("smals", "1")
    citizen = occasion(uuid4())
    await consent.give(citizen)
    with override_settings(MAILBOX_COPY_MB=of_one, MAILBOX_ARCHIVE_MB=of_all):
        copying = keeping._Copying(cast("Any", None), PROVIDER, one, await writing.begin(citizen, one.key))
        await copying._file(FILE)
        with pytest.raises(NotKept, match=why):
            await copying._file(FILE)


async def test_document_with_more_files_than_are_read_is_too_large(monkeypatch):
    # The provider of 120 files; the first 100 are known, and what the others are called is not.
    one = message("smals", "1", attachments=(FILE,), has_more_attachments=True)

    async def provider(*_: object) -> EboxProvider:
        return PROVIDER

    async def of_provider(*_: object) -> Partial[EboxMessage]:
        return Partial(one, (Missing("smals", "attachments/totalItems", "unread"),), NOW)

    monkeypatch.setattr(looking, "provider", provider)
    monkeypatch.setattr(looking, "message", of_provider)
    with pytest.raises(NotKept) as refused:
        await keeping.keep(cast("Any", None), MessagePlace("smals", "1"), is_opened=False)
    assert refused.value.why == writing.LARGE


@pytest.mark.parametrize(
    ("body", "more", "missing"),
    [
        (Ready(MessageBody({"nl": "Een brief."}), NOW), {"has_payment": True}, ["no-payment"]),
        (Nothing(NOW), {"has_payment": True}, ["no-text", "no-payment"]),
        (Nothing(NOW), {"is_body_main": True, "attachments": (FILE,)}, ["no-text"]),
        (Nothing(NOW), {"attachments": (FILE,)}, []),
        (Ready(MessageBody({"nl": "Een brief."}), NOW), {}, []),
    ],
)
async def test_text_or_payment_that_its_provider_has_not_is_named_in_the_copy(anew, monkeypatch, body, more, missing):
    async def of_body(*_: object) -> Any:
        return body

    async def of_payment(*_: object) -> Any:
        return Nothing(NOW)

    async def is_linked(*_: object) -> bool:
        return True

    monkeypatch.setattr(looking, "body", of_body)
    monkeypatch.setattr(looking, "payment", of_payment)
    monkeypatch.setattr(arriving, "begin", begins)
    monkeypatch.setattr(queries, "is_linked", is_linked)
    one, citizen = message("smals", "1", **more), occasion(uuid4())
    await consent.give(citizen)
    request: Any = SimpleNamespace(occasion=citizen, session=SimpleNamespace(citizen_id=citizen.citizen_id))
    writer = await writing.begin(citizen, one.key)
    await keeping._Copying(request, PROVIDER, one, writer).run(is_partial=False)

    copy = await reading.find(citizen.citizen_id, writer.id)
    assert copy is not None
    assert copy.facts is not None
    assert [each.why for each in copy.facts.missing] == missing
    said = [line for line in await copy_text.lines_of(copy, copy.facts, None, NOW) if "Niet bewaard" in line]
    assert [line.split(".")[0] for line in said] == [WORDS[why] for why in missing]
