"""Store a citizen's folders: their names, sealed. A name is taken once, whatever its case and accents.

A document's folder stands in its mark (`marks`); removing a folder never removes a document.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.utils.translation import gettext as _
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.boxes import Box, content_of
from portal.platform.kit.folding import fold

from .. import holding, journalling
from . import marks
from .arrangement import MOST_FOLDERS, Folder, FolderGone, FolderNameTaken, TooManyFolders

EXPORTED_FOLDER, EXPORTED = "ebox_folder", "ebox_arranged"

ALL = "select id, sealed, since from mailbox_folder where citizen_id = %s"
NAMED = "select id from mailbox_folder where citizen_id = %s and mark = %s"
COUNT = "select count(*) from mailbox_folder where citizen_id = %s"
ADD = "insert into mailbox_folder (citizen_id, id, mark, sealed, since) values (%s, %s, %s, %s, %s)"
RENAME = "update mailbox_folder set mark = %s, sealed = %s where citizen_id = %s and id = %s"
REMOVE = "delete from mailbox_folder where citizen_id = %s and id = %s"
FORGET = "delete from mailbox_folder where citizen_id = any(%s)"

_words = msgspec.json.Decoder(str)


async def of(citizen_id: UUID) -> Sequence[Folder]:
    """Read the folders of a citizen, sorted by name."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(ALL, (citizen_id,))).fetchall()
    box = await citizens.data_box_if_any(citizen_id) if rows else None
    found = [Folder(id_, _name(box, id_, bytes(sealed)), since) for id_, sealed, since in rows]
    return sorted(found, key=lambda one: (fold(one.name), one.id))


def title(folder: Folder) -> str:
    """Give the name of a folder as pages show it, also where that cannot be decrypted."""
    return folder.name or _("Map waarvan wij de naam niet meer kunnen lezen")


async def add(occasion: Occasion, name: str) -> UUID:
    """Add a folder; return its id. name: text on one line, at most LONGEST_NAME characters.

    Raise NotLinked, FolderNameTaken, or TooManyFolders.
    """
    citizen_id, folder_id = occasion.citizen_id, uuid4()
    await citizens.ensure(citizen_id)
    sealed = _seal(await citizens.data_box(citizen_id), folder_id, name)
    async with holding.hold(citizen_id) as conn:
        mark = await _free_mark(conn, citizen_id, folder_id, name)
        (count,) = await (await conn.execute(COUNT, (citizen_id,))).fetchone() or (0,)
        if count >= MOST_FOLDERS:
            raise TooManyFolders
        await conn.execute(ADD, (citizen_id, folder_id, mark, sealed, occasion.now))
        await journalling.note(conn, journalling.ADD_FOLDER, occasion)
    return folder_id


async def rename(occasion: Occasion, folder_id: UUID, name: str) -> None:
    """Give a folder another name. Raise NotLinked, FolderGone, or FolderNameTaken."""
    citizen_id = occasion.citizen_id
    await citizens.ensure(citizen_id)
    sealed = _seal(await citizens.data_box(citizen_id), folder_id, name)
    async with holding.hold(citizen_id) as conn:
        mark = await _free_mark(conn, citizen_id, folder_id, name)
        if not (await conn.execute(RENAME, (mark, sealed, citizen_id, folder_id))).rowcount:
            raise FolderGone
        await journalling.note(conn, journalling.RENAME_FOLDER, occasion)


async def remove(occasion: Occasion, folder_id: UUID) -> bool:
    """Delete a folder; tell whether there was one. Its documents keep their stars, and stand in no folder.

    Raise NotLinked.
    """
    citizen_id = occasion.citizen_id
    box = await citizens.data_box_if_any(citizen_id)
    async with holding.hold(citizen_id) as conn:
        if not (await conn.execute(REMOVE, (citizen_id, folder_id))).rowcount:
            return False
        if box is not None:
            await marks.leave(conn, occasion, box, folder_id)
        await journalling.note(conn, journalling.REMOVE_FOLDER, occasion)
    return True


async def forget(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Delete all stars and folders of these citizens, in the caller's transaction, after their links went."""
    await marks.forget(conn, citizen_ids)
    await conn.execute(FORGET, (citizen_ids,))


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give a citizen their folders, and the documents that have a star or a folder."""
    kept = await of(citizen_id)
    names = {one.id: one.name for one in kept}
    records = [Record(EXPORTED_FOLDER, one.name or None, one.since) for one in kept]
    for one, since in await marks.with_moments(citizen_id):
        value = {"document": one.key, "star": one.is_starred} if one else None
        if one and value and (name := names.get(one.folder) if one.folder else None):
            value["folder"] = name
        records.append(Record(EXPORTED, value, since))
    return records


async def _free_mark(conn: AsyncConnection[Any], citizen_id: UUID, folder_id: UUID, name: str) -> bytes:
    """Give the keyed hash of a folder's name. Raise FolderNameTaken where another folder has that name."""
    mark = await pseudonym.mark(citizen_id, b"mailbox folder", fold(name).encode())
    row = await (await conn.execute(NAMED, (citizen_id, mark))).fetchone()
    if row is not None and row[0] != folder_id:
        raise FolderNameTaken
    return mark


def _seal(box: Box, folder_id: UUID, name: str) -> bytes:
    return box.seal(msgspec.json.encode(name), _binding(folder_id))


def _name(box: Box | None, folder_id: UUID, sealed: bytes) -> str:
    return content_of(box, sealed, _binding(folder_id), _words.decode) or ""


def _binding(folder_id: UUID) -> bytes:
    """Give the associated data of what is sealed in a row."""
    return b"mailbox_folder\0" + folder_id.bytes
