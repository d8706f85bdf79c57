"""What a search goes through: what the session has kept, or everything, asked first; nothing is indexed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from portal.platform.access.types import Session
from portal.platform.sources import catalogue, processing
from portal.platform.sources.catalogue import Entry
from portal.platform.sources.reading.outcomes import Down

from . import queries
from .queries import Found
from .types import Theme

log = logging.getLogger("portal.themes")


@dataclass(frozen=True, slots=True, repr=False)
class ToSearch:
    """The outcomes to search, and the datasets that this session has not asked yet."""

    found: Sequence[Found]
    unasked: Sequence[Entry]


async def kept(session: Session, *, correlation_id: str) -> ToSearch:
    """Read what the session has kept; nobody is asked anything. The journal names what is searched, and no more."""
    entries = _entries()
    forbidden: list[Found] = [
        (entry, Down("assurance")) for entry in entries if not processing.may_see(session, entry)
    ]
    allowed = [entry for entry in entries if processing.may_see(session, entry)]
    names = await processing.kept_names(session, allowed)
    to_read = [entry for entry in allowed if entry.name in names]
    unasked = [entry for entry in allowed if entry.name not in names]
    if not to_read:
        return ToSearch(forbidden, unasked)
    try:
        journalled, read = await processing.look(session, to_read, again=frozenset(), correlation_id=correlation_id)
    except Exception as error:
        log.error("not journalled, so not searched: %s %s", type(error).__name__, correlation_id)
        return ToSearch([*((entry, Down("journal")) for entry in to_read), *forbidden], unasked)
    await processing.settle(session, journalled, read, [])
    found = [(entry, read[entry.name]) for entry in to_read if entry.name in read]
    # What did not open is as good as not asked.
    unasked = [entry for entry in allowed if entry.name not in read]
    return ToSearch([*found, *forbidden], unasked)


async def everything(session: Session, *, correlation_id: str) -> ToSearch:
    """Ask what the session has not kept, as the overview does, and wait for all of it: at most a page's budget."""
    entries = _entries()
    answers = queries.answers(session, entries, again=frozenset(), correlation_id=correlation_id)
    by_name = {entry.name: outcome async for entry, outcome in answers}
    return ToSearch([(entry, by_name[entry.name]) for entry in entries], [])


def _entries() -> list[Entry]:
    """List the datasets in the order in which the overview has them."""
    return [entry for theme in Theme for entry in catalogue.installed().of_theme(theme)]
