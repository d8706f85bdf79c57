"""Whether a certificate can be asked for at all, and why one was not handed over; no I/O."""

from portal.platform.municipalities.desks import Desk
from portal.platform.municipalities.known import Region
from portal.platform.seals.types import Judgement, Verdict, VerdictReason
from portal.platform.sources.reading.outcomes import Down, Late, Nothing, Outcome, Partial, Ready

from .section import Made, Model
from .types import Document, NoDocument, NotHanded

# Codes of MAGDA (contract 2.2), and what they mean to who asked; the public answers write 445810 for 45810.
CODES = {
    "MAGDA 20002": NoDocument.NUMBER,
    "MAGDA 45810": NoDocument.NONE,
    "MAGDA 445810": NoDocument.NONE,
    "MAGDA 45811": NoDocument.NOT_IN_LANGUAGE,
}
REASONS = {
    "busy": NoDocument.BUSY,
    "full": NoDocument.BUSY,
    "refused": NoDocument.NOT_ALLOWED,
    "mismatch": NoDocument.ANOTHER,
    "off": NoDocument.OFF,
    "maintenance": NoDocument.OFF,
    "assurance": NoDocument.NOT_SURE,
    "late": NoDocument.LATE,
}
TOO_LARGE = "answer too large"  # what the wire says of one


def obstacle(made: Made, model: Model, desk: Desk) -> NoDocument | None:
    """Tell why a municipality's certificate cannot be asked for by who lives at a desk's; None where it can."""
    match desk.where:
        case "not_now":
            return NoDocument.RESIDENCE_UNKNOWN
        case "abroad":
            return NoDocument.ABROAD
        case "nowhere":
            return NoDocument.NOWHERE
    if desk.region is Region.BRUSSELS:
        return NoDocument.BRUSSELS
    if desk.region is Region.WALLONIA:
        return NoDocument.WALLONIA
    if not desk.code:
        return NoDocument.RESIDENCE_UNKNOWN
    return NoDocument.NOT_OFFERED if desk.code in (*made.not_in, *model.not_in) else None


def refusal(why: NoDocument) -> Down:
    """Say that nobody was asked, or that what came is no document, for a reason of ours."""
    return Down("refused", why.value)


def why_of(outcome: Outcome[Document]) -> NoDocument | None:
    """Tell why there is no document, as a page explains it; None where there is one."""
    match outcome:
        case Ready() | Partial():
            return None
        case Nothing():
            return NoDocument.NONE
        case Late():
            return NoDocument.LATE
        case Down(reason=reason, detail=detail):
            word = detail.partition(": ")[0]
            if word in NoDocument:
                return NoDocument(word)
            if detail == TOO_LARGE:
                return NoDocument.TOO_LARGE
            if reason == "unreadable":
                return NoDocument.DAMAGED
            if detail == "HTTP 404":
                return NoDocument.GONE
            return CODES.get(detail) or REASONS.get(reason, NoDocument.DOWN)


def why_withheld(judgement: Judgement | None) -> NoDocument | NotHanded | None:
    """Tell why a document that came is not handed over, by what was judged of it; None where it is."""
    # What reaches a limit of the check could have been made to: nothing is known of it.
    if judgement is None or judgement.why in (VerdictReason.NOT_CHECKED, VerdictReason.TOO_LARGE):
        return NotHanded.UNCHECKED
    if judgement.is_about_others:
        return NoDocument.ANOTHER
    if judgement.verdict is Verdict.CHANGED:
        return NotHanded.CHANGED
    return NoDocument.NO_PDF if judgement.verdict is Verdict.NOT_A_PDF else None
