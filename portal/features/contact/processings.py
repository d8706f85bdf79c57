"""What questions to the contact centre do with personal data."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing


def processings() -> Sequence[Processing]:
    """List it, for the register. Who asks need not be signed in, so nothing of it stands in the journal."""
    return (
        Processing(
            function=_("Vragen aan het contactcenter"),
            is_controller=True,
            tables=("mail_question", "mail_question_rate"),
            purpose=_("Wij geven uw vraag door aan wie ze kan beantwoorden."),
            legal_basis=_("Onze taak om u te helpen (AVG, artikel 6, lid 1, e)."),
        ),
    )
