"""Gather the answers for a page over many datasets: those that the session kept, or all, which are asked for first.

Nothing is indexed or kept beside the session's own answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.platform.access.types import Session
from portal.platform.journal.types import Occasion
from portal.platform.sources import asking, datasets
from portal.platform.sources.catalogue import DatasetEntry, EntryOutcome
from portal.platform.sources.inquiry import Consultation, of_oneself

from .. import queries
from ..types import LOOK, Theme

ASK_ALL = "alles"  # the parameter of the button that asks for all that was not asked yet


@dataclass(frozen=True, slots=True, repr=False)
class GatheredAnswers:
    """The outcomes so far, and the datasets that this session did not ask for yet."""

    outcomes: Sequence[EntryOutcome]
    unasked: Sequence[DatasetEntry]


def all_entries() -> list[DatasetEntry]:
    """List the datasets in the order in which the overview has them."""
    return [entry for theme in Theme for entry in queries.of_theme(theme)]


async def gather(
    session: Session, occasion: Occasion, entries: Sequence[DatasetEntry], *, is_asking: bool
) -> GatheredAnswers | None:
    """Read what the session kept of these datasets; if is_asking, ask for the others.

    None when the session ended meanwhile: then nothing may be shown.
    """
    own = of_oneself(session, occasion, LOOK)
    if not is_asking:
        return await read_kept(own, entries)
    outcomes = await asking.all_answers(own, datasets.inquiries(entries))
    if outcomes is None:
        return None
    by_name = {entry.name: outcome for entry, outcome in outcomes}
    return GatheredAnswers([(entry, by_name[entry.name]) for entry in entries], [])


async def read_kept(own: Consultation, entries: Sequence[DatasetEntry]) -> GatheredAnswers:
    """Read what the session kept; no source is asked."""
    outcomes = await asking.read_kept(own, datasets.inquiries(entries))
    names = {entry.name for entry, _ in outcomes}
    return GatheredAnswers(outcomes, [entry for entry in entries if entry.name not in names])
