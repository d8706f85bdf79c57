"""Texts about certificates: names of kinds, why there is no document, and what a verdict means."""

from collections.abc import Mapping

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_noop as _

from portal.platform.language.current import current
from portal.platform.seals import wording as of_seals
from portal.platform.seals.types import Judgement, Verdict

from .types import CertificateKind, NoDocument, NotHanded

KINDS: Mapping[CertificateKind, str] = {
    CertificateKind.ATTEST: _("Attesten"),
    CertificateKind.PERMIT: _("Vergunningen"),
}
LANGUAGES: Mapping[str, str] = {"nl": _("Nederlands"), "fr": _("Frans"), "de": _("Duits"), "en": _("Engels")}

# Why there is no document, in one sentence; %(body)s is the body as it stands in the middle of one.
WHY: Mapping[str, str] = {
    NoDocument.NOT_OFFERED: _("Uw gemeente geeft dit attest niet digitaal."),
    NoDocument.BRUSSELS: _("Uw gemeente ligt in Brussel. Vraag dit attest aan uw gemeente zelf."),
    NoDocument.WALLONIA: _("Uw gemeente ligt in Wallonië. Vraag dit attest aan uw gemeente zelf."),
    NoDocument.ABROAD: _("U woont in het buitenland. Vraag dit attest aan uw ambassade of consulaat."),
    NoDocument.NOWHERE: _("Een gemeente geeft dit attest, en het register noemt er geen voor u."),
    NoDocument.RESIDENCE_UNKNOWN: _("Uw gemeente geeft dit attest, en wij konden nu niet opvragen welke dat is."),
    NoDocument.UNKNOWN: _("Dit attest kunt u hier niet krijgen."),
    NoDocument.NOT_IN_LANGUAGE: _("Dit attest bestaat niet in de taal die u koos."),
    NoDocument.NUMBER: _("Met uw rijksregisternummer kan %(body)s geen attest maken."),
    NoDocument.NONE: _("Bij %(body)s is er zo geen attest over u."),
    NoDocument.GONE: _("Dit attest staat niet meer in de lijst van %(body)s."),
    NoDocument.NOT_ALLOWED: _("Wij mogen dit attest nu niet opvragen bij %(body)s."),
    NoDocument.BUSY: _("Het is nu te druk bij %(body)s."),
    NoDocument.DOWN: _("Wij konden dit attest nu niet opvragen bij %(body)s."),
    NoDocument.LATE: _("Wij wachtten te lang op %(body)s."),
    NoDocument.ANOTHER: _("Wat wij van %(body)s kregen, gaat niet over u. Wij geven het niet door."),
    NoDocument.NO_PDF: _("Wat wij van %(body)s kregen, is geen attest."),
    NoDocument.DAMAGED: _("Wat wij van %(body)s kregen, is beschadigd."),
    NoDocument.TOO_LARGE: _("Dit attest is te groot om hier te geven."),
    NoDocument.OFF: _("Bij %(body)s kunnen wij nu niets opvragen: dat staat even uit."),
    NoDocument.NOT_SURE: _("Voor dit attest moet u sterker aangemeld zijn, met itsme of eID en kaartlezer."),
    NotHanded.CHANGED: _("De digitale handtekening klopt niet met wat erin staat. Daarom geven wij het niet door."),
    NotHanded.UNCHECKED: _("Wij konden de handtekening nu niet nakijken. Daarom geven wij het nog niet door."),
    NotHanded.NO_ROOM: _("Er past niet meer in één bestand. Vraag dit attest daarna apart."),
    NotHanded.NO_TIME: _("De tijd was op. Vraag dit attest daarna apart."),
    NotHanded.ENDED: _("U bent intussen afgemeld. Meld u opnieuw aan, en vraag dit attest dan opnieuw."),
}
# Reasons that may have passed a moment later, so that the page offers to try again.
PASSING: frozenset[str] = frozenset(
    (
        NoDocument.RESIDENCE_UNKNOWN,
        NoDocument.BUSY,
        NoDocument.DOWN,
        NoDocument.LATE,
        NoDocument.ANOTHER,
        NoDocument.NO_PDF,
        NoDocument.DAMAGED,
        NotHanded.CHANGED,
        NotHanded.UNCHECKED,
    )
)
# Reasons with which the population desk where one lives can help.
DESK: frozenset[str] = frozenset(
    (
        NoDocument.NOT_OFFERED,
        NoDocument.BRUSSELS,
        NoDocument.WALLONIA,
        NoDocument.ABROAD,
        NoDocument.NOWHERE,
        NoDocument.RESIDENCE_UNKNOWN,
    )
)
# What a verdict means for whoever is given a document that is not surely genuine.
MEANS: Mapping[Verdict, str] = {
    Verdict.UNCONFIRMED: _("U krijgt het zoals wij het kregen. Vraag wie het nodig heeft, of dat goed is."),
    Verdict.UNSEALED: _("U krijgt het zoals wij het kregen. Het bestand zelf bewijst niet van wie het komt."),
}


def reason(why: str, body: str) -> str:
    """Say in the current language why there is no document. why: a key of WHY. body: its mention in a sentence."""
    return _t(WHY[why]) % {"body": body} if "%(" in WHY[why] else _t(WHY[why])


def verdict(judgement: Judgement) -> str:
    """Say the verdict in the current language, or in Dutch where `seals` has no words in it."""
    return of_seals.verdict(judgement, _language())


def why_so(judgement: Judgement) -> str:
    """Say why the verdict is so, in the same language as `verdict`."""
    return of_seals.reason(judgement, _language())


def _language() -> str:
    return current() if current() in of_seals.LANGUAGES else "nl"
