"""Every body and dataset the portal is connected to, with its parse functions."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, cast

import msgspec
from django.conf import settings

from portal.platform.journal.types import Activity, Purpose
from portal.platform.language.current import held
from portal.platform.language.offer import DUTCH

from . import folders, manifest, manifest_checks, manifest_reading, sections
from .manifest import (
    Dataset,
    Lookup,
    Magda,
    Manifest,
    ManifestError,
    Meaning,
    Partner,
    Rest,
    Service,
    Terms,
    refuse,
)
from .manifest_reading import ManifestContent
from .reading.facts import Fact
from .reading.leaves import LeftOut
from .reading.outcomes import Outcome
from .registries import Registry
from .sections import FeatureQuestion, Keys, PublicList, RegisteredSections, Section
from .wording import Wording

# Cached: it is called for every fact of a page.
_language_now = held.get

# A parse function; its argument is the content of an answer, as XML or as decoded JSON.
Parse = Callable[[Any], Iterable[Fact]]


class Agency(msgspec.Struct, frozen=True, dict=True):
    """A body that the portal is connected to. id: the name of its folder.

    sections: what each feature read of its own keys in the manifest (`sections.Section.of`). sources: the names of
    all sources that the manifest writes, by which operators switch them off. languages: translations of its texts, by
    language.
    """

    id: str
    manifest: Manifest
    folder: Path
    sections: Mapping[Section[Any], Keys] = {}
    sources: frozenset[str] = frozenset()
    languages: Mapping[str, Any] = {}

    @cached_property
    def meanings(self) -> dict[tuple[str, str], Meaning]:
        """Give the meaning of the body's own codes, by origin in casefold (bodies vary its case) and code."""
        return {(e.origin.casefold(), e.code): e.meaning for e in self.manifest.exceptions}

    @property
    def asks(self) -> tuple[FeatureQuestion, ...]:
        """List the questions that features ask of it beside its datasets."""
        return tuple(one for keys in self.sections.values() for one in keys.asks())

    @property
    def lists(self) -> tuple[PublicList, ...]:
        """List its public lists that features read."""
        return tuple(one for keys in self.sections.values() for one in keys.lists())

    @property
    def words(self) -> Manifest:
        """Give the manifest with its texts in the language that holds now, for people to read."""
        return self.manifest if _language_now() == DUTCH else self._wording.now().own

    @property
    def families(self) -> tuple[str, ...]:
        """List the prefixes of names of sources that the body itself names later (`sections.Keys.families`)."""
        return tuple(one for keys in self.sections.values() for one in keys.families())

    def keys_of(self, section: Section[Any]) -> Keys:
        """Give what a section read of the manifest, its texts in the language that holds now."""
        return (self.sections if _language_now() == DUTCH else self._wording.now().sections)[section]

    @cached_property
    def _wording(self) -> Wording[Manifest]:
        return Wording(self.manifest, self.sections, self.languages)

    def name_of(self, origin: str) -> str:
        """Name an origin of its answers in a sentence, as citizens know it: by `names`, else as the body itself."""
        plain, words = origin.casefold(), self.words
        return next((name for known, name in words.names.items() if known.casefold() == plain), words.mention)


class SourceQuestion(msgspec.Struct, frozen=True):
    """A question to a source, without the person it is about; equal questions are asked once.

    template: the text of the file in `requests/`, with `${insz}` (or `${value}` in a lookup); "" where the address
    alone says what is asked. has_document: the answer is or holds a document, and may be as large as documents are.
    """

    source: str
    service: Service
    template: str
    has_document: bool = False


def question_of(agency: Agency, source: str, service: Service) -> SourceQuestion:
    """Make the question to a service of a body, with the template in the body's folder."""
    if isinstance(service, Partner | Registry):
        return SourceQuestion(source, service, "")
    template = manifest.text_of(agency.folder / "requests" / service.question)
    # Settings that only concern reading the answer are emptied, so that questions that differ in them are equal.
    plain: dict[str, Any] = {"subject": "", "question": ""}
    plain |= {"origins": (), "origin": ""} if isinstance(service, Magda) else {"empty": "", "count": ""}
    return SourceQuestion(source, msgspec.structs.replace(service, **plain), template)


