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
    """A body the portal knows: its folder's name, its manifest and its place on disk.

    sections: what each feature that has keys in a manifest itself read of this one (`sections.Section.of`).
    sources: every name of a switch that the manifest writes. languages: its texts in others than Dutch.
    """

    id: str
    manifest: Manifest
    folder: Path
    sections: Mapping[Section[Any], Keys] = {}
    sources: frozenset[str] = frozenset()
    languages: Mapping[str, Any] = {}

    @cached_property
    def meanings(self) -> dict[tuple[str, str], Meaning]:
        """The body's own codes: (origin in casefold, code) -> meaning. Bodies write their name in several ways."""
        return {(e.origin.casefold(), e.code): e.meaning for e in self.manifest.exceptions}

    @property
    def asks(self) -> tuple[FeatureQuestion, ...]:
        """List what features ask of it beside its datasets."""
        return tuple(one for keys in self.sections.values() for one in keys.asks())

    @property
    def lists(self) -> tuple[PublicList, ...]:
        """Give the lists for everybody that features read of it."""
        return tuple(one for keys in self.sections.values() for one in keys.lists())

    @property
    def words(self) -> Manifest:
        """The manifest with its texts in the language that holds now: what people read."""
        return self.manifest if _language_now() == DUTCH else self._wording.now().own

    @property
    def families(self) -> tuple[str, ...]:
        """Give the beginnings of names of sources that it names later (`sections.Keys.families`)."""
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
        return next((name for named, name in words.names.items() if named.casefold() == plain), words.mention)


class SourceQuestion(msgspec.Struct, frozen=True):
    """What is asked of a source, apart from about whom; equal questions are asked once.

    `template` is the text of the file in `requests/`, with `${insz}` (or `${value}` in a lookup); "" where addresses
    say what is asked. has_document: its answer is a document, or holds one, and may be as large as those.
    """

    source: str
    service: Service
    template: str
    has_document: bool = False


def question_of(agency: Agency, source: str, service: Service) -> SourceQuestion:
    """Make the question of a service of a body, with the text that stands in the body's folder."""
    if isinstance(service, Partner | Registry):
        return SourceQuestion(source, service, "")
    template = manifest.text_of(agency.folder / "requests" / service.question)
    # Settings that only concern reading the answer do not make it another question.
    plain: dict[str, Any] = {"subject": "", "question": ""}
    plain |= {"origins": (), "origin": ""} if isinstance(service, Magda) else {"empty": "", "count": ""}
    return SourceQuestion(source, msgspec.structs.replace(service, **plain), template)


class Askable(msgspec.Struct, frozen=True, dict=True):
    """What can be asked of a body, and how its answer is read: a dataset (`DatasetEntry`), or a `LookupEntry` of one.

    dataset:     what holds of the dataset that it is, or that it is looked up for.
    placeholder: what its question calls whom it is about (`${insz}`).
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
        """All that is asked for it, which the journal's register names."""
        return (self.service,)

    @cached_property
    def name(self) -> str:
        """AGENCY.ID, its name everywhere."""
        return f"{self.agency.id}.{self.id}"

    @cached_property
    def left_out(self) -> dict[str, str]:
        """Why which places of its answers are not shown, as the folder says it for this one and for all of them.

        A place may hold * for any number of elements. Raises ManifestError for a file that does not say it so.
        """
        return manifest.read_left_out(self.agency.folder / manifest.LEFT_OUT, self.id)

    @cached_property
    def leaves_out(self) -> LeftOut:
        """Tell of a place whether it is left out."""
        return LeftOut(self.left_out)

    @cached_property
    def _activities(self) -> dict[Purpose, Activity]:
        return {}

    def activity(self, purpose: Purpose) -> Activity:
        """Say for the journal's register what asking this for a purpose is; made once for each."""
        known = self._activities.get(purpose)
        if known is not None:
            return known
        made = self._activities[purpose] = Activity(
            body=self.agency.id,
            body_name=self.agency.manifest.name,
            dataset=self.id,
            title=self.dataset.title,
            purpose=purpose.sentence,
            legal_basis=self.dataset.legal_basis,
            services=tuple(f"{service.service}/{service.version}" for service in self.services),
            retention=self.dataset.retention,
        )
        return made

    @cached_property
    def question(self) -> SourceQuestion:
        """The question that its answer comes from, shared with others that ask the same."""
        return question_of(self.agency, self.source, self.service)


class LookupEntry(Askable, frozen=True, dict=True):
    """What is looked up for a dataset, with its body and parse function: a second question, and never a tile."""

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
    """A dataset together with its body and its parse function: all a question needs.

    sections: what each feature read of the dataset's table (`sections.Section.of`). languages: its texts in others
    than Dutch.
    """

    placeholder = "insz"

    dataset: Dataset
    lookup: LookupEntry | None = None
    sections: Mapping[Section[Any], Keys] = {}
    languages: Mapping[str, Any] = {}

    @property
    def words(self) -> Dataset:
        """The dataset with its texts in the language that holds now: what people read."""
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
        """All that is asked for it: what is looked up belongs to the dataset."""
        return (self.service, self.lookup.service) if self.lookup else (self.service,)

    @cached_property
    def slug(self) -> str:
        """AGENCY-DATASET, its name for use in an element's id."""
        return f"{self.agency.id}-{self.dataset.id}"

    @cached_property
    def prepared(self) -> dict[object, Any]:
        """Hold what pages say of it to everyone alike, once made (`ui.prepared`)."""
        return {}

    @cached_property
    def remedy(self) -> str:
        """Name the way that a feature offers people to have it corrected; "" for none."""
        return next((remedy for keys in self.sections.values() if (remedy := keys.remedy())), "")


# A dataset, and what came of asking for it.
type EntryOutcome = tuple[DatasetEntry, Outcome]


class Catalogue(msgspec.Struct, frozen=True):
    """Every body and dataset, in the order of the folders' names and of each manifest."""

    agencies: tuple[Agency, ...]
    entries: tuple[DatasetEntry, ...]

    def entry(self, name: str) -> DatasetEntry | None:
        """Find a dataset by AGENCY.DATASET."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def agency(self, agency_id: str) -> Agency | None:
        """Find a body by its id."""
        return next((agency for agency in self.agencies if agency.id == agency_id), None)

    @property
    def lookups(self) -> tuple[LookupEntry, ...]:
        """List the second questions: asked and read as datasets are, but no tile."""
        return tuple(entry.lookup for entry in self.entries if entry.lookup)

    def provider_of(self, what: str) -> DatasetEntry | None:
        """Find the dataset whose manifest says it provides a named datum."""
        return next((entry for entry in self.entries if entry.dataset.provides == what), None)


@cache
def installed() -> Catalogue:
    """Read the bodies this portal is connected to, once per process."""
    return load(settings.AGENCIES_PATH)


def load(roots: Iterable[Path], registered: RegisteredSections | None = None) -> Catalogue:
    """Read all manifests below the given folders of folders; registered: other sections than the features have.

    Raises ManifestError with file, line and cure at the first thing that is wrong, and SectionsClash for two sections
    that claim the same key. Every manifest is read before any body's code runs: what is wrong with one leaves no
    other half-read.
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
