"""Which certificates somebody can ask for: what bodies make at any time, and what others have for them now."""

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
    """Yield each body with what it offers, as soon as it is known; those that need no question come first.

    A body stands there once for each way in which it offers certificates. kept: take lists that the session kept,
    where it did; else all bodies are asked.
    """
    for agency in section.makers():
        yield agency, Ready(made_by(agency), consultation.occasion.now)
    asked = [inquiries.held_by(agency) for agency in section.holders()]
    if not asked:
        return
    session = consultation.session
    assert session is not None  # noqa: S101 - only who is signed in is offered anything
    again = frozenset[str]() if kept else frozenset(inquiry.name for inquiry in asked)
    consultation = msgspec.structs.replace(consultation, purpose=LIST)
    async with aclosing(asking.answers_together(consultation, asked, again=again)) as arriving:
        async for found in arriving:
            for agency, outcome in found:
                yield agency, _offers(agency, session, outcome)


def made_by(agency: Agency) -> Offers:
    """Give what a body makes at any time, for everybody alike."""
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
    """Write the key of an offer."""
    return f"{agency.id}.{name}"


def handle_of(session: Session, certificate: Certificate) -> str:
    """Name a certificate of a list in addresses of one session: what its body calls it may hold anything."""
    return sessions.item_handle(session, b"certificate\0" + certificate.id.encode())


def _offers(agency: Agency, session: Session, outcome: Outcome[CertificateList]) -> Outcome[Offers]:
    match outcome:
        case Ready(value=listed):
            return Ready(_offers_held(agency, session, listed), outcome.asked_at)
        case Partial(value=listed):
            return Partial(_offers_held(agency, session, listed), outcome.missing, outcome.asked_at)
    return outcome


def _offers_held(agency: Agency, session: Session, listed: CertificateList) -> Offers:
    return Offers(tuple(_of_list(agency, session, listed.found)), listed.left_out)


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
