"""Ask providers for messages of the citizen who is signed in, and the federation about their consents.

Nothing of an answer is kept. Callers see to it that the citizen linked their eBox (`link.guarding`).
"""

import time
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from uuid import UUID, uuid4

from portal.platform.access.types import SignedInRequest
from portal.platform.journal.types import PORTAL, Occasion
from portal.platform.sources import asking, changing
from portal.platform.sources.inquiry import Consultation, Inquiry, of_oneself
from portal.platform.sources.reading.outcomes import Down, Late, Outcome

from .. import section
from ..types import (
    CONSENTS,
    LIST,
    READ,
    TELL,
    ApplicationConsent,
    EboxMessage,
    EboxProvider,
    MessageBody,
    MessagePage,
    MessageQuery,
    MessagesById,
    PaymentData,
)
from . import inquiries, providers, reference
from .providers import FEDERATION

NAMES_SECONDS = 1.0  # for how long a list waits for names of senders, where this process has none of a provider yet


async def look(
    request: SignedInRequest, query: MessageQuery, *, without: Collection[str] = frozenset()
) -> AsyncGenerator[tuple[EboxProvider, Outcome[MessagePage]]]:
    """Ask every provider for the list of messages; yield each with its outcome as soon as that is known.

    `providers.FEDERATION` comes too, with the trouble, where the list of providers is missing or not whole. without:
    ids of providers that are not asked.
    """
    now = request.occasion.now
    known = await providers.active_providers(now)
    if known.trouble is not None:
        yield FEDERATION, known.trouble
    asked: list[Inquiry[EboxProvider, MessagePage]] = []
    for provider in known.active:
        if provider.id in without:
            continue
        bar = providers.bar_of(provider, now)
        if bar is not None:
            yield provider, bar
            continue
        reference.begin_reading(provider)
        asked.append(inquiries.list_inquiry(provider, query))
    if not asked:
        return
    consultation = of_oneself(request.session, request.occasion, LIST)
    async with aclosing(_with_names(asking.answers_together(consultation, asked))) as arriving:
        async for provider, outcome in arriving:
            yield provider, outcome


async def by_id(
    request: SignedInRequest, wanted: Mapping[str, Sequence[str]], *, without: Collection[str] = frozenset()
) -> AsyncGenerator[tuple[EboxProvider, Outcome[MessagesById]]]:
    """Ask for messages by their ids; yield each provider with its outcome as soon as that is known.

    wanted: the ids of messages by the id of their provider; without: ids of providers that are not asked. A provider
    that cannot be asked comes too, as Down; where it is no longer in the list, with its id alone.
    """
    now = request.occasion.now
    asked: list[Inquiry[EboxProvider, MessagesById]] = []
    for provider_id, ids in wanted.items():
        if provider_id in without:
            continue
        found = await provider(request, provider_id)
        if isinstance(found, Down):
            known = (await providers.active_providers(now)).named(provider_id)
            yield known or EboxProvider(provider_id, {}, "", ""), found
            continue
        reference.begin_reading(found)
        asked.append(inquiries.by_id(found, ids, now))
    if not asked:
        return
    consultation = of_oneself(request.session, request.occasion, LIST)
    async with aclosing(_with_names(asking.answers_together(consultation, asked))) as arriving:
        async for one, outcome in arriving:
            yield one, outcome


async def _with_names[T](
    arriving: AsyncGenerator[list[tuple[EboxProvider, Outcome[T]]]],
) -> AsyncGenerator[tuple[EboxProvider, Outcome[T]]]:
    """Pass outcomes on, after a short wait for names of senders where this process has none of a provider yet."""
    names_until = time.monotonic() + NAMES_SECONDS
    async with aclosing(arriving):
        async for found in arriving:
            await reference.wait([provider for provider, _ in found], names_until - time.monotonic())
            for provider, outcome in found:
                yield provider, outcome


async def provider(request: SignedInRequest, provider_id: str) -> EboxProvider | Down:
    """Find a provider that can be asked now, by its id; Down with the reason where it cannot."""
    now = request.occasion.now
    known = await providers.active_providers(now)
    found = known.named(provider_id)
    if found is None:
        if isinstance(known.trouble, Late):
            return Down("late", "the list of providers")
        return known.trouble or Down("unavailable", "not in the list of providers")
    return providers.bar_of(found, now) or found


async def message(request: SignedInRequest, provider_id: str, message_id: str) -> Outcome[EboxMessage]:
    """Ask for one message; Nothing where its provider no longer has it, or it has expired."""
    now = request.occasion.now
    outcome = await _answer(request, provider_id, message_id, lambda found: inquiries.message(found, message_id, now))
    return inquiries.refuse_other_message(outcome)


async def body(request: SignedInRequest, provider_id: str, message_id: str) -> Outcome[MessageBody]:
    """Ask for the text of a message; where it is the main content, the provider counts the message as read."""
    return await _answer(request, provider_id, message_id, lambda found: inquiries.body(found, message_id))


async def payment(request: SignedInRequest, provider_id: str, message_id: str) -> Outcome[PaymentData]:
    """Ask for the payment that a message asks for; Nothing where it asks for none."""
    return await _answer(request, provider_id, message_id, lambda found: inquiries.payment(found, message_id))


async def consents(request: SignedInRequest) -> Outcome[tuple[ApplicationConsent, ...]]:
    """Ask the federation in which applications a citizen's eBox is linked; Down("off") where it has no register."""
    inquiry = inquiries.consents(FEDERATION) if section.federation() else None
    if inquiry is None:
        return Down("off")
    return await asking.answer(of_oneself(request.session, request.occasion, CONSENTS), inquiry)


async def announce_consent(request: SignedInRequest, *, is_given: bool) -> Outcome[tuple[ApplicationConsent, ...]]:
    """Tell the federation that a citizen's eBox is linked here, or no longer (is_given).

    Give its answer, as `consents` does: how all applications stand after that. Down("off") where it has no register.
    """
    return await _announce(of_oneself(request.session, request.occasion, TELL), is_given=is_given)


async def announce_farewell(
    citizen_id: UUID, national_number: str, subject: UUID, now: datetime
) -> Outcome[tuple[ApplicationConsent, ...]]:
    """Tell the federation that the link ended of a citizen who sees no page any more.

    subject: theirs in the journal. Give the federation's answer, as `announce_consent` does.
    """
    occasion = Occasion(citizen_id, now, str(uuid4()), PORTAL, subject=subject)
    return await _announce(Consultation(None, occasion, national_number, TELL), is_given=False)


async def _announce(consultation: Consultation, *, is_given: bool) -> Outcome[tuple[ApplicationConsent, ...]]:
    inquiry = inquiries.own_consent(FEDERATION) if section.federation() else None
    if inquiry is None:
        return Down("off")
    return await changing.put_or_delete(consultation, inquiry, is_on=is_given)


async def _answer[T](
    request: SignedInRequest,
    provider_id: str,
    message_id: str,
    inquiry_of: Callable[[EboxProvider], Inquiry[EboxProvider, T]],
) -> Outcome[T]:
    found = await provider(request, provider_id)
    if isinstance(found, Down):
        return found
    if not inquiries.path_of(message_id):
        return Down("unreadable", "an id that fits in no address")
    reference.begin_reading(found)
    return await asking.answer(of_oneself(request.session, request.occasion, READ), inquiry_of(found))
