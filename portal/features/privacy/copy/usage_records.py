"""Who used a citizen's data, as records of their own copy: every entry of the journal that they may read."""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Record
from portal.platform.journal.types import Access, ActorKind

from ..keepers import Keeper
from ..usage import wording
from ..usage.reading import all_accesses

PAGE = 100  # records
KIND = "use"


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give all records at once, as `Keeper.export` wants it."""
    return [record async for page in pages(citizen_id) for record in page]


async def pages(citizen_id: UUID) -> AsyncGenerator[Sequence[Record]]:
    """Give all records, the newest first, in pages of PAGE; the last page may be empty."""
    page: list[Record] = []
    async for access in all_accesses(citizen_id, datetime.now(UTC)):
        page.append(_record(access))
        if len(page) == PAGE:
            yield page
            page = []
    yield page


KEEPER = Keeper("usage", _("Wie gebruikte uw gegevens"), export, {KIND: _("Een gebruik van uw gegevens")})


def _record(access: Access) -> Record:
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
        for use in access.uses
    ]
    value = {
        "handeling": access.name,
        "omschrijving": wording.in_words(access.name),
        "door": access.actor.kind.value,
        # The journal names a parent by their own subject, which nobody else may learn.
        "naam": None if access.actor.kind is ActorKind.PARENT else access.actor.name,
        "einde": access.ended_at,
        "gebruikt": used,
    }
    return Record(KIND, value, access.at)
