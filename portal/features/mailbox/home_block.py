"""The block of the eBox on the home page: a signal that documents are unread, for citizens who linked it."""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portal.platform.access.types import SignedInRequest
from portal.platform.feature.home import Block, BlockFinding, Gap, Rule, Signal
from portal.platform.language.dates import day_here
from portal.platform.language.numbers import format_number

from . import framing, queries
from .list import merging, seeking
from .list.merging import MergedList
from .list.seeking import SoughtMessages
from .registry import looking, wording
from .registry.answers import ProviderAnswers

MOST_NAMED = 3
UNREAD = Rule("mailbox.unread", gettext_noop("De aanbieder van deze documenten zegt dat u ze nog niet las."))


async def find(request: SignedInRequest) -> AsyncGenerator[BlockFinding]:
    """Ask every provider for unread documents; yield one signal for all, and a gap where not all could be asked.

    It yields nothing for who has no link.
    """
    if not await queries.is_linked(request.session.citizen_id):
        return
    now = request.occasion.now
    query = seeking.query_of(SoughtMessages(stand=seeking.UNREAD), day_here(now), MOST_NAMED)
    answers = ProviderAnswers()
    async with aclosing(looking.look(request, query)) as looked:
        async for provider, outcome in looked:
            answers.take(provider, seeking.fit_outcome(outcome, query, partial(wording.names_around, provider)))
    newest = merging.merge(answers.pages, past=None, wanted=MOST_NAMED, now=now)
    if newest.messages:
        yield signal_of(newest, answers)
    if answers.gaps:
        yield Gap()


def signal_of(newest: MergedList, answers: ProviderAnswers) -> Signal:
    """Make the signal: how many documents are unread, and who sent the newest.

    Its cause is the newest document, so a signal that was dismissed comes back with the next one.
    """
    box = answers.count_of(None if newest.next else newest.messages)
    count = max(box.unread, len(newest.messages))
    if box.is_least:
        title = ngettext(
            "Minstens %(count)s ongelezen document in uw eBox.",
            "Minstens %(count)s ongelezen documenten in uw eBox.",
            count,
        )
    else:
        title = ngettext(
            "%(count)s ongelezen document in uw eBox.", "%(count)s ongelezen documenten in uw eBox.", count
        )
    senders = dict.fromkeys(wording.name_of_sender(one.provider, one.sender)[0] for one in newest.messages)
    from_whom = _("Van %(senders)s.") % {"senders": ", ".join(senders)}
    cause = hashlib.sha256(newest.messages[0].key.encode()).hexdigest()
    label = _("Lees uw documenten")
    return Signal(
        UNREAD.id,
        cause,
        title % {"count": format_number(count)},
        from_whom,
        f"{framing.overview()}?toon={seeking.UNREAD}",
        label,
    )


BLOCK = Block(
    name="ebox",
    order=13,
    find=find,
    unasked=gettext_noop("uw eBox"),
    rules=(UNREAD,),
    seconds=5.0,
)
