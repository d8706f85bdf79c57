"""Fetch one certificate from its body, for the citizen who asks for it. Nothing is kept."""

import msgspec

from portal.platform.municipalities import desks
from portal.platform.municipalities.desks import Desk
from portal.platform.sources import asking, catalogue, datasets, residence
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.inquiry import Consultation
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready

from . import inquiries, offering, rules, section
from .section import Made
from .types import FETCH, Certificate, CertificateList, Document, NoDocument


async def fetch(consultation: Consultation, offer_key: str, language: str) -> Outcome[Document]:
    """Fetch one certificate in a language (nl, fr, de, en); every failure is a value (`rules.why_of` names it).

    An answer that is about somebody else, or is no document, is a failure too.
    """
    source, _, name = offer_key.partition(".")
    consultation = msgspec.structs.replace(consultation, purpose=FETCH)
    for agency in catalogue.installed().agencies:
        made = section.dutch(agency).made if agency.id == source else None
        if made and name in made.models:
            return await _fetch_made(consultation, agency, made, name, language)
        if agency.id == source and section.dutch(agency).held:
            return await _fetch_held(consultation, agency, name, language)
    return rules.refusal(NoDocument.UNKNOWN)


async def desk_of(consultation: Consultation) -> Desk:
    """Find the population desk where the citizen lives, whose municipality issues their certificates."""
    entry = residence.entry()
    if entry is None:
        return desks.NOT_NOW
    consultation = msgspec.structs.replace(consultation, purpose=FETCH)
    return residence.desk_of(entry, await asking.answer(consultation, datasets.inquiry_of(entry)))


async def _fetch_made(
    consultation: Consultation, agency: Agency, made: Made, slug: str, language: str
) -> Outcome[Document]:
    model = made.models[slug]
    if language not in model.languages:
        return rules.refusal(NoDocument.NOT_IN_LANGUAGE)
    desk = await desk_of(consultation)
    if why := rules.obstacle(made, model, desk):
        return rules.refusal(why)
    inquiry = inquiries.attest(agency, slug, language=language, municipality=desk.code)
    return inquiries.document_in(await asking.answer(consultation, inquiry))


async def _fetch_held(consultation: Consultation, agency: Agency, handle: str, language: str) -> Outcome[Document]:
    """Fetch one certificate of a body's list; where the list that the session kept lacks it, ask for it anew."""
    inquiry = inquiries.held_by(agency)
    answer = await asking.answer(consultation, inquiry)
    certificate = _find(consultation, answer, handle)
    if certificate is None:
        answer = await asking.answer(consultation, inquiry, again=frozenset((inquiry.name,)))
        certificate = _find(consultation, answer, handle)
    if certificate is None:
        return rules.refusal(rules.why_not_found(answer))
    version = next((version for version in certificate.versions if version.language == language), None)
    if version is None:
        return rules.refusal(NoDocument.NOT_IN_LANGUAGE)
    document = await asking.answer(consultation, inquiries.held_document(agency, version))
    return rules.of_list(inquiries.document_in(document))


def _find(consultation: Consultation, answer: Outcome[CertificateList], handle: str) -> Certificate | None:
    """Find the certificate of a list that has a handle of this session."""
    session = consultation.session
    if session is None or not isinstance(answer, Ready | Partial):
        return None
    return next((item for item in answer.value.found if offering.handle_of(session, item) == handle), None)
