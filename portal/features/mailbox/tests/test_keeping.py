"""Why a document is not kept, by the sizes that its provider announces. The pages do it in `tests/journeys`."""

from collections.abc import AsyncGenerator
from typing import Any, cast
from uuid import uuid4

import pytest
from django.test import override_settings

from portal.features.mailbox.archive import keeping
from portal.features.mailbox.copies import consent, limits, writing
from portal.features.mailbox.copies.writing import NotKept
from portal.features.mailbox.letter import arriving
from portal.features.mailbox.letter.arriving import FileBeginning
from portal.features.mailbox.tests.linking import occasion
from portal.features.mailbox.tests.messages import message
from portal.features.mailbox.types import EboxAttachment, EboxProvider

FILE = EboxAttachment("1", {"nl": "Bijlage"}, "bijlage.pdf")
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
    provider = EboxProvider("smals", {}, "https://smals.example", "3.0")
    citizen = occasion(uuid4())
    await consent.give(citizen)
    with override_settings(MAILBOX_COPY_MB=of_one, MAILBOX_ARCHIVE_MB=of_all):
        copying = keeping._Copying(cast("Any", None), provider, one, await writing.begin(citizen, one.key))
        await copying._file(FILE)
        with pytest.raises(NotKept, match=why):
            await copying._file(FILE)
