"""All that somebody keeps in one ZIP: a folder for each copy, written while it is opened and never held.

What does not open any more, or is not what was stored, is left out of the ZIP's own list and named in a text in it.
"""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

from django.utils.translation import gettext as _

from portal.platform.access.types import SignedInRequest
from portal.platform.kit.folding import folded
from portal.platform.language import dates
from portal.platform.ui import file_names, zipping
from portal.platform.ui.zipping import GrowingZip

from ..copies import reading
from ..copies.reading import CopyDamagedError
from ..copies.types import CopyFacts, CopyFile, CopyLetter, MailboxCopy
from ..letter import cleaning, file_kinds
from ..registry import wording
from . import copy_sheets
from .sending import LiveSession

LONGEST_FOLDER = 60  # characters
ABOUT = "Over dit document.txt"  # the text in each folder


class CopiesAsZip:
    """The making of one ZIP of all copies of a citizen."""

    def __init__(self, request: SignedInRequest) -> None:
        self._request = request
        self._zip = GrowingZip(request.occasion.now, is_streamed=True)
        self._folders = {folded(zipping.READ_ME)}
        self._left_out: list[str] = []
        self._live = LiveSession(request)

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Give the ZIP as its files are opened, and a text last that says what is not in it."""
        copies = await reading.all_of(self._request.session.citizen_id)
        for copy in copies:
            await self._live.go_on()
            if copy.facts is None:
                day = dates.day(copy.kept_at)
                self._left_out.append(_("Een kopie van %(day)s kan niet meer geopend worden.") % {"day": day})
                continue
            async with aclosing(self._copy(copy, copy.facts)) as coming:
                async for piece in coming:
                    yield piece
        yield self._zip.add(zipping.READ_ME, zipping.read_me(self._read_me(len(copies))))
        yield self._zip.end()

    async def _copy(self, copy: MailboxCopy, facts: CopyFacts) -> AsyncGenerator[bytes]:
        subject = wording.text_of(facts.subjects)[0] or _("Zonder onderwerp")
        folder, taken = self._folder(facts, subject), {folded(ABOUT)}
        letter = await reading.letter(self._request.session.citizen_id, copy)
        if letter is None:
            self._leave_out(subject, _("de tekst"))
        yield self._zip.add(f"{folder}/{ABOUT}", zipping.read_me(_about(copy, facts, letter)))
        for item, file in enumerate(facts.files, 1):
            async with aclosing(self._file(copy, item, file, folder, taken)) as coming:
                async for piece in coming:
                    yield piece

    async def _file(
        self, copy: MailboxCopy, item: int, file: CopyFile, folder: str, taken: set[str]
    ) -> AsyncGenerator[bytes]:
        named = copy_sheets.name_of(file)
        begun = False
        parts = reading.chunks(self._request.session.citizen_id, copy.id, item, file.extent)
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
            self._leave_out(folder, named or _("een bestand"))
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
        return file_names.another(plain, "", self._folders)

    def _leave_out(self, where: str, what: str) -> None:
        values = {"where": " ".join(where.split()), "what": what}
        self._left_out.append(_("%(where)s (%(what)s): beschadigd; dit is niet meer wat u bewaarde") % values)

    def _read_me(self, copies: int) -> Iterator[str]:
        yield _("Uw eigen archief in Mijn Burgerprofiel, opgehaald op %(time)s") % {
            "time": dates.moment(self._request.occasion.now)
        }
        yield _("Kopieën: %(count)s") % {"count": copies}
        if self._left_out:
            yield ""
            yield _("Niet in dit bestand:")
            yield from (f"- {one}" for one in self._left_out)


def _about(copy: MailboxCopy, facts: CopyFacts, letter: CopyLetter | None) -> Iterator[str]:
    """Say what a copy is of, and what its letter says, as plain text."""
    row = copy_sheets.row_of(copy)
    yield row.subject[0] or _("Zonder onderwerp")
    yield ""
    for name, value in (
        (_("Van"), row.sender[0]),
        (_("Ontvangen"), dates.moment(facts.received_at)),
        (_("Bewaard"), dates.moment(copy.kept_at)),
        (_("Bron"), f"{row.provider[0]} ({facts.address})"),
        (_("Nummer bij de bron"), facts.message_id),
    ):
        yield f"{name}: {' '.join(value.split())}"
    for file in row.files:
        yield f"SHA-256 {file.sha256}: {' '.join(file.title[0].split())}"
    for text in letter.texts.values() if letter else ():
        yield ""
        is_html = cleaning.is_html(text)
        lines = (cleaning.bare(text) if is_html else text).splitlines()
        yield from (" ".join(line.split()) if is_html else line for line in lines)
