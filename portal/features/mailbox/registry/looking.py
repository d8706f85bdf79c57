"""Look at messages where they stand: the list of every provider at once, one message, its text, what it wants paid.

Nothing is kept. Only who has linked their eBox is ever asked for, which the guard of the pages sees to.
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
from portal.platform.sources.reading.outcomes import Down, Outcome

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

NAMES_SECONDS = 1.0  # that a list waits for the names of senders, where a process has none of a provider yet


async def look(
    request: SignedInRequest, query: MessageQuery, *, without: Collection[str] = frozenset()
) -> AsyncGenerator[tuple[EboxProvider, Outcome[MessagePage]]]:
    """Yield each provider with what it has for whoever is signed in, as soon as it is known.

    `providers.FEDERATION` stands among them where its list could not be had, or not whole. without: ids of providers
    that are not asked.
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
        reference.begin(provider)
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
    """Yield each provider with what it gave of the messages whose ids are wanted of it, as soon as it is known.

    One that is in no list of providers any more is named by its id, as one that could not be asked.
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
        reference.begin(found)
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
    """Give what arrives, with a short wait for the names of senders where a process has none of a provider yet."""
    names_until = time.monotonic() + NAMES_SECONDS
    async with aclosing(arriving):
        async for found in arriving:
            await reference.wait([provider for provider, _ in found], names_until - time.monotonic())
            for provider, outcome in found:
                yield provider, outcome


async def provider(request: SignedInRequest, provider_id: str) -> EboxProvider | Down:
    """Find who keeps a message, or why nobody can be asked for it now."""
    now = request.occasion.now
    known = await providers.active_providers(now)
    found = known.named(provider_id)
    if found is None:
        trouble = known.trouble
        return trouble if isinstance(trouble, Down) else Down("unavailable", "not in the list of providers")
    return providers.bar_of(found, now) or found


async def message(request: SignedInRequest, provider_id: str, message_id: str) -> Outcome[EboxMessage]:
    """Ask for one message; Nothing where it is there no more, or has expired."""
    now = request.occasion.now
    outcome = await _answer(request, provider_id, message_id, lambda found: inquiries.message(found, message_id, now))
    return inquiries.refuse_other_message(outcome)


async def body(request: SignedInRequest, provider_id: str, message_id: str) -> Outcome[MessageBody]:
    """Ask for the text of a message; where it is the main content, the provider counts the message as read."""
    return await _answer(request, provider_id, message_id, lambda found: inquiries.body(found, message_id))


async def payment(request: SignedInRequest, provider_id: str, message_id: str) -> Outcome[PaymentData]:
    """Ask what a message wants paid."""
    return await _answer(request, provider_id, message_id, lambda found: inquiries.payment(found, message_id))


async def consents(request: SignedInRequest) -> Outcome[tuple[ApplicationConsent, ...]]:
    """Ask the federation in which applications somebody's eBox is linked; Down("off") where it does not tell."""
    inquiry = inquiries.consents(FEDERATION) if section.federation() else None
    if inquiry is None:
        return Down("off")
    return await asking.answer(of_oneself(request.session, request.occasion, CONSENTS), inquiry)


async def announce_consent(request: SignedInRequest, *, is_given: bool) -> Outcome[tuple[ApplicationConsent, ...]]:
    """Tell the federation that somebody's eBox is linked here, or is not any more; gives what it says after that."""
    return await _announce(of_oneself(request.session, request.occasion, TELL), is_given=is_given)


async def announce_farewell(citizen_id: UUID, number: str, now: datetime) -> Outcome[tuple[ApplicationConsent, ...]]:
    """Tell the same no for who had everything erased; the journal has it under a name that nobody keeps."""
    occasion = Occasion(citizen_id, now, str(uuid4()), PORTAL, subject=uuid4())
    return await _announce(Consultation(None, occasion, number, TELL), is_given=False)


async def _announce(consultation: Consultation, *, is_given: bool) -> Outcome[tuple[ApplicationConsent, ...]]:
    inquiry = inquiries.own_consent(FEDERATION) if section.federation() else None
    if inquiry is None:
        return Down("off")
    return await changing.turn(consultation, inquiry, is_on=is_given)


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
    reference.begin(found)
    return await asking.answer(of_oneself(request.session, request.occasion, READ), inquiry_of(found))
