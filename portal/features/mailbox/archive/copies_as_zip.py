"""Write all copies of a citizen into a ZIP, a folder for each, as a stream that is never held whole.

A file that is damaged or cannot be decrypted is left out of the ZIP's directory, and named in a text file in it.
"""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

from django.utils.translation import gettext as _

from portal.platform.access.types import SignedInRequest
from portal.platform.kit.folding import fold
from portal.platform.language import dates
from portal.platform.ui import file_names, zipping
from portal.platform.ui.zipping import GrowingZip

from ..copies import reading
from ..copies.reading import CopyDamagedError
from ..copies.types import CopyFacts, CopyFile, MailboxCopy
from ..letter import file_kinds
from ..registry import wording
from . import copy_sheets, copy_text
from .sending import LiveSession

LONGEST_FOLDER = 60  # characters
ABOUT = "Over dit document.txt"  # the file in each folder with the facts and the letter


async def alone(request: SignedInRequest) -> AsyncGenerator[bytes]:
    """Yield the bytes of a ZIP of all copies of a citizen, with, last, a text file that names what is not in it."""
    growing = GrowingZip(request.occasion.now, is_streamed=True)
    copies = CopiesInZip(request, growing)
    async with aclosing(copies.pieces()) as coming:
        async for piece in coming:
            yield piece
    yield growing.add(zipping.READ_ME, zipping.read_me(_read_me(request, copies)))
    yield growing.end()


class CopiesInZip:
    """Writes all copies of a citizen into a ZIP; a `KeptFiles` for the copy of everything (`Tables.files`).

    growing: the ZIP. within: the folder in it for the copies, "" for none. count, left_out: after `pieces`, how many
    copies there were, and a line for each thing that is not in the ZIP.
    """

    def __init__(self, request: SignedInRequest, growing: GrowingZip, within: str = "") -> None:
        self.count = 0
        self.left_out: list[str] = []
        self._citizen_id, self._now = request.session.citizen_id, request.occasion.now
        self._zip = growing
        self._within = f"{within}/" if within else ""
        self._folders = {fold(zipping.READ_ME)}
        self._live = LiveSession(request)

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the bytes of the ZIP as files are decrypted.

        Raise RequestAborted where the session ends meanwhile.
        """
        async with aclosing(reading.every(self._citizen_id)) as copies:
            async for copy in copies:
                await self._live.go_on()
                self.count += 1
                if copy.facts is None:
                    day = dates.day(copy.kept_at)
                    self.left_out.append(_("Een kopie van %(day)s kan niet meer geopend worden.") % {"day": day})
                    continue
                async with aclosing(self._copy(copy, copy.facts)) as coming:
                    async for piece in coming:
                        yield piece

    async def _copy(self, copy: MailboxCopy, facts: CopyFacts) -> AsyncGenerator[bytes]:
        subject = wording.text_of(facts.subjects)[0] or _("Zonder onderwerp")
        folder, taken = self._folder(facts, subject), {fold(ABOUT)}
        letter = await reading.letter(self._citizen_id, copy)
        if letter is None:
            await self._leave_out(copy, subject, _("de tekst"))
        about = await copy_text.lines_of(copy, facts, letter, self._now)
        yield self._zip.add(f"{folder}/{ABOUT}", zipping.read_me(about))
        for item, file in enumerate(facts.files, 1):
            async with aclosing(self._file(copy, item, file, folder, taken)) as coming:
                async for piece in coming:
                    yield piece

    async def _file(
        self, copy: MailboxCopy, item: int, file: CopyFile, folder: str, taken: set[str]
    ) -> AsyncGenerator[bytes]:
        named = copy_sheets.name_of(file)
        begun = False
        parts = reading.chunks(self._citizen_id, copy.id, item, file.extent)
        try:
            async with aclosing(parts):
                async for part in parts:
                    await self._live.go_on()
                    if not begun:
                        kind = file_kinds.kind_of(part[: file_kinds.HEAD], file.media_type, file.file_name)
                        name = file_names.another(file_kinds.file_name(kind, named), kind.ending, taken)
                        yield self._zip.begin(f"{folder}/{name}", file.extent.size)
                        begun = True
                    yield self._zip.write(part)
        except CopyDamagedError:
            await self._leave_out(copy, folder, named or _("een bestand"))
            if begun:
                yield self._zip.drop()
            return
        if begun:
            yield self._zip.finish()
        else:
            name = file_names.another(file_kinds.file_name(file_kinds.OTHER, named), file_kinds.OTHER.ending, taken)
            yield self._zip.add(f"{folder}/{name}", b"")

    def _folder(self, facts: CopyFacts, subject: str) -> str:
        day = dates.day_here(facts.received_at).isoformat()
        plain = file_names.plain(f"{day} {subject}"[:LONGEST_FOLDER], otherwise=day)
        return self._within + file_names.another(plain, "", self._folders)

    async def _leave_out(self, copy: MailboxCopy, where: str, what: str) -> None:
        """Add a line for an item that is not in the ZIP: its citizen deleted the copy meanwhile, or it is damaged."""
        values = {"where": " ".join(where.split()), "what": what}
        is_damaged = await reading.find(self._citizen_id, copy.id) is not None
        words = (
            _("%(where)s (%(what)s): beschadigd; dit is niet meer wat u bewaarde")
            if is_damaged
            else _("%(where)s (%(what)s): u wiste deze kopie intussen")
        )
        self.left_out.append(words % values)


def _read_me(request: SignedInRequest, copies: CopiesInZip) -> Iterator[str]:
    now = dates.moment(request.occasion.now)
    yield _("Uw eigen archief in Mijn Burgerprofiel, opgehaald op %(time)s") % {"time": now}
    yield _("Kopieën: %(count)s") % {"count": copies.count}
    if copies.left_out:
        yield ""
        yield _("Niet in dit bestand:")
        yield from (f"- {one}" for one in copies.left_out)
