"""What a page goes through that looks at many datasets at once: what the session has kept, or all, asked first.

Nothing of it is indexed or kept beside the session's own answers.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.platform.access import sessions
from portal.platform.access.types import Session
from portal.platform.sources import asking, processing
from portal.platform.sources.catalogue import Entry, Found
from portal.platform.sources.reading.outcomes import Down

from . import queries
from .types import Theme

ASK_ALL = "alles"  # in the address, by the button that asks what was not asked yet

log = logging.getLogger("portal.themes")


@dataclass(frozen=True, slots=True, repr=False)
class Gathered:
    """The outcomes there are, and the datasets that this session has not asked yet."""

    found: Sequence[Found]
    unasked: Sequence[Entry]


def all_entries() -> list[Entry]:
    """List the datasets in the order in which the overview has them."""
    return [entry for theme in Theme for entry in queries.of_theme(theme)]


async def gather(
    session: Session, entries: Sequence[Entry], *, is_asking: bool, correlation_id: str
) -> Gathered | None:
    """Read what the session has kept of these datasets, and ask the rest when that is wanted.

    None when the session ended while others were asked: then nothing may be shown.
    """
    if not is_asking:
        return await kept(session, entries, correlation_id=correlation_id)
    gathered = await everything(session, entries, correlation_id=correlation_id)
    return gathered if await sessions.is_live(session, now=datetime.now(UTC)) else None


async def kept(session: Session, entries: Sequence[Entry], *, correlation_id: str) -> Gathered:
    """Read what the session has kept; nobody is asked anything. The journal names what is looked at, and no more."""
    forbidden: list[Found] = [
        (entry, Down("assurance")) for entry in entries if not processing.may_see(session, entry)
    ]
    allowed = [entry for entry in entries if processing.may_see(session, entry)]
    names = await processing.kept_names(session, allowed)
    to_read = [entry for entry in allowed if entry.name in names]
    unasked = [entry for entry in allowed if entry.name not in names]
    if not to_read:
        return Gathered(forbidden, unasked)
    try:
        journalled, read = await processing.look(session, to_read, again=frozenset(), correlation_id=correlation_id)
    except Exception as error:
        log.error("not journalled, so not looked at: %s %s", type(error).__name__, correlation_id)
        return Gathered([*((entry, Down("journal")) for entry in to_read), *forbidden], unasked)
    await processing.settle(session, journalled, read, [])
    found = [(entry, read[entry.name]) for entry in to_read if entry.name in read]
    # What did not open is as good as not asked.
    unasked = [entry for entry in allowed if entry.name not in read]
    return Gathered([*found, *forbidden], unasked)


async def everything(session: Session, entries: Sequence[Entry], *, correlation_id: str) -> Gathered:
    """Ask what the session has not kept, as the overview does, and wait for all of it: at most a page's budget."""
    answers = asking.answers(session, entries, again=frozenset(), correlation_id=correlation_id)
    by_name = {entry.name: outcome async for entry, outcome in answers}
    return Gathered([(entry, by_name[entry.name]) for entry in entries], [])
