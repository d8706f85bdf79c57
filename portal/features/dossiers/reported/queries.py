"""Read what bodies reported: to a citizen, what they may see; to a body, what became of its own uploads."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.journal.types import Occasion
from portal.platform.sources.reading import dates

from .. import journalling
from . import actions, sealing
from .contract import Result
from .types import ReportedDossier, ReportedToCitizen

MOST = 1_000  # dossiers of one citizen that are given, the newest
SEAL_SECONDS = 1.0  # that a look waits for what is sealed anew; a page waits for all of a look no longer than 2
MOST_RESULTS = 100  # uploads of one dossier that are given, the newest

OF_CITIZEN = """
select dossier, body, reported_at, is_waiting, sealed from dossiers_reported
where citizen_id = %s and ends_at > %s order by reported_at desc, dossier limit %s
"""
ALL = "select dossier, reported_at, sealed from dossiers_reported where citizen_id = %s order by reported_at, dossier"
# Locked, so that an erasure waits: `seal_anew` would make new keys for a citizen who was erased meanwhile.
STILL_WAITING = """
select dossier from dossiers_reported where citizen_id = %s and is_waiting and dossier = any(%s) for update
"""
SEAL_ANEW = """
update dossiers_reported r set sealed = given.sealed, is_waiting = false
from unnest(%(dossiers)s::uuid[], %(was)s::bytea[], %(sealed)s::bytea[]) given(dossier, was, sealed)
where r.citizen_id = %(citizen)s and r.dossier = given.dossier and r.sealed = given.was
"""
OF_DOSSIER = """
select dossier, received_at, is_newest, sealed from dossiers_upload
where body = %s and dossier = any(%s) order by received_at desc limit %s
"""
OF_UPLOAD = "select dossier, received_at, is_newest, sealed from dossiers_upload where body = %s and upload = %s"

log = logging.getLogger("portal.dossiers")


async def reported_to(occasion: Occasion) -> ReportedToCitizen:
    """Give what bodies reported to a citizen, the newest first, and write in the journal that they look at it.

    What was sealed for the installation until they came is sealed with their own keys from now on; where that fails,
    it waits for their next look.
    """
    citizen_id = occasion.citizen_id
    async with pool.as_citizen(citizen_id) as conn:
        found = await (await conn.execute(OF_CITIZEN, (citizen_id, occasion.now, MOST + 1))).fetchall()
        if not found:
            return ReportedToCitizen(())
        await journalling.note_look_at_reported(conn, occasion)
    rows = found[:MOST]
    opened = await sealing.dossiers_in(citizen_id, [(row[0], bytes(row[4])) for row in rows])
    reported = tuple(
        ReportedDossier(dossier, row[1], row[2])
        for row, dossier in zip(rows, opened, strict=True)
        if dossier is not None
    )
    waiting = [
        (row[0], bytes(row[4]), dossier) for row, dossier in zip(rows, opened, strict=True) if row[3] and dossier
    ]
    if waiting:
        try:
            async with asyncio.timeout(SEAL_SECONDS):
                await _seal_anew(citizen_id, waiting)
        except Exception as error:
            log.error("reports not sealed anew: %s %s", type(error).__name__, occasion.correlation_id)
    return ReportedToCitizen(reported, is_whole=len(reported) == len(found))


async def _seal_anew(citizen_id: UUID, waiting: Sequence[tuple[UUID, bytes, Any]]) -> None:
    async with pool.as_citizen(citizen_id) as conn:
        rows = await conn.execute(STILL_WAITING, (citizen_id, [each[0] for each in waiting]))
        still_waiting = {dossier for (dossier,) in await rows.fetchall()}
        sealable = [each for each in waiting if each[0] in still_waiting]
        if not sealable:
            return
        sealed = await sealing.seal_anew(citizen_id, [(dossier, content) for dossier, _, content in sealable])
        parameters = {
            "citizen": citizen_id,
            "dossiers": [each[0] for each in sealable],
            "was": [each[1] for each in sealable],
        }
        await conn.execute(SEAL_ANEW, parameters | {"sealed": sealed})


async def results_of(body: str, source: str, number: str) -> list[Result]:
    """Give what became of a body's uploads of a dossier, the newest first."""
    dossiers = await sealing.dossier_ids(body, source, number)
    return await _results(body, OF_DOSSIER, (body, dossiers, MOST_RESULTS))


async def result_of(body: str, upload_id: str) -> Result | None:
    """Give what became of one upload of a body; None where it sent none with that UploadId."""
    upload = await sealing.upload_id(body, upload_id)
    return next(iter(await _results(body, OF_UPLOAD, (body, upload))), None)


async def _results(body: str, statement: str, parameters: tuple[object, ...]) -> list[Result]:
    async with pool.transaction() as conn:
        await conn.execute(actions.AS_BODY, (body,))
        rows = await (await conn.execute(statement, parameters)).fetchall()
    opened = await sealing.uploads_in([(row[0], bytes(row[3])) for row in rows])
    return [
        Result(identification, upload, _belgian(row[1]), row[2])
        for row, (identification, upload) in zip(rows, opened, strict=True)
    ]


async def export(citizen_id: UUID) -> list[Record]:
    """Give a citizen all that was reported to them."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(ALL, (citizen_id,))).fetchall()
    opened = await sealing.dossiers_in(citizen_id, [(row[0], bytes(row[2])) for row in rows]) if rows else []
    return [
        Record("reported", None if dossier is None else msgspec.to_builtins(dossier), row[1])
        for row, dossier in zip(rows, opened, strict=True)
    ]


def _belgian(at: datetime) -> str:
    """Write a moment in Belgian time without an offset, as clients of DOSIS read it."""
    return at.astimezone(dates.BRUSSELS).replace(tzinfo=None).isoformat(timespec="seconds")
