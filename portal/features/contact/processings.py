"""Questions to the contact centre in the register of processing activities."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing


def processings() -> Sequence[Processing]:
    """List the one processing of contact. It has no activities: the journal has no entries about visitors."""
    return (
        Processing(
            function=_("Vragen aan het contactcenter"),
            is_controller=True,
            tables=("mail_question", "mail_question_rate"),
            purpose=_("Wij geven uw vraag door aan wie ze kan beantwoorden."),
            legal_basis=_("Onze taak om u te helpen (AVG, artikel 6, lid 1, e)."),
        ),
    )
