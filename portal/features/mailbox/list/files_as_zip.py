"""Write all files of several messages into a ZIP, as a stream: each is asked for in its turn and never held whole.

A file with a wrong digest, or whose transfer breaks off, is left out of the ZIP's directory and named in a text file
in it; the rest can be opened. The stream is broken off where the citizen withdraws the link or signs out meanwhile.
"""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime

from django.core.exceptions import RequestAborted
from django.utils.translation import gettext as _

from portal.platform.access import sessions
from portal.platform.access.types import SignedInRequest
from portal.platform.kit.folding import fold
from portal.platform.sources.reading.outcomes import Down, Partial, Ready, missing_of, name_of
from portal.platform.ui import file_names, zipping
from portal.platform.ui.zipping import GrowingZip

from .. import queries
from ..letter import arriving, file_kinds
from ..letter.arriving import NotWhole
from ..registry import looking, wording
from ..registry.locating import MessagePlace
from ..types import EboxAttachment, EboxMessage, EboxProvider
from . import seeking, zip_text
from .zip_text import NotInZip

SECONDS = 3600.0  # after which no further file is asked for
MOST_FILES = 1000  # of all messages together
LONGEST_FOLDER = 60  # characters; with a file's name of at most 120, its ending and numbers a path stays below 200


class FilesOfMany:
    """Writes one ZIP of all files of messages."""

    def __init__(self, request: SignedInRequest, places: Sequence[MessagePlace]) -> None:
        self._request, self._places = request, places
        self._zip = GrowingZip(request.occasion.now, is_streamed=True)
        self._folders = {fold(zipping.READ_ME)}
        self._files: list[str] = []
        self._left_out: list[NotInZip] = []
        self._until = time.monotonic() + SECONDS

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the bytes of the ZIP, with, last, a text file that names what is in it and what is not.

        Raise RequestAborted where the citizen withdraws the link or signs out meanwhile.
        """
        for place in self._places:
            async with aclosing(self._message(place)) as coming:
                async for piece in coming:
                    yield piece
        await self._go_on()
        text = zip_text.write(self._files, self._left_out, self._request.occasion.now)
        yield self._zip.add(zipping.READ_ME, text)
        yield self._zip.end()

    async def _message(self, place: MessagePlace) -> AsyncGenerator[bytes]:
        await self._go_on()
        if time.monotonic() > self._until:
            self._left_out.append(NotInZip(_("Een document"), "", "time"))
            return
        provider = await looking.provider(self._request, place.provider)
        outcome = await looking.message(self._request, place.provider, place.id)
        if not isinstance(outcome, Ready | Partial) or not isinstance(provider, EboxProvider):
            self._left_out.append(NotInZip(_name_otherwise(provider, place), "", name_of(outcome)))
            return
        found = outcome.value
        subject = wording.text_of(found.subjects)[0] or _("Zonder onderwerp")
        if found.is_unopened:
            self._left_out.append(NotInZip(subject, "", "registered"))
            return
        if missing_of(outcome):
            self._left_out.append(NotInZip(subject, "", "partial"))
        elif not found.attachments:
            self._left_out.append(NotInZip(subject, "", "empty"))
        folder, taken = self._folder(found, subject), set[str]()
        for wanted in found.attachments:
            await self._go_on()
            async with aclosing(self._file(provider, found, subject, folder, wanted, taken)) as coming:
                async for piece in coming:
                    yield piece

    async def _file(
        self,
        provider: EboxProvider,
        message: EboxMessage,
        subject: str,
        folder: str,
        wanted: EboxAttachment,
        taken: set[str],
    ) -> AsyncGenerator[bytes]:
        named = wording.name_of_file(wanted)

        def leave_out(why: str) -> None:
            self._left_out.append(NotInZip(subject, named or _("een bestand"), why))

        if time.monotonic() > self._until or len(self._files) >= MOST_FILES:
            leave_out("time")
            return
        begun, pieces = await arriving.begin(self._request, provider, message.id, wanted)
        if begun.why:
            leave_out(begun.why)
            return
        async with aclosing(pieces):
            name = file_names.another(file_kinds.file_name(begun.kind, named), begun.kind.ending, taken)
            yield self._zip.begin(f"{folder}/{name}", begun.size)
            try:
                async for piece in pieces:
                    yield self._zip.write(piece)
            except NotWhole as error:
                leave_out(error.why)
                yield self._zip.drop()
                return
        yield self._zip.finish()
        self._files.append(f"{folder}/{name}")

    def _folder(self, message: EboxMessage, subject: str) -> str:
        day = seeking.day_of(message.received_at)
        plain = file_names.plain(f"{day} {subject}"[:LONGEST_FOLDER], otherwise=day)
        return file_names.another(plain, "", self._folders)

    async def _go_on(self) -> None:
        """Break off where the link was withdrawn meanwhile, or the session ended."""
        session = self._request.session
        is_live = await sessions.is_live(session, now=datetime.now(UTC))
        if not is_live or not await queries.is_linked(session.citizen_id):
            raise RequestAborted


def _name_otherwise(provider: EboxProvider | Down, place: MessagePlace) -> str:
    """Name a message that could not be had, by its provider."""
    kept_by = wording.name_of_provider(provider)[0] if isinstance(provider, EboxProvider) else place.provider
    return _("Een document bij %(provider)s") % {"provider": kept_by}
