"""The table `[certificates]` of a body's `agency.toml`: which it makes or holds, and how they are asked for."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Literal

import msgspec

from portal.platform.ipdc.themes import ServiceTheme
from portal.platform.language.translations import Text
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.manifest import Magda, Partner, Slug
from portal.platform.sources.sections import FeatureQuestion, Keys, Section, WrongKey

from .types import CertificateKind

# Names of inquiries within a body, as the journal has them: to GeefAttest, for a list, for a document of a list.
MADE = "attest"
HELD = "certificates"
ONE = "certificate"
LANGUAGES = ("nl", "fr", "de", "en")
MADE_IN = ("nl", "fr", "de")  # by the decree of 21 April 2017
# What fills in the question to GeefAttest, beside whom it is about.
VALUES = ("attest", "language", "municipality")

NonEmptyText = Annotated[Text, msgspec.Meta(min_length=1)]
NisCode = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{4}$")]
SearchWords = tuple[Annotated[str, msgspec.Meta(min_length=2)], ...]


class AttestModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A certificate that GeefAttest makes (decree of 21 April 2017).

    name:   its `Naam`, letter for letter: capitals and blanks count. title: official, in Dutch; titles: in the other
            languages that it is made in.
    former: its earlier titles; words: others by which people look for it, in any language.
    not_in: municipalities (NIS codes) that do not offer it.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    title: NonEmptyText
    about: NonEmptyText
    theme: ServiceTheme
    titles: dict[Annotated[str, msgspec.Meta(pattern="^(fr|de)$")], Annotated[str, msgspec.Meta(min_length=1)]] = {}
    kind: CertificateKind = CertificateKind.ATTEST
    former: SearchWords = ()
    words: SearchWords = ()
    product: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{0,10}$")] = ""
    not_in: tuple[NisCode, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """List the languages that it is made in."""
        return tuple(language for language in LANGUAGES if language == "nl" or language in self.titles)


class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[certificates.made]`: certificates that MAGDA GeefAttest makes on demand, by their models.

    source: the name of its switch. legal_basis: for the journal's register. not_in: municipalities (NIS codes) that
    offer none of them.
    """

    source: Annotated[str, msgspec.Meta(min_length=1)]
    legal_basis: Text
    magda: Magda
    models: dict[Slug, AttestModel]
    not_in: tuple[NisCode, ...] = ()
    deadline_s: Annotated[float, msgspec.Meta(gt=0, le=5)] = 5.0
    assurance: Literal["low", "substantial", "high"] = "substantial"

    def __post_init__(self) -> None:
        """Refuse a `Naam` that two models have."""
        names = [model.name for model in self.models.values()]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise WrongKey("name", f"two models have the name {twice!r}", "correct one")

    @property
    def names(self) -> tuple[str, ...]:
        """Name the inquiries for its models within their body."""
        return tuple(map(name_of, self.models))


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[certificates.held]`: the body has a list of certificates for each person (partner API).

    source: the name of its switch. title, legal_basis: of asking for the list and its documents, for the journal's
    register. kind, theme, about, former and words hold for each certificate in the list, as of an `AttestModel`.
    """

    source: Annotated[str, msgspec.Meta(min_length=1)]
    title: NonEmptyText
    legal_basis: Text
    partner: Partner
    about: NonEmptyText
    theme: ServiceTheme
    kind: CertificateKind = CertificateKind.ATTEST
    former: SearchWords = ()
    words: SearchWords = ()
    product: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{0,10}$")] = ""
    document_deadline_s: Annotated[float, msgspec.Meta(gt=0, le=10)] = 8.0
    assurance: Literal["low", "substantial", "high"] = "substantial"


class Certificates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[certificates]`: what a body makes on demand, and what it holds for each person."""

    made: Made | None = None
    held: Held | None = None


class CertificateKeys(Keys, frozen=True):
    """The key of a body's manifest that certificates read."""

    certificates: Certificates = Certificates()

    def asks(self) -> tuple[FeatureQuestion, ...]:
        """List the questions to the body about certificates."""
        made, held = self.certificates.made, self.certificates.held
        of_models = [FeatureQuestion(MADE, made.source, made.magda, VALUES, made.names)] if made else []
        return (*of_models, *([FeatureQuestion(HELD, held.source, held.partner)] if held else []))

    def omissions(self) -> tuple[str, ...]:
        """List what the manifest lacks: words by which people look for a certificate, titles in more languages."""
        made, held = self.certificates.made, self.certificates.held
        return (*(_omissions_of(made) if made else ()), *(_wordless("held", held) if held else ()))


def name_of(slug: str) -> str:
    """Give the name of a model within its body, in the journal."""
    return f"{MADE}_{slug}"


def _omissions_of(made: Made) -> Iterator[str]:
    for slug, model in made.models.items():
        yield from _wordless(f"made.models.{slug}", model)
        if lacking := [language for language in MADE_IN if language not in model.languages]:
            yield f"[certificates.made.models.{slug}] has no title in {' and '.join(lacking)}, in which it is made"


def _wordless(table: str, offered: AttestModel | Held) -> Iterator[str]:
    if not offered.words:
        yield f"[certificates.{table}] has no `words` by which people look for it"


SECTION = Section("certificates", CertificateKeys, level="body")


def of(agency: Agency) -> Certificates:
    """Give what a body's manifest says of certificates, with texts in the current language."""
    return SECTION.of(agency).certificates


def dutch(agency: Agency) -> Certificates:
    """Give what a body's manifest says of certificates, in Dutch."""
    keys = agency.sections[SECTION]
    assert isinstance(keys, CertificateKeys)  # noqa: S101 - its own section
    return keys.certificates


@cache
def makers() -> tuple[Agency, ...]:
    """List the bodies that make certificates on demand."""
    return tuple(agency for agency in catalogue.installed().agencies if dutch(agency).made)


@cache
def holders() -> tuple[Agency, ...]:
    """List the bodies that have a list of certificates for each person."""
    return tuple(agency for agency in catalogue.installed().agencies if dutch(agency).held)


def dutch_title(agency: Agency, slug: str) -> str:
    """Give the official Dutch title of a model."""
    made = dutch(agency).made
    assert made is not None  # noqa: S101 - the body has models
    return made.models[slug].title
