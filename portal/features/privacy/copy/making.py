"""The making of the one ZIP: each part is asked when its turn comes, written while it leaves, and let go of.

A part whose feature fails leaves a text in its place, and the ZIP says first of all that it is not everything. What
breaks off otherwise (a session that ended, an erasure, a reader who left) has no end that a program would take.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from uuid import UUID

from django.core.exceptions import RequestAborted
from django.utils.translation import gettext as _

from portal.platform.access import sessions
from portal.platform.access.types import SignedInRequest
from portal.platform.feature.types import Record
from portal.platform.journal import actions as journal
from portal.platform.kit.errors import PortalError
from portal.platform.paper import typesetting
from portal.platform.ui.zipping import READ_ME, GrowingZip

from .. import journalling, owing
from ..owing import Keeper
from . import summary, usage_records, writing
from .summary import CountedKind, SummaryChapter
from .writing import CopyPart

AT_ONCE = 4  # copies of which a process reads the records
STRETCH = 100  # records between two looks at the loop
SUMMARY = "samenvatting.pdf"
ENDINGS = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png"}

log = logging.getLogger("portal.privacy")
_under_way: set[UUID] = set()
_reading: set[UUID] = set()  # those of them that hold what they read until it has left


class CopyUnderWay(PortalError):
    """This citizen is having a copy made already."""

    code = "copy-under-way"


class CopyBusy(PortalError):
    """As many copies as a process makes at once are being made."""

    code = "copy-busy"


@contextmanager
def _only_one(citizen_id: UUID) -> Iterator[None]:
    if citizen_id in _under_way:
        raise CopyUnderWay
    if len(_reading) >= AT_ONCE:
        raise CopyBusy
    _under_way.add(citizen_id)
    _reading.add(citizen_id)
    try:
        yield
    finally:
        _under_way.remove(citizen_id)
        _reading.discard(citizen_id)


class OwnCopy:
    """The making of one citizen's copy."""

    def __init__(self, request: SignedInRequest) -> None:
        self._request, self._session, self._occasion = request, request.session, request.occasion
        self._zip = GrowingZip(request.occasion.now, is_streamed=True)
        self._parts: list[CopyPart] = []
        self._chapters: list[SummaryChapter] = []
        self._consents: dict[str, str] = {}
        self._files = 0

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Give the ZIP as it grows: what it means, each part, a summary, and last what is in it.

        First comes nothing, once there is a place for it and the journal says so. The place is given back before its
        files, which are held nowhere: whoever has many, and a slow line, keeps nobody waiting. Raise CopyUnderWay or
        CopyBusy then.
        """
        with _only_one(self._session.citizen_id):
            journalled = await journalling.note_copy(self._occasion)
            yield b""
            for name in writing.EXPLAINED:
                yield self._zip.add(f"uitleg/{name}", writing.explanation(name))
            citizen_id = self._session.citizen_id
            asked = [(keeper, _one_page(keeper, citizen_id)) for keeper in owing.keepers()]
            for keeper, pages in (*asked, (usage_records.KEEPER, usage_records.pages(citizen_id))):
                async with aclosing(pages), aclosing(self._part(keeper, pages)) as coming:
                    async for piece in coming:
                        yield piece
            await self._go_on()
            _reading.discard(citizen_id)
            for keeper, _pages in asked:
                async with aclosing(self._files_of(keeper)) as coming:
                    async for piece in coming:
                        yield piece
            await self._go_on()
            yield await self._summary()
            yield self._zip.add("inhoud.json", writing.contents(self._parts, self._occasion.now))
            yield self._zip.add(READ_ME, writing.read_me(self._parts, self._occasion.now))
            is_whole = not any(part.why for part in self._parts)
            await journal.record_result(journalled, "ready" if is_whole else "partial", now=datetime.now(UTC))
            yield self._zip.end()

    async def _part(self, keeper: Keeper, pages: AsyncGenerator[Sequence[Record]]) -> AsyncGenerator[bytes]:
        await self._go_on()
        title, file = _(keeper.title), f"gegevens/{keeper.id}.json"
        lines: dict[str, CountedKind] = {}
        pictures: list[tuple[str, bytes]] = []
        yield self._zip.begin(file, None)
        yield self._zip.write(writing.beginning(keeper.id, title))
        count = 0
        try:
            async for page in pages:
                for record in page:
                    yield self._zip.write(self._record(keeper, record, lines, pictures, is_first=not count))
                    count += 1
                    if not count % STRETCH:
                        await asyncio.sleep(0)
        except Exception as error:  # whatever it is: it is told, and the rest goes on
            self._log(keeper.id, error)
            yield self._zip.drop()
            yield self._missing(keeper.id, title)
            return
        yield self._zip.write(writing.END) + self._zip.finish()
        for name, content in pictures:
            yield self._zip.add(name, content)
        self._parts.append(CopyPart(keeper.id, title, file, count))
        self._chapters.append(SummaryChapter(title, file, list(lines.values())))

    async def _files_of(self, keeper: Keeper) -> AsyncGenerator[bytes]:
        """Write what a feature keeps as files, beside its records."""
        if keeper.files is None:
            return
        folder, part = f"bestanden/{keeper.id}", f"{keeper.id}_bestanden"
        title = _("%(part)s: bestanden") % {"part": _(keeper.title)}
        files = keeper.files(self._request, self._zip, folder)
        try:
            async with aclosing(files.pieces()) as coming:
                async for piece in coming:
                    yield piece
        except RequestAborted:
            raise
        except Exception as error:  # whatever it is: it is told, and the rest goes on
            self._log(part, error)
            if self._zip.is_coming:
                yield self._zip.drop()
            yield self._missing(part, title)
            return
        if files.count:
            self._parts.append(CopyPart(part, title, f"{folder}/", files.count))
        self._parts += [CopyPart(part, title, "", 0, why) for why in files.left_out]

    def _record(
        self,
        keeper: Keeper,
        record: Record,
        lines: dict[str, CountedKind],
        pictures: list[tuple[str, bytes]],
        *,
        is_first: bool,
    ) -> bytes:
        words = writing.words_of(keeper.words, record.kind)
        summary.count_in(lines.setdefault(record.kind, CountedKind(words)), record.value, record.since)
        file = ""
        if isinstance(record.value, bytes):
            self._files += 1
            ending = next((one for start, one in ENDINGS.items() if record.value.startswith(start)), "bin")
            file = f"bestanden/{keeper.id}-{record.kind}-{self._files}.{ending}"
            pictures.append((file, record.value))
        consent = record.consent
        if consent and consent not in self._consents:
            self._consents[consent] = writing.consent_text(consent)
        return writing.write(record, words, self._consents.get(consent, ""), file, is_first=is_first)

    def _log(self, part: str, error: Exception) -> None:
        log.error("%s not exported: %s %s", part, type(error).__name__, self._occasion.correlation_id)

    async def _summary(self) -> bytes:
        who = self._session.identity
        said = summary.text(self._chapters, who=f"{who.given_name} {who.family_name}", now=self._occasion.now)
        title = _("Samenvatting op papier")
        try:
            made = await typesetting.typeset(said)
        except PortalError as error:
            log.error("no summary: %s %s", error.code, self._occasion.correlation_id)
            return self._missing("samenvatting", title)
        self._parts.append(CopyPart("samenvatting", title, SUMMARY, 1))
        return self._zip.add(SUMMARY, made)

    def _missing(self, part: str, title: str) -> bytes:
        why = _("Wij konden dit nu niet ophalen. Het is niet weg.")
        gone = CopyPart(part, title, "", 0, why)
        self._parts.append(gone)
        self._chapters.append(SummaryChapter(title, "", (), why))
        return self._zip.add(f"{_('ONTBREEKT')} - {part}.txt", writing.missing(gone, self._occasion.now))

    async def _go_on(self) -> None:
        """Break off where the session ended meanwhile: signed out, or erased."""
        if not await sessions.is_live(self._session, now=datetime.now(UTC)):
            raise RequestAborted


async def _one_page(keeper: Keeper, citizen_id: UUID) -> AsyncGenerator[Sequence[Record]]:
    """Ask a feature when its turn comes."""
    yield await keeper.export(citizen_id)
