"""The page with the list of a citizen's documents at all providers, which streams.

A line for each provider is sent as it answers. The list itself is sent after the last answer or its deadline: so it
is in order, and nothing on the page moves while somebody reads.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.template.loader import get_template
from django.views.decorators.http import require_http_methods
from msgspec.structs import replace

from portal.platform.access.guards import SeeOther, signed_in, streams, without_token
from portal.platform.access.types import SignedInRequest
from portal.platform.language.dates import day_here
from portal.platform.sources import beside
from portal.platform.sources.reading.outcomes import Late
from portal.platform.ui import streaming

from ..arranged import folders
from ..arranged.arrangement import Folder
from ..link.guarding import needs_link
from ..payments import due_days
from ..registry import looking, providers, wording
from ..registry.answers import BoxCount, ProviderAnswers
from . import arranged_list, arranging, frames, merging, seeking
from .merging import MergedList
from .seeking import SoughtMessages


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs_link
@without_token
@streams
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """Show the list, or the part that is sought; a POST of the filter redirects to the address of its search."""
    if request.method == "POST":
        sought = seeking.sought_in(request.POST)
        return SeeOther(f"{frames.address_of(request.session, sought)}{frames.LIST if sought.has_conditions else ''}")
    return streaming.answer(stream(request))


async def stream(request: SignedInRequest) -> AsyncIterator[bytes]:
    """Stream the list that the address asks for: of all documents, or of a folder or star."""
    sought, is_lost = frames.sought_of(request)
    kept = await folders.of(request.session.citizen_id)
    is_folder_gone = sought.folder is not None and sought.folder not in {one.id for one in kept}
    if is_folder_gone:
        sought = SoughtMessages()
    notes = {"is_lost": is_lost, "is_folder_gone": is_folder_gone}
    pieces = arranged_list.stream if sought.is_arranged else _stream
    async for piece in pieces(request, sought, kept, notes):
        yield piece


async def _stream(
    request: SignedInRequest, sought: SoughtMessages, kept: Sequence[Folder], notes: dict[str, Any]
) -> AsyncIterator[bytes]:
    """Send the head at once, then the frame, a line for each answer, the list after the last, and the closing line.

    kept: the citizen's folders. notes: further context of the frame.
    """
    session, now = request.session, request.occasion.now
    today = day_here(now)
    expected = providers.at_hand(now)
    without = [one.id for one in expected if one.id in request.GET.getlist(frames.WITHOUT)]
    frame = frames.frame_of(request, sought, kept, expected, without) | notes
    async for piece in streaming.opening(request, "mailbox/open.html", frame, frames.SHEETS):
        yield piece
    query = seeking.query_of(sought, today, frames.PAGE)
    answers = ProviderAnswers()
    for provider in expected:
        if provider.id in without:
            yield frames.line_of(answers.take(provider, Late()), expected, is_left_out=True)
    async with aclosing(looking.look(request, query, without=without)) as looked:
        async for provider, outcome in looked:
            is_long = seeking.is_long(outcome, query)
            fitting = await beside.run(
                is_long, seeking.fit_outcome, outcome, query, partial(wording.names_around, provider)
            )
            yield frames.line_of(answers.take(provider, fitting), expected)
    found = merging.merge(answers.pages, past=sought.past, wanted=frames.PAGE, now=now)
    own = await arranging.marks_of(session, found.messages, kept)
    unpaid = [one for one in found.messages if one.key not in own.paid]
    context: dict[str, Any] = {
        **frames.form_of(session, sought, kept),
        "rows": arranging.rows_of(found.messages, session, today, own),
        "box_count": _count(answers, sought, found),
        "gaps": answers.gaps,
        "calendar": due_days.address_of(session, due_days.days_of(unpaid, today)),
        "newest": frames.address_of(session, sought.first, without),
        "older": frames.address_of(session, replace(sought, past=found.next), without) if found.next else "",
    }
    yield get_template("mailbox/list.html").render(context).encode()
    own_page = frames.address_of(session, sought)
    closing = {"answers": answers, "at": now, "own_page": own_page, "session": session, "is_asked": True}
    yield get_template("mailbox/close.html").render(closing, request).encode()


def _count(answers: ProviderAnswers, sought: SoughtMessages, found: MergedList) -> BoxCount:
    """Count a citizen's documents: those of the list where it is whole, else by what the providers report."""
    whole = None if found.next else found.messages
    if sought == SoughtMessages(stand=seeking.UNREAD):
        return answers.unread_count_of(whole)
    return answers.count_of(whole if sought == SoughtMessages() else None)
