"""What certificates read of a body's `agency.toml`: which it makes, and how they are asked for."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Literal

import msgspec

from portal.platform.ipdc.themes import ServiceTheme
from portal.platform.language.translations import Text
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.manifest import Magda, Partner, Slug
from portal.platform.sources.sections import Asks, Keys, Section, WrongKey

from .types import Kind

MADE = "attest"  # the name of what is asked of GeefAttest, within the body
HELD = "certificates"  # the name of a body's list for somebody
ONE = "certificate"  # the name of one in that list
LANGUAGES = ("nl", "fr", "de", "en")
MADE_IN = ("nl", "fr", "de")  # by the decree
# What fills in the question for one model, beside whom it is about.
VALUES = ("attest", "language", "municipality")

Said = Annotated[Text, msgspec.Meta(min_length=1)]
Nis = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{4}$")]
Words = tuple[Annotated[str, msgspec.Meta(min_length=2)], ...]


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A certificate that GeefAttest makes (decree of 21 April 2017).

    name:   its `Naam`, letter for letter: capitals and blanks count. title: official, in Dutch; titles: in the other
            languages that it is made in.
    former: titles that it had; words: others by which people look for it, in any language.
    not_in: municipalities (NIS codes) that do not offer it.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    title: Said
    about: Said
    theme: ServiceTheme
    titles: dict[Annotated[str, msgspec.Meta(pattern="^(fr|de)$")], Annotated[str, msgspec.Meta(min_length=1)]] = {}
    kind: Kind = Kind.ATTEST
    former: Words = ()
    words: Words = ()
    product: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{0,10}$")] = ""
    not_in: tuple[Nis, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """List the languages that it is made in."""
        return tuple(language for language in LANGUAGES if language == "nl" or language in self.titles)


class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[certificates.made]`: models of which MAGDA GeefAttest makes one at the moment that it is asked for.

    source is the name of its switch; legal_basis is what the journal's register says. not_in: municipalities (NIS
    codes) that offer none of them.
    """

    source: Annotated[str, msgspec.Meta(min_length=1)]
    legal_basis: Text
    magda: Magda
    models: dict[Slug, Model]
    not_in: tuple[Nis, ...] = ()
    deadline_s: Annotated[float, msgspec.Meta(gt=0, le=5)] = 5.0
    assurance: Literal["low", "substantial", "high"] = "substantial"

    def __post_init__(self) -> None:
        """Refuse a `Naam` that two models have."""
        names = [model.name for model in self.models.values()]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise WrongKey("name", f"two models have the name {twice!r}", "correct one")


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[certificates.held]`: the body has a list of certificates for each person (partner API).

    source is the name of its switch; title and legal_basis are what the journal's register says of asking for the
    list and for one of it. What holds for each in it: kind, theme, about, former titles and words, as of a `Model`.
    """

    source: Annotated[str, msgspec.Meta(min_length=1)]
    title: Said
    legal_basis: Text
    partner: Partner
    about: Said
    theme: ServiceTheme
    kind: Kind = Kind.ATTEST
    former: Words = ()
    words: Words = ()
    product: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{0,10}$")] = ""
    document_deadline_s: Annotated[float, msgspec.Meta(gt=0, le=10)] = 8.0
    assurance: Literal["low", "substantial", "high"] = "substantial"


class Certificates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[certificates]`: what a body makes at any time, and what it has for somebody."""

    made: Made | None = None
    held: Held | None = None


class CertificateKeys(Keys, frozen=True):
    """The one table of a body: `[certificates]`."""

    certificates: Certificates = Certificates()

    def asks(self) -> tuple[Asks, ...]:
        """Give what is asked of the body for certificates."""
        made, held = self.certificates.made, self.certificates.held
        asked = [Asks(MADE, made.source, made.magda, VALUES)] if made else []
        return (*asked, *([Asks(HELD, held.source, held.partner)] if held else []))

    def unsaid(self) -> tuple[str, ...]:
        """Name what has no words by which people look for it, and what could be had in more languages."""
        made, held = self.certificates.made, self.certificates.held
        return (*(_unsaid_of(made) if made else ()), *(_wordless("held", held) if held else ()))


def _unsaid_of(made: Made) -> Iterator[str]:
    for slug, model in made.models.items():
        yield from _wordless(f"made.models.{slug}", model)
        if lacking := [language for language in MADE_IN if language not in model.languages]:
            yield f"[certificates.made.models.{slug}] has no title in {' and '.join(lacking)}, in which it is made"


def _wordless(table: str, one: Model | Held) -> Iterator[str]:
    if not one.words:
        yield f"[certificates.{table}] has no `words` by which people look for it"


SECTION = Section("certificates", CertificateKeys, level="body")


def of(agency: Agency) -> Certificates:
    """Give what a body's manifest says of certificates, its texts in the language that holds now."""
    return SECTION.of(agency).certificates


def dutch(agency: Agency) -> Certificates:
    """Give the same as the manifest itself says it, in Dutch."""
    keys = agency.sections[SECTION]
    assert isinstance(keys, CertificateKeys)  # noqa: S101 - its own section
    return keys.certificates


@cache
def makers() -> tuple[Agency, ...]:
    """List the bodies whose certificates are made when they are asked for."""
    return tuple(one for one in catalogue.installed().agencies if dutch(one).made)


@cache
def holders() -> tuple[Agency, ...]:
    """List the bodies that have a list of certificates for each person."""
    return tuple(one for one in catalogue.installed().agencies if dutch(one).held)


def dutch_title(agency: Agency, slug: str) -> str:
    """Give the official Dutch title of a model."""
    made = dutch(agency).made
    assert made is not None  # noqa: S101 - the body has models
    return made.models[slug].title
