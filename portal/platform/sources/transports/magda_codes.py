"""What MAGDA's codes mean (contract `magda.md` 1.6), and how an exception is classified.

A code means something only together with who reports it (Oorsprong): 40000 is "no data" of the LED and "wrong
street code" of MAGDA. What codes of origin MAGDA usually mean stands here. A body's manifest has its own codes, and
may give one of MAGDA another meaning for that body; the manifest's meaning comes first.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from ..manifest import Meaning
from ..reading.outcomes import Reason

# The meanings that are failures, each with the reason of the outcome.
FAILURES: dict[Meaning, Reason] = {"busy": "busy", "unavailable": "unavailable", "refused": "refused"}

MEANINGS: dict[str, Meaning] = {
    # nothing is known about this person
    "30001": "nothing",
    "13202": "nothing",  # no file registered
    # too many questions at once; try later
    "99995": "busy",
    "99996": "busy",
    # the body, or what stands behind it, is out of service
    "60006": "unavailable",
    "60007": "unavailable",
    "60009": "unavailable",
    "60013": "unavailable",
    "90000": "unavailable",
    "99986": "unavailable",
    "99994": "unavailable",
    "99997": "unavailable",
    # the question is not answered to us: not allowed, filtered, not registered, or badly asked
    "15021": "refused",
    "20002": "refused",
    "30014": "refused",
    "30016": "refused",
    "30032": "refused",
    "40000": "refused",
    "40003": "refused",
    "40005": "refused",
    "40006": "refused",
    "445810": "refused",
    "45810": "refused",
    "45811": "refused",
    "60011": "refused",
    # remarks about an answer that has content
    "30004": "note",
    "30040": "note",
    "30042": "note",
    "40046": "note",
    "40143": "note",
    "45008": "note",
    "99984": "note",
}

RENEWED_NUMBER = "30004"

NOTES: dict[str, str] = {
    RENEWED_NUMBER: _("Deze persoon heeft een nieuw rijksregisternummer. De gegevens staan op dat nieuwe nummer."),
    "30040": _("De bron heeft nog meer gegevens dan in dit antwoord staan."),
    "30042": _("De bron heeft van een gegeven meer dan één vermelding. Hier staat er maar één."),
    "40046": _("De bron kent de gevraagde onderneming niet."),
    "45008": _("De bron heeft geen gegevens over het gevraagde inkomensjaar."),
    "99984": _("Voor een code in dit antwoord is er geen omschrijving. Daarom ziet u de code zelf."),
}
# Not in the catalogue: facts hold it with its code and origin, which no catalogue knows. So it stays Dutch.
OTHER_NOTE = "De bron gaf bij deze gegevens een opmerking (code {code} van {origin})."

_REMARKS = frozenset({"WAARSCHUWING", "INFORMATIE"})
_WORST_FIRST: tuple[Reason, ...] = ("refused", "unavailable", "busy")


def classify(origin: str, code: str, kind: str, own: Mapping[tuple[str, str], Meaning]) -> Meaning:
    """Classify one exception. kind: its Type. own: the meanings in the body's manifest, by (origin in casefold,
    code); they come before ours.

    An unknown error is "unavailable": it may never pass for "nothing". A warning or information is never a failure.
    An exception that lacks origin, code or type is an unknown error.
    """
    if not (origin and code and kind):
        return "unavailable"
    meaning = own.get((origin.casefold(), code))
    if meaning is None and origin.casefold() == "magda":
        meaning = MEANINGS.get(code)
    if kind in _REMARKS:
        return meaning if meaning in ("nothing", "ignore") else "note"
    if meaning is None or meaning == "note":
        return "unavailable"
    return meaning


def worst(reasons: list[Reason]) -> Reason:
    """Choose of several reasons the one that waiting cures least."""
    return next((reason for reason in _WORST_FIRST if reason in reasons), "unavailable")


def note(origin: str, code: str) -> str:
    """Write a remark in Dutch; the page translates one of NOTES, and the general one stays Dutch."""
    if origin.casefold() == "magda" and code in NOTES:
        return NOTES[code]
    return OTHER_NOTE.format(code=code, origin=origin)
