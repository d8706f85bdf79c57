"""What is asked about certificates, as `sources` asks it."""

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
from .types import CertificateList, Document, Version


class _ForEveryone(NamedTuple):
    """What is the same for everyone who asks one body."""

    made: Made
    question: SourceQuestion
    left_out: LeftOut


def attest(agency: Agency, slug: str, *, language: str, municipality: str) -> Inquiry[str, Document | Flaw]:
    """Say how one certificate is asked of GeefAttest. municipality: the NIS code of the one that issues it."""
    known = _makers()[agency.id]
    model = known.made.models[slug]
    return Inquiry(
        key=slug,
        name=f"{agency.id}.{name_of(slug)}",
        agency=agency,
        question=known.question,
        service=known.made.magda,
        reader=partial(reading.read_attest, name=model.title, left_out=known.left_out),
        activity=partial(_activity, agency, known.made, name_of(slug), model.title),
        values={"attest": model.name, "language": language, "municipality": municipality},
        deadline_s=known.made.deadline_s,
        assurance=known.made.assurance,
        bound=without_flaw,
    )


def held_by(agency: Agency) -> Inquiry[Agency, CertificateList]:
    """Say how a body is asked which certificates it has for somebody."""
    held = _prepare_held(agency)
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


def held_document(agency: Agency, version: Version) -> Inquiry[str, Document | Flaw]:
    """Say how one certificate of a body's list is asked for, in one language."""
    held = _prepare_held(agency)
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
    """Say for the journal's register what asking for each certificate that is made is."""
    return [
        _activity(agency, made, name_of(slug), model.title, purpose)
        for agency in section.makers()
        if (made := section.dutch(agency).made)
        for slug, model in made.models.items()
    ]


def activities_of_held(*purposes: Purpose) -> list[Activity]:
    """Say for the journal's register what asking for each body's list is, and for one of it."""
    return [
        _activity(agency, _prepare_held(agency), name, _prepare_held(agency).title, purpose)
        for agency in section.holders()
        for name in (section.HELD, section.ONE)
        for purpose in purposes
    ]


def _prepare_held(agency: Agency) -> Held:
    held = section.dutch(agency).held
    assert held is not None  # noqa: S101 - the body has a list
    return held


def name_of(slug: str) -> str:
    """Name a model within its body, as the journal does."""
    return f"{section.MADE}_{slug}"


def without_flaw(outcome: Outcome[Document | Flaw]) -> Outcome[Document | Flaw]:
    """Make trouble of what came in place of a document."""
    return document_in(outcome)


def document_in(outcome: Outcome[Document | Flaw]) -> Outcome[Document]:
    """Give the same outcome, of a document; what came in place of one is trouble."""
    match outcome:
        case Ready(value=Document() as document):
            return Ready(document, outcome.asked_at)
        case Partial(value=Document() as document):
            return Partial(document, outcome.missing, outcome.asked_at)
        case Ready(value=Flaw() as flaw) | Partial(value=Flaw() as flaw):
            return Down("unreadable", f"{flaw.why}: {flaw.detail}")
    return cast("Outcome[Document]", outcome)  # there is no value in it


@cache
def _makers() -> Mapping[str, _ForEveryone]:
    return {agency.id: _prepare(agency) for agency in section.makers()}


def _prepare(agency: Agency) -> _ForEveryone:
    # What is asked, and written in the journal, is by the manifest itself, which is Dutch.
    made = section.dutch(agency).made
    assert made is not None  # noqa: S101 - the body makes some
    left_out = LeftOut(manifest.left_out(agency.folder / manifest.LEFT_OUT, section.MADE))
    question = catalogue.question_of(agency, made.source, made.magda)
    return _ForEveryone(made, msgspec.structs.replace(question, has_document=True), left_out)


def _activity(agency: Agency, asked: Made | Held, name: str, title: str, purpose: Purpose) -> Activity:
    service: Service = asked.magda if isinstance(asked, Made) else asked.partner
    return Activity(
        body=agency.id,
        body_name=agency.manifest.name,
        dataset=name,
        title=title,
        purpose=purpose.sentence,
        legal_basis=asked.legal_basis,
        services=(f"{service.service}/{service.version}",),
        retention="session" if name == section.HELD else "none",
    )
