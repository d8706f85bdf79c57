"""What a page goes through that looks at many datasets at once: what the session has kept, or all, asked first.

Nothing of it is indexed or kept beside the session's own answers.
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

ASK_ALL = "alles"  # in the address, by the button that asks what was not asked yet


@dataclass(frozen=True, slots=True, repr=False)
class GatheredAnswers:
    """The outcomes that there are, and the datasets that this session has not asked yet."""

    found: Sequence[EntryOutcome]
    unasked: Sequence[DatasetEntry]


def all_entries() -> list[DatasetEntry]:
    """List the datasets in the order in which the overview has them."""
    return [entry for theme in Theme for entry in queries.of_theme(theme)]


async def gather(
    session: Session, occasion: Occasion, entries: Sequence[DatasetEntry], *, is_asking: bool
) -> GatheredAnswers | None:
    """Read what the session has kept of these datasets, and ask the rest when that is wanted.

    None when the session ended while others were asked: then nothing may be shown.
    """
    own = of_oneself(session, occasion, LOOK)
    if not is_asking:
        return await read_kept(own, entries)
    found = await asking.whole(own, datasets.inquiries(entries))
    if found is None:
        return None
    by_name = {entry.name: outcome for entry, outcome in found}
    return GatheredAnswers([(entry, by_name[entry.name]) for entry in entries], [])


async def read_kept(own: Consultation, entries: Sequence[DatasetEntry]) -> GatheredAnswers:
    """Read what the session has kept; nobody is asked anything."""
    found = await asking.read_kept(own, datasets.inquiries(entries))
    names = {entry.name for entry, _ in found}
    return GatheredAnswers(found, [entry for entry in entries if entry.name not in names])