class Askable(msgspec.Struct, frozen=True, dict=True):
    """What can be asked of a body, with its parse function: a dataset (`DatasetEntry`) or a lookup (`LookupEntry`).

    dataset:     the terms of the dataset, or of the dataset that it is looked up for.
    placeholder: the variable of its question that stands for the person or the value asked about (`${insz}`).
    """

    placeholder: ClassVar[str]

    agency: Agency
    dataset: Terms
    parse: Parse

    @property
    def id(self) -> str:
        """Its name within the body."""
        raise NotImplementedError

    @property
    def source(self) -> str:
        """The name of the switch of what is asked."""
        raise NotImplementedError

    @property
    def service(self) -> Magda | Rest:
        """The table of its transport."""
        raise NotImplementedError

    @property
    def services(self) -> tuple[Magda | Rest, ...]:
        """List the services that are asked for it, as the journal's register names them."""
        return (self.service,)

    @cached_property
    def name(self) -> str:
        """AGENCY.ID, its name everywhere."""
        return f"{self.agency.id}.{self.id}"

    @cached_property
    def left_out(self) -> dict[str, str]:
        """Give the places of its answers that are not shown, each with the reason: by `left_out.toml` of the folder.

        A place may hold * for any number of elements. Raises ManifestError for a file in another form.
        """
        return manifest.read_left_out(self.agency.folder / manifest.LEFT_OUT, self.id)

    @cached_property
    def leaves_out(self) -> LeftOut:
        """Give the matcher that tells whether a place is left out."""
        return LeftOut(self.left_out)

    @cached_property
    def _activities(self) -> dict[Purpose, Activity]:
        return {}

    def activity(self, purpose: Purpose) -> Activity:
        """Give the journal's activity of asking this for a purpose; made once for each purpose."""
        known = self._activities.get(purpose)
        if known is not None:
            return known
        activity = self._activities[purpose] = Activity(
            body=self.agency.id,
            body_name=self.agency.manifest.name,
            dataset=self.id,
            title=self.dataset.title,
            purpose=purpose.sentence,
            legal_basis=self.dataset.legal_basis,
            services=tuple(f"{service.service}/{service.version}" for service in self.services),
            retention=self.dataset.retention,
        )
        return activity

    @cached_property
    def question(self) -> SourceQuestion:
        """The question that its answer comes from, shared with others that ask the same."""
        return question_of(self.agency, self.source, self.service)


class LookupEntry(Askable, frozen=True, dict=True):
    """A lookup of a dataset, with its body and parse function: a second question, and never a tile."""

    placeholder = "value"

    lookup: Lookup

    @property
    def id(self) -> str:
        """DATASET_lookup."""
        return f"{self.dataset.id}_lookup"

    @property
    def source(self) -> str:
        """The name of the switch of what is asked."""
        return self.lookup.source

    @property
    def service(self) -> Magda:
        """The table of its transport."""
        return self.lookup.magda


class DatasetEntry(Askable, frozen=True, dict=True):
    """A dataset together with its body and its parse function.

    sections: what each feature read of its own keys in the dataset's table (`sections.Section.of`). languages:
    translations of its texts, by language.
    """

    placeholder = "insz"

    dataset: Dataset
    lookup: LookupEntry | None = None
    sections: Mapping[Section[Any], Keys] = {}
    languages: Mapping[str, Any] = {}

    @property
    def words(self) -> Dataset:
        """Give the dataset with its texts in the language that holds now, for people to read."""
        return self.dataset if _language_now() == DUTCH else self._wording.now().own

    def keys_of(self, section: Section[Any]) -> Keys:
        """Give what a section read of the dataset, its texts in the language that holds now."""
        return (self.sections if _language_now() == DUTCH else self._wording.now().sections)[section]

    @cached_property
    def _wording(self) -> Wording[Dataset]:
        return Wording(self.dataset, self.sections, self.languages)

    @property
    def id(self) -> str:
        """The dataset's name within its body."""
        return self.dataset.id

    @property
    def source(self) -> str:
        """The name of the switch of what is asked."""
        return self.dataset.source

    @property
    def service(self) -> Magda | Rest:
        """The table of its transport."""
        return self.dataset.service

    @property
    def services(self) -> tuple[Magda | Rest, ...]:
        """List the services that are asked for it; that of its lookup belongs to the dataset."""
        return (self.service, self.lookup.service) if self.lookup else (self.service,)

    @cached_property
    def slug(self) -> str:
        """AGENCY-DATASET, its name for use in an element's id."""
        return f"{self.agency.id}-{self.dataset.id}"

    @cached_property
    def prepared(self) -> dict[object, Any]:
        """Hold the rendered parts of pages about it that are the same for everyone (`ui.prepared`)."""
        return {}

    @cached_property
    def remedy(self) -> str:
        """Name the way that a feature offers people to have it corrected; "" for none."""
        return next((remedy for keys in self.sections.values() if (remedy := keys.remedy())), "")


# A dataset, and the outcome of asking for it.
type EntryOutcome = tuple[DatasetEntry, Outcome]


