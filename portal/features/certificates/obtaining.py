"""Fetch one certificate and judge it: a document that was changed, or is about others, is never handed over."""

import logging
from datetime import UTC, datetime
from typing import NamedTuple

from portal.platform.access import sessions
from portal.platform.access.types import SignedInRequest
from portal.platform.seals.types import Judgement
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Partial, Ready

from . import checking, fetching, rules
from .types import FETCH, Document, NoDocument, NotHanded, Offer

log = logging.getLogger("portal.certificates")


class CertificateResult(NamedTuple):
    """The result of asking for a certificate. at: UTC. why: a key of `wording.WHY`, or "" with a document."""

    at: datetime
    why: str = ""
    document: Document | None = None
    judgement: Judgement | None = None


async def obtain(request: SignedInRequest, offer: Offer, language: str) -> CertificateResult:
    """Ask the body for a certificate of the citizen, and judge the document; every failure is a value.

    Once the session ended nothing is asked, and what came meanwhile is not given.
    """
    consultation = of_oneself(request.session, request.occasion, FETCH)
    now = datetime.now(UTC)
    if ended := await _why_ended(request):
        return CertificateResult(now, ended)
    try:
        outcome = await fetching.fetch(consultation, offer.key, language)
    except Exception as error:
        log.error("no certificate: %s %s", type(error).__name__, request.correlation_id)
        return CertificateResult(now, NoDocument.DOWN)
    if why := rules.why_of(outcome):
        log.info("no certificate: %s %s %s", offer.source, why, request.correlation_id)
        return CertificateResult(now, why)
    assert isinstance(outcome, Ready | Partial)  # noqa: S101 - else there is a reason
    document = outcome.value
    judgement = await checking.judge(request.session.citizen_id, document.content, request.session.identity.insz)
    verdict = judgement.verdict if judgement else "not judged"
    # Beside the journal nothing is recorded but this line: which body, and the verdict.
    log.info("a certificate was judged: %s %s %s", offer.source, verdict, request.correlation_id)
    if ended := await _why_ended(request):
        return CertificateResult(now, ended)
    if withheld := rules.why_withheld(judgement):
        if withheld is NoDocument.ANOTHER:
            log.error("a certificate names only others: %s %s", offer.source, request.correlation_id)
            return CertificateResult(now, withheld)
        return CertificateResult(now, withheld, judgement=judgement)
    return CertificateResult(now, "", document, judgement)


async def _why_ended(request: SignedInRequest) -> NoDocument | NotHanded | None:
    """Tell why nothing may be asked or given: the session ended, or nobody can tell; None where it may."""
    try:
        is_live = await sessions.is_live(request.session, now=datetime.now(UTC))
    except Exception as error:
        log.error("no certificate: %s %s", type(error).__name__, request.correlation_id)
        return NoDocument.DOWN
    return None if is_live else NotHanded.ENDED
