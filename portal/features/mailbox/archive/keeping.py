"""Keep a copy of a document: ask its provider for all of it, as the document's page does, and store it as it comes.

A file that will not become right (its digest is wrong, it is gone, or its id fits in no address) is left out, and
named in the copy; so is a text or payment that its provider has not. Where a later try may succeed (a provider that
is late, a transfer that broke off), or files are not even known by name, no copy is kept, since one without them
would be taken for all. Where part of what the provider says of the message could not be read, the copy is kept and
says that something may be missing (`CopyFacts.is_partial`).
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

import msgspec

from portal.platform.access.types import SignedInRequest
from portal.platform.database.pool import DatabaseBusy
from portal.platform.sources.reading.outcomes import Nothing, Outcome, Partial, Ready, missing_of

from .. import queries
from ..copies import limits, sealing, writing
from ..copies.types import CopyExtent, CopyFacts, CopyFile, CopyLetter, MissingFile
from ..copies.writing import CopyWriter, NotKept
from ..letter import arriving, digesting
from ..letter.arriving import NotWhole
from ..registry import looking, reference, wording
from ..registry.locating import MessagePlace
from ..types import EboxAttachment, EboxMessage, EboxProvider, PaymentData, key_of

SECONDS = 40.0  # for the whole copy; proxies and `access.once` wait a minute for an answer
# Why no copy was kept, beside the reasons of `writing`: registered mail that is not opened, something could not be
# had, it took longer than SECONDS, too many files are under way.
CLOSED, TROUBLE, SLOW, BUSY = "dicht", "niet-alles", "traag", "druk"
# Reasons why a file is missing that another try does not change: a wrong digest, an id that fits in no address, or
# the provider has nothing.
FOR_GOOD = frozenset((arriving.DIGEST, arriving.NO_ADDRESS, "nothing"))
# What a copy lacks beside files: its provider has no text, or no payment, of a document that says to have one.
NO_TEXT, NO_PAYMENT = "no-text", "no-payment"

log = logging.getLogger("portal.mailbox")


async def keep(request: SignedInRequest, place: MessagePlace, *, is_opened: bool) -> UUID:
    """Keep a copy of a document; return the copy's id. Raise NotKept, or CopyThere where there is one already.

    is_opened: the citizen confirmed that a registered mail may be opened.
    """
    try:
        async with asyncio.timeout(SECONDS):
            return await _keep(request, place, is_opened=is_opened)
    except TimeoutError:
        raise NotKept(SLOW) from None


async def _keep(request: SignedInRequest, place: MessagePlace, *, is_opened: bool) -> UUID:
    provider = await looking.provider(request, place.provider)
    outcome = await looking.message(request, place.provider, place.id)
    if not isinstance(outcome, Ready | Partial) or not isinstance(provider, EboxProvider):
        raise NotKept(TROUBLE)
    message = outcome.value
    if message.is_unopened and not is_opened:
        raise NotKept(CLOSED)
    if message.has_more_attachments:
        raise NotKept(writing.LARGE)
    writer = await writing.begin(request.occasion, key_of(place.provider, place.id))
    try:
        await _Copying(request, provider, message, writer).run(is_partial=bool(missing_of(outcome)))
    except BaseException:
        # Also on cancellation. Rows that cannot be deleted now go when a next copy begins, or by the worker.
        await asyncio.shield(_drop(writer))
        raise
    return writer.id


async def _drop(writer: CopyWriter) -> None:
    try:
        await writer.drop()
    except DatabaseBusy as error:
        log.warning("an unfinished copy was not deleted: %s", error.detail)


class _Copying:
    """The making of one copy."""

    def __init__(
        self, request: SignedInRequest, provider: EboxProvider, message: EboxMessage, writer: CopyWriter
    ) -> None:
        self._request, self._provider, self._message, self._writer = request, provider, message, writer
        self._files: list[CopyFile] = []
        self._missing: list[MissingFile] = []
        self._written = 0  # bytes of the letter and the files so far

    async def run(self, *, is_partial: bool) -> None:
        """Ask for letter and files, store each as it comes, and the facts last. Raise NotKept.

        is_partial: part of what the provider said of the message could not be read.
        """
        letter, is_letter_partial = await self._letter()
        extent = await self._writer.write(sealing.LETTER, _whole(msgspec.json.encode(letter)))
        self._written += extent.size
        for wanted in self._message.attachments:
            await self._go_on()
            await self._file(wanted)
        await self._go_on()
        await self._writer.finish(self._facts(extent, is_partial=is_partial or is_letter_partial))

    async def _go_on(self) -> None:
        """Raise NotKept where the link was withdrawn meanwhile.

        (Each write itself fails once the archive is ended.)
        """
        if not await queries.is_linked(self._request.session.citizen_id):
            raise NotKept(TROUBLE)

    async def _letter(self) -> tuple[CopyLetter, bool]:
        """Ask for the letter; also tell whether part of its text could not be read. Raise NotKept."""
        message = self._message
        body, payment = await asyncio.gather(
            looking.body(self._request, message.provider, message.id), self._payment()
        )
        if not isinstance(body, Ready | Partial | Nothing) or not isinstance(payment, Ready | Partial | Nothing):
            raise NotKept(TROUBLE)
        # As on the page of the document, which says nothing of a text where files are its content.
        if isinstance(body, Nothing) and (message.is_body_main or not message.attachments):
            self._missing.append(MissingFile("", NO_TEXT))
        if isinstance(payment, Nothing) and message.has_payment:
            self._missing.append(MissingFile("", NO_PAYMENT))
        letter = CopyLetter(
            texts={} if isinstance(body, Nothing) else body.value.texts,
            business_data=message.business_data,
            payment=None if isinstance(payment, Nothing) else payment.value,
            is_payment_whole=not missing_of(payment),
        )
        return letter, bool(missing_of(body))

    async def _payment(self) -> Outcome[PaymentData]:
        if not self._message.has_payment:
            return Nothing(self._request.occasion.now)
        return await looking.payment(self._request, self._message.provider, self._message.id)

    async def _file(self, wanted: EboxAttachment) -> None:
        begun, pieces = await arriving.begin(self._request, self._provider, self._message.id, wanted)
        if begun.why:
            self._leave_out(wanted, begun.why)
            return
        async with aclosing(pieces):
            size = self._written + (begun.size or 0)
            if size > self._writer.room:
                # Refused by its announced size; the writer refuses a file that becomes too large on the way.
                raise NotKept(writing.LARGE if size > limits.of_one() else writing.FULL)
            item = len(self._files) + 1
            try:
                extent = await self._writer.write(item, pieces)
            except NotWhole as error:
                await self._writer.take_back(item)
                self._leave_out(wanted, error.why)
                return
        self._written += extent.size
        self._files.append(_file_of(wanted, extent))

    def _leave_out(self, wanted: EboxAttachment, why: str) -> None:
        """Note a file that is missing for good; raise NotKept for a reason that another try may change."""
        if why == arriving.FULL:
            raise NotKept(BUSY)
        if why not in FOR_GOOD:
            raise NotKept(TROUBLE)
        title = wording.text_of(wanted.titles)[0] or wanted.file_name
        self._missing.append(MissingFile(title, why))

    def _facts(self, letter: CopyExtent, *, is_partial: bool) -> CopyFacts:
        message, provider = self._message, self._provider
        sender = reference.sender(message.provider, message.sender)
        kind = reference.message_type(message.provider, message.type_id)
        return CopyFacts(
            provider=message.provider,
            message_id=message.id,
            address=provider.address,
            provider_names=provider.names,
            subjects=message.subjects,
            sender=message.sender,
            sender_names=(sender.long_names or sender.short_names) if sender else {},
            type_names=kind.names if kind else {},
            received_at=message.received_at,
            is_registered=message.is_registered,
            is_partial=is_partial,
            letter=letter,
            files=tuple(self._files),
            missing=tuple(self._missing),
        )


async def _whole(content: bytes) -> AsyncGenerator[bytes]:
    yield content


def _file_of(wanted: EboxAttachment, extent: CopyExtent) -> CopyFile:
    return CopyFile(
        titles=wanted.titles,
        file_name=wanted.file_name,
        media_type=wanted.media_type,
        is_main=wanted.is_main,
        is_signed=wanted.is_signed,
        is_proven=digesting.digest_in(wanted.digest) is not None,
        extent=extent,
    )
