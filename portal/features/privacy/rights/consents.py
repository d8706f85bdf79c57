"""The consents that a citizen gave here, each with the page that takes it back, as features list them
(`Tables.consents`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from portal.features.privacy import keepers
from portal.platform.feature import installed


class ConsentInWords(NamedTuple):
    """A consent that was not withdrawn: what for, in Dutch, since when (UTC), and the address that withdraws it."""

    title: str
    since: datetime
    href: str


async def consents_of(citizen_id: UUID) -> Sequence[ConsentInWords]:
    """List them by feature; nothing that the citizen gave with them is opened."""
    consents: list[ConsentInWords] = []
    for feature in installed.features():
        if feature.tables and feature.tables.consents:
            words = feature.tables.words
            consents += [
                ConsentInWords(words[consent.kind], consent.since, consent.href)
                for consent in await feature.tables.consents(citizen_id)
            ]
    return consents


def titles_left_out() -> Sequence[str]:
    """Name, in Dutch, the features with consents that this portal leaves out: what was given is kept still."""
    absent = installed.absent_ids()
    return [
        keepers.title_of(feature)
        for feature in installed.with_tables()
        if feature.id in absent and feature.tables and feature.tables.consents
    ]
