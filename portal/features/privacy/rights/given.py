"""Which consents a citizen gave here, each with where it is taken back: features say which (`Tables.consents`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from portal.platform.feature import installed


class ConsentInWords(NamedTuple):
    """A consent that stands: what for, in Dutch, since when, and the address where it is taken back."""

    title: str
    since: datetime
    href: str


async def consents(citizen_id: UUID) -> Sequence[ConsentInWords]:
    """List those of somebody who is signed in, by feature; nothing of what they gave is opened."""
    found: list[ConsentInWords] = []
    for feature in installed.features():
        if feature.tables and feature.tables.consents:
            words = feature.tables.words
            given = await feature.tables.consents(citizen_id)
            found += [ConsentInWords(words[one.kind], one.since, one.href) for one in given]
    return found
