"""The block of notices on the home page: a signal that some are unread."""

from collections.abc import AsyncGenerator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portal.platform.access.types import SignedInRequest
from portal.platform.feature.home import Block, BlockFinding, Gap, Rule, Signal
from portal.platform.language.numbers import on_a_bell
from portal.platform.language.texts import translate

from . import links, queries, rules, wording
from .types import FEATURE, ListedNotice, Thread

MOST_NAMED = 3
UNREAD = Rule("notifications.unread", gettext_noop("U hebt dit nog niet gelezen sinds de dienst het liet weten."))


async def find(request: SignedInRequest) -> AsyncGenerator[BlockFinding]:
    """Yield one signal for all unread notices, or a gap where they were not counted.

    Where the session counts none, the database is not asked.
    """
    if not request.session.is_counted:
        yield Gap()
        return
    count = request.session.unread.get(FEATURE, 0)
    if not count:
        return
    threads = await queries.look_at_unread(request.occasion, MOST_NAMED)
    if threads:
        yield signal_of(threads, count)


def signal_of(threads: list[Thread], count: int) -> Signal:
    """Make the signal. threads: the newest unread ones; count: how many there are.

    Its cause is the newest notice, so a signal that was dismissed comes back with the next one.
    """
    newest, here = threads[0], links.notices()
    cause = rules.write_position(newest.newest.position, newest.id)
    if count == 1:
        title, href, label = _name_of(newest.newest), f"{here}{newest.id}/", _("Lees de melding")
        return Signal(UNREAD.id, cause, title, wording.body_of(newest.newest), href, label)
    title = ngettext("U hebt %(count)s ongelezen melding.", "U hebt %(count)s ongelezen meldingen.", count)
    # Each once: several dossiers often have the same news.
    named = [*dict.fromkeys(_name_of(one.newest) for one in threads)] + ["…"] * (count > len(threads))
    label = _("Lees uw meldingen")
    return Signal(UNREAD.id, cause, title % {"count": on_a_bell(count)}, " ".join(named), here, label)


def _name_of(one: ListedNotice) -> str:
    service, sentence = wording.service_of(one), translate(wording.sentence_of(one))
    return f"{service}: {sentence}" if service else sentence


BLOCK = Block(name="ongelezen", order=12, find=find, unasked=gettext_noop("uw meldingen"), rules=(UNREAD,))
