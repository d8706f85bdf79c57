"""The platform's own processings of personal data, which serve every feature."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.access.journalling import SESSIONS
from portal.platform.journal.types import Processing
from portal.platform.mail.journalling import ADDRESS, GREETING


def processings() -> Sequence[Processing]:
    """List them, for the register of processing activities."""
    return (
        Processing(
            function=_("Gegevens opvragen"),
            tables=("sources_answer",),
            purpose=_("U hoeft niet bij elke pagina opnieuw te wachten op wat u net al zag."),
            legal_basis=_("Dezelfde als voor het gegeven zelf."),
        ),
        Processing(
            function=_("Aanmelden"),
            activities=(SESSIONS,),
            is_controller=True,
            tables=("access_session", "access_device", "access_once"),
        ),
        Processing(function=_("Mails"), activities=(ADDRESS, GREETING), is_controller=True, tables=("mail_outbox",)),
        Processing(
            function=_("Logboek"),
            is_controller=True,
            tables=("journal_entry", "journal_salt"),
            purpose=_("U en wij kunnen nagaan wie uw gegevens gebruikte, wanneer en waarom."),
            legal_basis=_("Onze plicht om dat te kunnen tonen (AVG, artikel 5, lid 2, en artikel 32)."),
        ),
        Processing(
            function=_("Versleuteling"),
            is_controller=True,
            tables=("keys_citizen", "keys_subject"),
            purpose=_("Wat wij van u bewaren, kan niemand anders lezen."),
            legal_basis=_("De beveiliging van uw gegevens (AVG, artikel 32)."),
        ),
    )