class Catalogue(msgspec.Struct, frozen=True, dict=True):
    """Every body and dataset, in the order of the folders' names and of each manifest's datasets."""

    agencies: tuple[Agency, ...]
    entries: tuple[DatasetEntry, ...]

    def entry(self, name: str) -> DatasetEntry | None:
        """Find a dataset by AGENCY.DATASET."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def agency(self, agency_id: str) -> Agency | None:
        """Find a body by its id."""
        return self._agencies.get(agency_id)

    @cached_property
    def _agencies(self) -> dict[str, Agency]:
        return {agency.id: agency for agency in self.agencies}

    @property
    def lookups(self) -> tuple[LookupEntry, ...]:
        """List the lookups, which are asked and read as datasets are, but have no tile."""
        return tuple(entry.lookup for entry in self.entries if entry.lookup)

    def provider_of(self, what: str) -> DatasetEntry | None:
        """Find the dataset that provides a datum by its manifest (`provides`), as "birth_date"."""
        return next((entry for entry in self.entries if entry.dataset.provides == what), None)


@cache
def installed() -> Catalogue:
    """Read the bodies this portal is connected to, once per process."""
    return load(settings.AGENCIES_PATH)


def load(roots: Iterable[Path], registered: RegisteredSections | None = None) -> Catalogue:
    """Read the manifests of all bodies in these folders. registered: the sections, those of features by default.

    Raises ManifestError with file, line and cure at the first mistake, and SectionsClash for two sections that claim
    the same key. Every manifest is read before any body's code runs, so that a mistake in one loads no code at all.
    """
    registered = registered or sections.registered()
    sections.check_apart(registered, manifest.OWN)
    read: list[tuple[Agency, ManifestContent]] = []
    for file in folders.manifests_in(roots):
        written = manifest_reading.read(file, registered)
        of_body = (written.sections, written.sources, written.languages)
        read.append((Agency(file.parent.name, written.manifest, file.parent, *of_body), written))
    for agency, _ in read:
        manifest_checks.check_dataset_names(agency.folder, agency.manifest)
        manifest_checks.check_sources(agency.folder, agency.manifest, agency.sources)
        for asked in agency.asks:
            if isinstance(asked.service, Partner):
                continue
            manifest_checks.check_question(agency.folder, asked.service, DatasetEntry.placeholder, asked.values)
    entries: list[DatasetEntry] = []
    try:
        for agency, written in read:
            module = folders.module_of(agency.folder)
            of_datasets = zip(
                agency.manifest.datasets, written.of_datasets, written.languages_of_datasets, strict=True
            )
            entries += [_entry(agency, module, *of_dataset) for of_dataset in of_datasets]
        _only_one_provider(entries)
    except ManifestError:
        for agency, _ in read:
            folders.forget(agency.folder)
        raise
    return Catalogue(tuple(agency for agency, _ in read), tuple(entries))


def _entry(
    agency: Agency,
    module: ModuleType | None,
    dataset: Dataset,
    keys: Mapping[Section[Any], Keys],
    languages: Mapping[str, Any],
) -> DatasetEntry:
    manifest_checks.check_question(agency.folder, dataset.service, DatasetEntry.placeholder)
    lookup = _lookup_entry(agency, module, dataset, dataset.lookup) if dataset.lookup else None
    entry = DatasetEntry(agency, dataset, _parse_function(agency, module, dataset.parse), lookup, keys, languages)
    _ = entry.leaves_out  # read now, so that a wrong file is refused at the start and not at the first answer
    return entry


def _lookup_entry(agency: Agency, module: ModuleType | None, terms: Terms, lookup: Lookup) -> LookupEntry:
    manifest_checks.check_question(agency.folder, lookup.magda, LookupEntry.placeholder)
    entry = LookupEntry(agency, terms, _parse_function(agency, module, lookup.parse), lookup)
    _ = entry.leaves_out
    return entry


def _parse_function(agency: Agency, module: ModuleType | None, name: str) -> Parse:
    function = getattr(module, name, None)
    if not callable(function):
        refuse(
            agency.folder / folders.MANIFEST,
            name,
            f"parse.py has no function {name!r}",
            f"write `def {name}(content)` in {agency.folder / 'parse.py'}",
        )
    return cast("Parse", function)


def _only_one_provider(entries: list[DatasetEntry]) -> None:
    providers: dict[str, str] = {}
    for entry in entries:
        datum = entry.dataset.provides
        if datum and datum in providers:
            raise ManifestError(f"{providers[datum]} and {entry.name} both provide {datum!r}; keep one.")
        providers[datum] = entry.name
