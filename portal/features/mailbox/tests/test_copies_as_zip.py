"""All copies in one ZIP: what is deleted while it is made is said to be, and nothing else is lost by it."""

import io
import zipfile
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from portal.features.mailbox.archive import copies_as_zip
from portal.features.mailbox.copies import consent, writing
from portal.features.mailbox.tests.linking import occasion
from portal.features.mailbox.tests.test_copies import LARGE, keeps, somebody

pytestmark = pytest.mark.security


def pieces_for(citizen_id: UUID) -> AsyncGenerator[bytes]:
    request: Any = SimpleNamespace(occasion=occasion(citizen_id), session=SimpleNamespace(citizen_id=citizen_id))
    return copies_as_zip.alone(request)


def open_zip(pieces: list[bytes]) -> tuple[list[bytes], str]:
    """Give the files of a ZIP that are no texts of ours, and what its own text says."""
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as found:
        assert found.testzip() is None
        files = [found.read(name) for name in found.namelist() if not name.endswith(".txt")]
        return files, found.read("Lees mij.txt").decode("utf-8-sig")


async def test_what_is_deleted_while_it_comes_is_not_called_damaged(anew):
    citizen_id = await somebody()
    await keeps(citizen_id, b"%PDF-first", key="smals|1")
    second = await keeps(citizen_id, LARGE, key="smals|2")
    third = await keeps(citizen_id, b"%PDF-third", key="smals|3")
    pieces: list[bytes] = []
    async for piece in pieces_for(citizen_id):
        pieces.append(piece)
        if piece.endswith(LARGE[:1000]) or LARGE[:1000] in piece:
            # The newest comes first: this one is half-way.
            for copy_id in (second, third):
                await writing.delete(occasion(citizen_id), copy_id)
    files, said = open_zip(pieces)
    assert sorted(files) == [b"%PDF-first", b"%PDF-third"]
    assert ("u wiste deze kopie intussen" in said, "beschadigd" in said) == (True, False)
    assert "Kopieën: 3" in said


async def test_archive_that_ends_meanwhile_gives_nothing_more(anew):
    citizen_id = await somebody()
    for number in range(3):
        await keeps(citizen_id, b"%PDF-" + str(number).encode(), key=f"smals|{number}")
    pieces: list[bytes] = []
    async for piece in pieces_for(citizen_id):
        pieces.append(piece)
        if b"%PDF-2" in piece:
            await consent.withdraw(occasion(citizen_id))
    files, said = open_zip(pieces)
    assert files == [b"%PDF-2"]
    assert "Kopieën: 1" in said
