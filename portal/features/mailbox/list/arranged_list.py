"""The list of documents in one folder, or with a star. Each is asked for by its id at its provider.

The page says which documents could not be asked for, and which their provider no longer has. Documents that the
citizen hid are only counted.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import date
from typing import Any

from django.template.loader import get_template
from msgspec.structs import replace

from portal.platform.access.types import Session, SignedInRequest
from portal.platform.kit.unprinted import Unprinted
from portal.platform.language.dates import day_here
from portal.platform.sources.reading.outcomes import Late, Outcome, Partial, Ready
from portal.platform.ui import streaming

from ..arranged import marks
from ..arranged.arrangement import ArrangedDocument, Folder
from ..payments import due_days
from ..registry import locating, looking, providers
from ..registry.answers import ProviderAnswers
from ..types import EboxMessage, MessagePage, MessagesById, key_of
from . import arranging, frames, merging, seeking
from .merging import PlaceInList
from .seeking import SoughtMessages


class ArrangedPage(Unprinted, frozen=True):
    """A page of arranged documents.

    total: their number on all pages; next: the place after which the next page goes on.
    """

    documents: tuple[ArrangedDocument, ...]
    total: int
    next: PlaceInList | None = None


class FoundDocuments(Unprinted, frozen=True):
    """The documents of a page after all providers were asked; each counts in one of the four.

    shown: in the order of the page. hidden: how many the citizen hid. gone: those that their provider no longer has.
    unasked: how many could not be asked for.
    """

    shown: tuple[EboxMessage, ...] = ()
    hidden: int = 0
    gone: tuple[ArrangedDocument, ...] = ()
    unasked: int = 0


def page_of(every: Iterable[ArrangedDocument], sought: SoughtMessages) -> ArrangedPage:
    """Cut the page that is sought out of all documents that a citizen arranged, the newest first."""
    is_star = sought.stand == seeking.STARRED
    inside = [one for one in every if (one.is_starred if is_star else one.folder == sought.folder)]
    inside.sort(key=lambda one: merging.order_of(_place_of(one)))
    begin = merging.order_of(sought.past) if sought.past else None
    rest = [one for one in inside if begin is None or merging.order_of(_place_of(one)) > begin]
    documents = tuple(rest[: frames.PAGE])
    return ArrangedPage(documents, len(inside), _place_of(documents[-1]) if len(rest) > len(documents) else None)


def found_of(page: ArrangedPage, answers: Mapping[str, MessagesById]) -> FoundDocuments:
    """Sort the documents of a page by what the answers say of each. answers: by the id of the provider."""
    found = {message.key: message for one in answers.values() for message in one.found}
    absent = {key_of(provider, id_) for provider, one in answers.items() for id_ in one.gone}
    present = [found[one.key] for one in page.documents if one.key in found]
    gone = tuple(one for one in page.documents if one.key in absent and one.key not in found)
    shown = tuple(one for one in present if one.is_visible is not False)
    unasked = len(page.documents) - len(present) - len(gone)
    return FoundDocuments(shown, len(present) - len(shown), gone, unasked)


async def stream(
    request: SignedInRequest, sought: SoughtMessages, kept: Sequence[Folder], notes: dict[str, Any]
) -> AsyncIterator[bytes]:
    """Send the head at once, then the frame, a line for each answer as it arrives, and the documents after the last.

    kept: the citizen's folders. notes: further context of the frame.
    """
    session, now = request.session, request.occasion.now
    page = page_of(await marks.every(session.citizen_id), sought)
    wanted: dict[str, list[str]] = {}
    for one in page.documents:
        wanted.setdefault(one.provider, []).append(one.id)
    expected = tuple(one for one in providers.at_hand(now) if one.id in wanted)
    without = [one.id for one in expected if one.id in request.GET.getlist(frames.WITHOUT)]
    frame = frames.frame_of(request, sought, kept, expected, without) | notes
    async for piece in streaming.opening(request, "mailbox/open.html", frame, frames.SHEETS):
        yield piece
    answers, by_provider = ProviderAnswers(), dict[str, MessagesById]()
    for provider in expected:
        if provider.id in without:
            yield frames.line_of(answers.take(provider, Late()), expected, is_left_out=True)
    async with aclosing(looking.by_id(request, wanted, without=without)) as looked:
        async for provider, outcome in looked:
            if isinstance(outcome, Ready | Partial):
                by_provider[provider.id] = outcome.value
            yield frames.line_of(answers.take(provider, _as_page(outcome)), expected)
    found = found_of(page, by_provider)
    await marks.end(session.citizen_id, [one.key for one in found.gone], now)
    context = {
        **await _rows(session, kept, found, day_here(now)),
        **frames.form_of(session, sought, kept),
        "total": page.total,
        "again": frames.address_of(session, sought),
        "newest": frames.address_of(session, sought.first, without),
        "older": frames.address_of(session, replace(sought, past=page.next), without) if page.next else "",
    }
    yield get_template("mailbox/arranged.html").render(context).encode()
    own_page = frames.address_of(session, sought)
    is_asked = bool(page.documents)
    closing = {"answers": answers, "at": now, "own_page": own_page, "session": session, "is_asked": is_asked}
    yield get_template("mailbox/close.html").render(closing, request).encode()


async def _rows(session: Session, kept: Sequence[Folder], found: FoundDocuments, today: date) -> dict[str, Any]:
    """Give the context for the rows of a page: shown and gone documents, and the calendar of days to pay."""
    own = await arranging.marks_of(session, found.shown, kept)
    unpaid = [one for one in found.shown if one.key not in own.paid]
    return {
        "rows": arranging.rows_of(found.shown, session, today, own),
        "found": found,
        "gone": [token for one in found.gone if (token := locating.token_of(session, one.provider, one.id))],
        "calendar": due_days.address_of(session, due_days.days_of(unpaid, today)),
    }


def _as_page(outcome: Outcome[MessagesById]) -> Outcome[MessagePage]:
    """Give the outcome as one for a list, from which the provider's line on the page is made."""
    if isinstance(outcome, Ready):
        return Ready(MessagePage(outcome.value.found), outcome.asked_at)
    if isinstance(outcome, Partial):
        page = MessagePage(outcome.value.found, is_cut=bool(outcome.value.unasked))
        return Partial(page, outcome.missing, outcome.asked_at)
    return outcome


def _place_of(document: ArrangedDocument) -> PlaceInList:
    return document.received_at, document.provider, document.id
