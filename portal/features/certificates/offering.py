"""Which certificates a citizen can ask for: those that bodies make on demand, and those that bodies hold for them."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing

import msgspec

from portal.platform.access import sessions
from portal.platform.access.types import Session
from portal.platform.language.current import current
from portal.platform.sources import asking
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.inquiry import Consultation
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready

from . import inquiries, section
from .types import LIST, Certificate, CertificateList, Offer, Offers


async def offers_of(
    consultation: Consultation, *, kept: bool = False
) -> AsyncGenerator[tuple[Agency, Outcome[Offers]]]:
    """Yield each body with its offers, as soon as they are known; bodies that make certificates come first.

    A body comes twice that makes certificates and holds others. kept: take lists that the session kept, where it did;
    else ask all bodies.
    """
    for agency in section.makers():
        yield agency, Ready(made_by(agency), consultation.occasion.now)
    lists = [inquiries.held_by(agency) for agency in section.holders()]
    if not lists:
        return
    session = consultation.session
    assert session is not None  # noqa: S101 - only who is signed in is offered anything
    again = frozenset[str]() if kept else frozenset(inquiry.name for inquiry in lists)
    consultation = msgspec.structs.replace(consultation, purpose=LIST)
    async with aclosing(asking.answers_together(consultation, lists, again=again)) as batches:
        async for batch in batches:
            for agency, outcome in batch:
                yield agency, _offers(agency, session, outcome)


def made_by(agency: Agency) -> Offers:
    """Give the certificates that a body makes on demand, which are the same for everybody."""
    made = section.of(agency).made
    assert made is not None  # noqa: S101 - the body makes some
    return Offers(
        tuple(
            Offer(
                source=agency.id,
                key=key_of(agency, slug),
                title=model.title if current() == "en" else model.titles.get(current(), model.title),
                titles={"nl": section.dutch_title(agency, slug), **model.titles},
                languages=model.languages,
                kind=model.kind,
                theme=model.theme,
                former=model.former,
                words=model.words,
                about=model.about,
                product=model.product,
                is_of_municipality=True,
            )
            for slug, model in made.models.items()
        )
    )


def key_of(agency: Agency, name: str) -> str:
    """Give the key of an offer. name: the slug of a model, or the handle of a certificate."""
    return f"{agency.id}.{name}"


def source_of(key: str) -> str:
    """Give the id of the body to which the key of an offer belongs."""
    return key.partition(".")[0]


def handle_of(session: Session, certificate: Certificate) -> str:
    """Give the name of a certificate in addresses of one session: the body's own id may hold a national number."""
    return sessions.item_handle(session, b"certificate\0" + certificate.id.encode())


def _offers(agency: Agency, session: Session, outcome: Outcome[CertificateList]) -> Outcome[Offers]:
    match outcome:
        case Ready(value=certificates):
            return Ready(_offers_held(agency, session, certificates), outcome.asked_at)
        case Partial(value=certificates):
            return Partial(_offers_held(agency, session, certificates), outcome.missing, outcome.asked_at)
    return outcome


def _offers_held(agency: Agency, session: Session, certificates: CertificateList) -> Offers:
    return Offers(tuple(_of_list(agency, session, certificates.found)), certificates.left_out)


def _of_list(agency: Agency, session: Session, certificates: Iterable[Certificate]) -> Iterable[Offer]:
    held = section.of(agency).held
    assert held is not None  # noqa: S101 - the body has a list
    for certificate in certificates:
        titles: Mapping[str, str] = {version.language: version.name for version in certificate.versions}
        yield Offer(
            source=agency.id,
            key=key_of(agency, handle_of(session, certificate)),
            title=titles.get(current()) or titles.get("nl") or next(iter(titles.values())),
            titles=titles,
            languages=tuple(titles),
            kind=held.kind,
            theme=held.theme,
            former=held.former,
            words=held.words,
            about=held.about,
            year=certificate.year,
            product=held.product,
            municipality=certificate.municipality,
        )
