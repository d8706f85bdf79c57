"""The inquiries of certificates: a certificate that is made, a body's list, and a document of that list."""

from collections.abc import Mapping
from functools import cache, partial
from typing import NamedTuple, cast

import msgspec

from portal.platform.journal.types import Activity, Purpose
from portal.platform.sources import catalogue, manifest
from portal.platform.sources.catalogue import Agency, SourceQuestion
from portal.platform.sources.inquiry import Inquiry
from portal.platform.sources.manifest import Service
from portal.platform.sources.reading.leaves import LeftOut
from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, Ready

from . import reading, section
from .reading import Flaw
from .section import Held, Made
from .types import CertificateList, CertificateVersion, Document


class _MakerQuestion(NamedTuple):
    """The parts of an inquiry that are the same for every citizen."""

    made: Made
    question: SourceQuestion
    left_out: LeftOut


def attest(agency: Agency, slug: str, *, language: str, municipality: str) -> Inquiry[str, Document | Flaw]:
    """Give the inquiry by which GeefAttest makes a certificate. municipality: the NIS code of the issuer."""
    known = _makers()[agency.id]
    model = known.made.models[slug]
    return Inquiry(
        key=slug,
        name=f"{agency.id}.{section.name_of(slug)}",
        agency=agency,
        question=known.question,
        service=known.made.magda,
        reader=partial(reading.read_attest, name=model.title, left_out=known.left_out),
        activity=partial(_activity, agency, known.made, section.name_of(slug), model.title),
        values={"attest": model.name, "language": language, "municipality": municipality},
        deadline_s=known.made.deadline_s,
        assurance=known.made.assurance,
        bound=without_flaw,
    )


def held_by(agency: Agency) -> Inquiry[Agency, CertificateList]:
    """Give the inquiry for the list of certificates that a body has for a citizen."""
    held = _held(agency)
    return Inquiry(
        key=agency,
        name=f"{agency.id}.{section.HELD}",
        agency=agency,
        question=catalogue.question_of(agency, held.source, held.partner),
        service=held.partner,
        reader=reading.read_list,
        activity=partial(_activity, agency, held, section.HELD, held.title),
        kept_as=CertificateList,
        deadline_s=held.partner.deadline_s,
        assurance=held.assurance,
    )


def held_document(agency: Agency, version: CertificateVersion) -> Inquiry[str, Document | Flaw]:
    """Give the inquiry for the document of one certificate of a body's list, in one language."""
    held = _held(agency)
    question = catalogue.question_of(agency, held.source, held.partner)
    return Inquiry(
        key=version.below,
        name=f"{agency.id}.{section.ONE}",
        agency=agency,
        question=msgspec.structs.replace(question, has_document=True),
        service=held.partner,
        reader=partial(reading.read_document, name=version.name),
        activity=partial(_activity, agency, held, section.ONE, held.title),
        values={"below": version.below},
        deadline_s=held.document_deadline_s,
        assurance=held.assurance,
        bound=without_flaw,
    )


def activities_of_made(purpose: Purpose) -> list[Activity]:
    """List the activities of asking for certificates that are made, one for each model."""
    return [
        _activity(agency, made, section.name_of(slug), model.title, purpose)
        for agency in section.makers()
        if (made := section.dutch(agency).made)
        for slug, model in made.models.items()
    ]


def activities_of_held(*purposes: Purpose) -> list[Activity]:
    """List the activities of asking for bodies' lists, and for documents of those."""
    return [
        _activity(agency, _held(agency), name, _held(agency).title, purpose)
        for agency in section.holders()
        for name in (section.HELD, section.ONE)
        for purpose in purposes
    ]


def _held(agency: Agency) -> Held:
    held = section.dutch(agency).held
    assert held is not None  # noqa: S101 - the body has a list
    return held


def without_flaw(outcome: Outcome[Document | Flaw]) -> Outcome[Document | Flaw]:
    """Do what `document_in` does, with the type that `Inquiry.bound` has."""
    return document_in(outcome)


def document_in(outcome: Outcome[Document | Flaw]) -> Outcome[Document]:
    """Give the same outcome with a document in it; Down ("unreadable") where a Flaw came in place of a document."""
    match outcome:
        case Ready(value=Document() as document):
            return Ready(document, outcome.asked_at)
        case Partial(value=Document() as document):
            return Partial(document, outcome.missing, outcome.asked_at)
        case Ready(value=Flaw() as flaw) | Partial(value=Flaw() as flaw):
            return Down("unreadable", f"{flaw.why}: {flaw.detail}")
    return cast("Outcome[Document]", outcome)  # there is no value in it


@cache
def _makers() -> Mapping[str, _MakerQuestion]:
    return {agency.id: _maker_question(agency) for agency in section.makers()}


def _maker_question(agency: Agency) -> _MakerQuestion:
    # Questions and entries of the journal are Dutch, in every language of the page.
    made = section.dutch(agency).made
    assert made is not None  # noqa: S101 - the body makes some
    left_out = LeftOut(manifest.read_left_out(agency.folder / manifest.LEFT_OUT, section.MADE))
    question = catalogue.question_of(agency, made.source, made.magda)
    return _MakerQuestion(made, msgspec.structs.replace(question, has_document=True), left_out)


def _activity(agency: Agency, offered: Made | Held, name: str, title: str, purpose: Purpose) -> Activity:
    service: Service = offered.magda if isinstance(offered, Made) else offered.partner
    return Activity(
        body=agency.id,
        body_name=agency.manifest.name,
        dataset=name,
        title=title,
        purpose=purpose.sentence,
        legal_basis=offered.legal_basis,
        services=(f"{service.service}/{service.version}",),
        retention="session" if name == section.HELD else "none",
    )
