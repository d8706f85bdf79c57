"""Decisions of certificates, without I/O: whether one can be asked for, and why one is not handed over."""

from portal.platform.municipalities.desks import Desk
from portal.platform.municipalities.known import Region
from portal.platform.seals.types import Judgement, Verdict, VerdictReason
from portal.platform.sources.reading.outcomes import Down, Late, Nothing, Outcome, Partial, Ready

from .section import AttestModel, Made
from .types import CertificateList, Document, NoDocument, NotHanded

# Codes of MAGDA by what they mean to the citizen; the public sample answers write 445810 for 45810.
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
TOO_LARGE = "answer too large"  # the detail of a Down for an answer beyond the limit of its transport
NOT_THERE = "HTTP 404"  # the detail of a Down for a document of a list that the body does not have any more


def obstacle(made: Made, model: AttestModel, desk: Desk) -> NoDocument | None:
    """Tell why somebody who lives where a desk is cannot ask for a municipal certificate; None if they can."""
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
    """Make the outcome of a certificate that nobody was asked for, for a reason of ours; `why_of` reads it."""
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
            if detail == NOT_THERE:
                return NoDocument.DOWN  # The address of a service, or of a list, says nothing about one certificate.
            return CODES.get(detail) or REASONS.get(reason, NoDocument.DOWN)


def why_not_found(answer: Outcome[CertificateList]) -> NoDocument:
    """Tell why a certificate is not found in a list: it is gone only where the whole list was read."""
    match answer:
        case Ready() | Nothing():
            return NoDocument.GONE
        case Partial(missing=missing):
            return NoDocument.LATE if any(part.reason == "late" for part in missing) else NoDocument.DOWN
        case Late() | Down():
            return why_of(answer) or NoDocument.DOWN


def of_list(outcome: Outcome[Document]) -> Outcome[Document]:
    """Give the outcome of asking for a document of a list; GONE where the body does not have it any more."""
    is_gone = isinstance(outcome, Down) and outcome.detail == NOT_THERE
    return refusal(NoDocument.GONE) if is_gone else outcome


def why_withheld(judgement: Judgement | None) -> NoDocument | NotHanded | None:
    """Tell why a document is not handed over, by its judgement (None: not judged now); None where it is."""
    # Somebody can make a document that reaches a limit of the check, so one that does is not trusted.
    if judgement is None or judgement.why in (VerdictReason.NOT_CHECKED, VerdictReason.TOO_LARGE):
        return NotHanded.UNCHECKED
    if judgement.is_about_others:
        return NoDocument.ANOTHER
    if judgement.verdict is Verdict.CHANGED:
        return NotHanded.CHANGED
    return NoDocument.NO_PDF if judgement.verdict is Verdict.NOT_A_PDF else None
