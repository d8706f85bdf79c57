"""The table `[dossiers]` of a body's `agency.toml`: its own sources and services, and the question about dossiers."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

import msgspec

from portal.platform.ipdc.themes import ServiceTheme
from portal.platform.kit.folding import fold
from portal.platform.language.translations import Text
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.manifest import Magda, Slug
from portal.platform.sources.sections import FeatureQuestion, Keys, PublicList, Section, WrongKey

SCOPE = "DosisImport"  # the OAuth scope with which machines of a body report dossiers
DATASET = "dossiers"  # the name of the question, within the body that answers for all
FORMS = "forms"  # the name of a body's list of forms, within the body

RequiredText = Annotated[Text, msgspec.Meta(min_length=1)]


class ServiceOnOffer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service that people can apply for, as the list of applications shows it.

    product:  its number in the IPDC, the Flemish catalogue of services; "" where none was published.
    for_whom: who can apply; needs: what one must have at hand; how: how one applies, in whole sentences.
    url:      the address of the body's own form, or of its explanation (https).
    """

    name: RequiredText
    theme: ServiceTheme
    about: RequiredText
    for_whom: RequiredText
    how: RequiredText
    url: Annotated[str, msgspec.Meta(pattern=r"^https://[^\s]+$")]
    needs: tuple[RequiredText, ...] = ()
    product: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{0,10}$")] = ""


class DossiersQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The question that brings the dossiers of every body: one body's manifest has it, and no other.

    source is the name of its switch; title and legal_basis stand in the journal's register.
    """

    title: Text
    source: str
    legal_basis: Text
    magda: Magda
    deadline_s: Annotated[float, msgspec.Meta(gt=0, le=5)] = 4.0
    assurance: Literal["low", "substantial", "high"] = "substantial"


class FormsList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a body serves the list of its own forms, page by page.

    source is the name of its switch, path its path below REST_URL. origin is the only origin to which people are
    led. An item of the list names its product; the service with that product has the form.
    """

    source: Annotated[str, msgspec.Meta(min_length=1)]
    path: Annotated[str, msgspec.Meta(pattern=r"^(/[a-z0-9_.-]+)+$")]
    origin: Annotated[str, msgspec.Meta(pattern=r"^https://[a-z0-9-]+(\.[a-z0-9-]+)+$")]


class DossiersTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[dossiers]`.

    sources:  each `Bron` by which dossiers are this body's (case does not count). A URI is another spelling of the
              name before it: a number under either is the same dossier.
    services: what people can apply for, each under a name of its own; forms: the body's list of forms, if it has one.
    keep_days: how long what the body reports of a dossier is kept, from its arrival.
    question: in the manifest of the body that answers for all bodies.
    """

    sources: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()
    services: dict[Slug, ServiceOnOffer] = {}
    forms: FormsList | None = None
    question: DossiersQuestion | None = None
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 730


class DossierKeys(Keys, frozen=True):
    """The one table of a body: `[dossiers]`."""

    dossiers: DossiersTable = DossiersTable()

    def __post_init__(self) -> None:
        """Refuse a source that is named twice; raise WrongKey."""
        plain = [fold(source) for source in self.dossiers.sources]
        if twice := next((source for source in plain if plain.count(source) > 1), ""):
            raise WrongKey("sources", f"[dossiers] names the source {twice!r} twice", "leave one out")

    def asks(self) -> tuple[FeatureQuestion, ...]:
        """Give the question about dossiers, where this body answers it."""
        question = self.dossiers.question
        return (FeatureQuestion(DATASET, question.source, question.magda),) if question else ()

    def lists(self) -> tuple[PublicList, ...]:
        """Give the body's own list of forms, where it serves one."""
        forms = self.dossiers.forms
        return (PublicList(FORMS, forms.source, forms.path),) if forms else ()


SECTION = Section("dossiers", DossierKeys, level="body", scopes=(SCOPE,))


def of(agency: Agency) -> DossiersTable:
    """Give the table of a body, its texts in the language that holds now."""
    return SECTION.of(agency).dossiers


def dutch(agency: Agency) -> DossiersTable:
    """Give the table of a body, its texts in Dutch as the manifest has them."""
    keys = agency.sections[SECTION]
    assert isinstance(keys, DossierKeys)  # noqa: S101 - its own section
    return keys.dossiers


@cache
def answering() -> Agency | None:
    """Find the body that answers for the dossiers of all bodies; None where no manifest has the question."""
    return next((agency for agency in catalogue.installed().agencies if dutch(agency).question), None)


def may_have_dossiers() -> bool:
    """Tell whether some body answers for dossiers, or may report its own."""
    tables = (dutch(agency) for agency in catalogue.installed().agencies)
    return any(table.question or table.sources for table in tables)


def spell(source: str) -> str:
    """Write a `Bron` in one way, so that its spellings in a manifest are equal; an unknown one is only folded."""
    plain = fold(source)
    return _spellings().get(plain, plain)


def spellings_of(source: str) -> list[str]:
    """List every spelling of a `Bron` in a manifest, as `spell` gives it first."""
    name = spell(source)
    return [name, *(other for other, its_name in _spellings().items() if its_name == name != other)]


@cache
def _spellings() -> Mapping[str, str]:
    spellings: dict[str, str] = {}
    for agency in catalogue.installed().agencies:
        name = ""
        for source in map(fold, dutch(agency).sources):
            name = name if name and "://" in source else source
            spellings[source] = name
    return spellings


@cache
def _by_source() -> Mapping[str, Agency]:
    return {fold(source): agency for agency in catalogue.installed().agencies for source in dutch(agency).sources}


def body_of(source: str) -> Agency | None:
    """Find the body whose dossiers a `Bron` names; None for one that no manifest knows."""
    return _by_source().get(fold(source))


def keep_days(agency_id: str) -> int:
    """Say for how many days what a body reports is kept; 1 for an agency that no manifest has any more."""
    return next((dutch(agency).keep_days for agency in catalogue.installed().agencies if agency.id == agency_id), 1)


def uris_of(agency_id: str) -> list[str]:
    """List the sources of a body that are URIs, as its manifest writes them."""
    own = (dutch(agency).sources for agency in catalogue.installed().agencies if agency.id == agency_id)
    return [source for sources in own for source in sources if "://" in source]
