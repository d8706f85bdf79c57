"""Who used a citizen's data, as records of their own copy: every entry of the journal that they may read."""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Record
from portal.platform.journal.types import Access

from ..keepers import Keeper
from ..policy import register
from ..usage import references, wording
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
    """Say of an access what its page says: in words, as everywhere. A parent is named by no name."""
    used = [
        {
            "dienst": str(wording.name_of_body(use.activity.body, use.activity.body_name)),
            "wat": str(wording.title_of(use.activity)),
            "waarom": str(wording.own_text(use.activity.purpose)),
            "grond": str(wording.legal_basis_of(use.activity)),
            "diensten": wording.services_of(use.activity),
            "bewaring": str(register.retention_in_words(use.activity.retention)),
            "resultaat": wording.result_of(use),
        }
        for use in access.uses
    ]
    written = wording.name_written(access.actor, access.uses)
    value = {
        "kenmerk": references.reference_of(access),
        "handeling": wording.in_words(access.name),
        "door": str(wording.who(access.actor, written)),
        "functie": str(wording.function_of(access.actor)),
        "vanuit": wording.application_of(access.actor, written),
        "einde": access.ended_at,
        "gebruikt": used,
    }
    return Record(KIND, value, access.at)
