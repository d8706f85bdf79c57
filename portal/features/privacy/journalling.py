"""Entries in the journal about the copy of everything; the activity of erasing, which `access.erasing` journals."""

from django.utils.translation import gettext_noop as _

from portal.platform.journal import actions
from portal.platform.journal.types import Journalled, Occasion, begin, own_activity

TAKE = "take own copy of everything"
COPY = own_activity(
    "own_copy",
    title=_("Alles wat wij over u bewaren"),
    purpose=_("U haalt een kopie op van alles wat wij over u bewaren."),
    legal_basis=_("Uw recht op inzage en op overdracht (AVG, artikelen 15 en 20)."),
    retention=_("Wij bewaren de kopie niet."),
)

ERASING = own_activity(
    "erasing",
    title=_("Alles wat wij over u bewaarden"),
    purpose=_("U liet alles wissen wat wij over u bewaarden."),
    legal_basis=_("Uw recht op wissing (AVG, artikel 17)."),
    retention=_("Alleen dat het gebeurde, zonder uw naam, in het logboek."),
)


async def note_copy(occasion: Occasion) -> Journalled:
    """Journal that a copy of everything is about to be made. On any error none may be made."""
    return await actions.record_asked_alone(begin(TAKE, (COPY,), occasion))
