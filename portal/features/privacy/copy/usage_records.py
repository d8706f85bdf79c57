"""Who used a citizen's data, as records of their own copy: every entry of the journal that they may read of."""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Record
from portal.platform.journal.types import Access, ActorKind

from ..owing import Keeper
from ..usage import wording
from ..usage.reading import all_accesses

PAGE = 100  # records that are handed on together
KIND = "use"


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give all of it at once."""
    return [record async for page in pages(citizen_id) for record in page]


async def pages(citizen_id: UUID) -> AsyncGenerator[Sequence[Record]]:
    """Give all of it, the newest first, so many at a time."""
    page: list[Record] = []
    async for access in all_accesses(citizen_id, datetime.now(UTC)):
        page.append(_record(access))
        if len(page) == PAGE:
            yield page
            page = []
    yield page


KEEPER = Keeper("usage", _("Wie gebruikte uw gegevens"), export, {KIND: _("Een gebruik van uw gegevens")})


def _record(one: Access) -> Record:
    used = [
        {
            "dienst": use.activity.body_name,
            "wat": use.activity.title,
            "waarom": use.activity.purpose,
            "grond": use.activity.legal_basis,
            "diensten": list(use.activity.services),
            "bewaring": use.activity.retention,
            "resultaat": use.result,
        }
        for use in one.uses
    ]
    value = {
        "handeling": one.name,
        "omschrijving": wording.in_words(one.name),
        "door": one.actor.kind.value,
        # A parent stands there under their own name in the journal, which is nobody else's to know.
        "naam": None if one.actor.kind is ActorKind.PARENT else one.actor.name,
        "einde": one.ended_at,
        "gebruikt": used,
    }
    return Record(KIND, value, one.at)
