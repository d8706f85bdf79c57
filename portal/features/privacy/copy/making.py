"""Stream a citizen's copy as one ZIP: each part is read when its turn comes, written at once, and let go of.

Where a feature fails, a text stands in the place of its part, and the ZIP's read-me begins with what is missing. A
copy that breaks off otherwise (the session ended, the citizen erased all, the reader left) lacks the directory with
which a ZIP ends, so that no program takes it for whole.
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
from portal.platform.journal.types import Journalled
from portal.platform.kit.errors import PortalError
from portal.platform.paper import typesetting
from portal.platform.ui.zipping import READ_ME, GrowingZip

from .. import journalling, keepers
from ..keepers import Keeper
from . import summary, usage_records, writing
from .summary import CountedKind, SummaryChapter
from .writing import CopyPart

AT_ONCE = 4  # copies whose records one process holds in memory at the same time
STRETCH = 100  # records that are written before the event loop may do other work
SUMMARY = "samenvatting.pdf"
ENDINGS = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png"}

log = logging.getLogger("portal.privacy")
_under_way: set[UUID] = set()  # citizens whose copy this process is making
_reading: set[UUID] = set()  # citizens of `_under_way` whose keepers' records, which stand in memory, are not written


class CopyUnderWay(PortalError):
    """This citizen is having a copy made already."""

    code = "copy-under-way"


class CopyBusy(PortalError):
    """The records of AT_ONCE copies are being read already."""

    code = "copy-busy"


@contextmanager
def _only_one(citizen_id: UUID) -> Iterator[None]:
    """Hold a citizen's one copy until its end, and one place of AT_ONCE, which may be given back before.

    Raise CopyUnderWay or CopyBusy.
    """
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
    """One citizen's copy while it is made."""

    def __init__(self, request: SignedInRequest) -> None:
        self._request, self._session, self._occasion = request, request.session, request.occasion
        self._zip = GrowingZip(request.occasion.now, is_streamed=True)
        self._parts: list[CopyPart] = []
        self._chapters: list[SummaryChapter] = []
        self._consents: dict[str, str] = {}
        self._files = 0

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Give the ZIP's bytes: explanations of the format, each part, a summary, last the contents and the read-me.

        The first piece is empty: it comes once the copy has a place and stands in the journal. Raise CopyUnderWay or
        CopyBusy instead. The place of AT_ONCE is given back before the journal, which comes in pages, and the files,
        which are never held in memory: a citizen with much of either and a slow line keeps nobody waiting. Raise
        RequestAborted where the session ends.
        """
        with _only_one(self._session.citizen_id):
            journalled = await journalling.note_copy(self._occasion)
            yield b""
            for name in writing.EXPLANATIONS:
                yield self._zip.add(f"uitleg/{name}", writing.explanation(name))
            citizen_id = self._session.citizen_id
            parts = [(keeper, _one_page(keeper, citizen_id)) for keeper in keepers.every_keeper()]
            for keeper, pages in (*parts, (usage_records.KEEPER, usage_records.pages(citizen_id))):
                if keeper is usage_records.KEEPER:
                    _reading.discard(citizen_id)
                async with aclosing(pages), aclosing(self._part(keeper, pages)) as pieces:
                    async for piece in pieces:
                        yield piece
            await self._go_on()
            for keeper, _pages in parts:
                async with aclosing(self._files_of(keeper)) as pieces:
                    async for piece in pieces:
                        yield piece
            await self._go_on()
            yield await self._summary()
            yield self._zip.add("inhoud.json", writing.contents(self._parts, self._occasion.now))
            yield self._zip.add(READ_ME, writing.read_me(self._parts, self._occasion.now))
            await self._note_end(journalled)
            yield self._zip.end()

    async def _note_end(self, journalled: Journalled) -> None:
        """Journal how the copy ends. That it was begun stands there already, so a failure does not spoil its end."""
        is_whole = not any(part.why for part in self._parts)
        try:
            await journal.record_result(journalled, "ready" if is_whole else "partial", now=datetime.now(UTC))
        except Exception as error:
            log.error(
                "the end of a copy is not journalled: %s %s", type(error).__name__, self._occasion.correlation_id
            )

    async def _part(self, keeper: Keeper, pages: AsyncGenerator[Sequence[Record]]) -> AsyncGenerator[bytes]:
        """Write the records of a keeper as one file of JSON, then the pictures that are among them.

        pages: its records; they are closed by the caller.
        """
        await self._go_on()
        title, file = _(keeper.title), f"gegevens/{keeper.id}.json"
        kinds: dict[str, CountedKind] = {}
        pictures: list[tuple[str, bytes]] = []
        yield self._zip.begin(file, None)
        yield self._zip.write(writing.beginning(keeper.id, title))
        count = 0
        try:
            async for page in pages:
                if count:
                    await self._go_on()
                for record in page:
                    yield self._zip.write(self._record(keeper, record, kinds, pictures, is_first=not count))
                    count += 1
                    if not count % STRETCH:
                        await asyncio.sleep(0)
        except RequestAborted:
            raise
        except Exception as error:  # Whatever failed: the copy says so, and goes on.
            self._log(keeper.id, error)
            yield self._zip.drop()
            yield self._missing(keeper.id, title)
            return
        yield self._zip.write(writing.END) + self._zip.finish()
        for name, content in pictures:
            yield self._zip.add(name, content)
        self._parts.append(CopyPart(keeper.id, title, file, count))
        self._chapters.append(SummaryChapter(title, file, list(kinds.values())))

    async def _files_of(self, keeper: Keeper) -> AsyncGenerator[bytes]:
        """Write what a feature keeps as files, beside its records (`feature.types.KeptFiles`)."""
        if keeper.files is None:
            return
        folder, part = f"bestanden/{keeper.id}", f"{keeper.id}_bestanden"
        title = _("%(part)s: bestanden") % {"part": _(keeper.title)}
        files = keeper.files(self._request, self._zip, folder)
        try:
            async with aclosing(files.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
        except RequestAborted:
            raise
        except Exception as error:  # Whatever failed: the copy says so, and goes on.
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
        kinds: dict[str, CountedKind],
        pictures: list[tuple[str, bytes]],
        *,
        is_first: bool,
    ) -> bytes:
        """Write one record; count it in `kinds`, and put its bytes, if it is a picture, in `pictures` with a name."""
        words = writing.words_of(keeper.words, record.kind)
        summary.count_in(kinds.setdefault(record.kind, CountedKind(words)), record.value, record.since)
        file = ""
        if isinstance(record.value, bytes):
            self._files += 1
            ending = next((name for start, name in ENDINGS.items() if record.value.startswith(start)), "bin")
            file = f"bestanden/{keeper.id}-{record.kind}-{self._files}.{ending}"
            pictures.append((file, record.value))
        consent = record.consent
        if consent and consent not in self._consents:
            self._consents[consent] = writing.consent_text(consent)
        return writing.write_record(record, words, self._consents.get(consent, ""), file, is_first=is_first)

    def _log(self, part: str, error: Exception) -> None:
        log.error("%s not exported: %s %s", part, type(error).__name__, self._occasion.correlation_id)

    async def _summary(self) -> bytes:
        who = self._session.identity
        data = summary.text(self._chapters, who=f"{who.given_name} {who.family_name}", now=self._occasion.now)
        title = _("Samenvatting op papier")
        try:
            pdf = await typesetting.typeset(data)
        except PortalError as error:
            log.error("no summary: %s %s", error.code, self._occasion.correlation_id)
            return self._missing("samenvatting", title)
        self._parts.append(CopyPart("samenvatting", title, SUMMARY, 1))
        return self._zip.add(SUMMARY, pdf)

    def _missing(self, part: str, title: str) -> bytes:
        """Write the text that stands in the place of a part, and list the part as missing."""
        why = _("Wij konden dit nu niet ophalen. Het is niet weg.")
        missing = CopyPart(part, title, "", 0, why)
        self._parts.append(missing)
        self._chapters.append(SummaryChapter(title, "", (), why))
        return self._zip.add(f"{_('ONTBREEKT')} - {part}.txt", writing.missing_text(missing, self._occasion.now))

    async def _go_on(self) -> None:
        """Raise RequestAborted where the session ended meanwhile: its citizen signed out, or erased all."""
        if not await sessions.is_live(self._session, now=datetime.now(UTC)):
            raise RequestAborted


async def _one_page(keeper: Keeper, citizen_id: UUID) -> AsyncGenerator[Sequence[Record]]:
    """Give all records of a keeper as one page, read when the first page is asked for."""
    yield await keeper.export(citizen_id)
