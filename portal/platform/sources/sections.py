"""The sections of an `agency.toml`: the keys that a feature reads of it, as a type that checks them.

A feature names the module with its section in its declaration (`Feature.manifest`). The keys of a feature that this
portal leaves out may stand in a manifest; no feature reads them.
"""

import importlib
from collections.abc import Mapping
from itertools import chain
from typing import Any, Literal, Protocol

import msgspec

from portal.platform.feature import installed
from portal.platform.kit.errors import PortalError

from .sampled import SampleNames

# The table in which a section's keys stand: that of each dataset, or the manifest itself.
Level = Literal["dataset", "body"]


class SectionsClash(PortalError):
    """Two sections of a manifest claim the same key."""

    code = "manifest.sections"


class WrongKey(ValueError):
    """The value of a key is refused; raised by the `__post_init__` of a section, which knows no file or line."""

    def __init__(self, key: str, problem: str, cure: str) -> None:
        super().__init__(problem)
        self.key = key
        self.cure = cure


class Endpoint(msgspec.Struct, frozen=True):
    """Where a body takes in JSON. source: the name of its switch; path: below `REST_URL`; scope: of the token."""

    source: str
    path: str
    scope: str


class FeatureQuestion(msgspec.Struct, frozen=True):
    """A question that a feature asks of a body, beside the datasets.

    id: its name within the body; source: the name of its switch; service: the table of its transport
    (`manifest.Magda`), whose question has the person's number as `${insz}`. values: its other variables. names:
    of its inquiries within the body, where those are not its id or below it (`Inquiry.name`).
    """

    id: str
    source: str
    service: Any
    values: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class PublicList(msgspec.Struct, frozen=True):
    """A list that a body serves, the same to everybody, page by page.

    id: its name within the body; source: the name of its switch; path: below `REST_URL`.
    """

    id: str
    source: str
    path: str


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of what a feature reads of a manifest: a field for each key; `__post_init__` refuses values.

    Texts for people have the type `Text` (`language.translations`), so that they can be translated. The methods are
    for code that goes through all manifests and knows no feature.
    """

    def endpoints(self) -> tuple[Endpoint, ...]:
        """List the endpoints to which the feature delivers; each has a switch, as a source has."""
        return ()

    def asks(self) -> tuple[FeatureQuestion, ...]:
        """List the questions that the feature asks of the body; each has a switch and a gate, as a dataset has."""
        return ()

    def lists(self) -> tuple[PublicList, ...]:
        """List the public lists that the feature reads of the body; each has a switch and a gate."""
        return ()

    def families(self) -> tuple[str, ...]:
        """List the prefixes of names of sources that stand in no manifest, since the body names them at run time."""
        return ()

    def switches(self) -> frozenset[str]:
        """Give the names of the switches of all endpoints, questions and lists."""
        asked = {one.source for one in self.asks()} | {one.source for one in self.lists()}
        return frozenset({one.source for one in self.endpoints()} | asked)

    def lacks(self, samples: SampleNames) -> tuple[str, ...]:
        """List messages about keys and paths that no sample of the dataset has, for `check_agencies`."""
        return ()

    def omissions(self) -> tuple[str, ...]:
        """List messages about what the body should still write in it, for `check_agencies`."""
        return ()

    def columns(self) -> Mapping[str, str]:
        """Give its columns in the list of `manage.py agencies`."""
        return {}

    def remedy(self) -> str:
        """Name the way in which people can have the dataset corrected; "" for none."""
        return ""


class SectionHolder(Protocol):
    """A dataset or a body of the catalogue, which holds what each section read of its manifest."""

    def keys_of(self, section: "Section[Any]") -> Any:
        """Give what a section read, its texts in the language that holds now."""


class Section[K: Keys]:
    """A feature's part of a manifest. name: as messages write it; keys: the type that reads it.

    scopes: what the feature lets bodies' machines do (`[machine_client]`).
    """

    def __init__(self, name: str, keys: type[K], *, level: Level = "dataset", scopes: tuple[str, ...] = ()) -> None:
        self.name = name
        self.keys = keys
        self.level = level
        self.scopes = scopes
        self.names = frozenset(field.encode_name for field in msgspec.structs.fields(keys))

    def of(self, holder: SectionHolder) -> K:
        """Give what it read of a dataset, or of a body, its texts in the language that holds now."""
        keys: K = holder.keys_of(self)
        return keys


class RegisteredSections(msgspec.Struct, frozen=True):
    """The sections of the features in use, and those of features that are left out."""

    used: tuple[Section[Any], ...] = ()
    unused: tuple[Section[Any], ...] = ()

    @property
    def all(self) -> tuple[Section[Any], ...]:
        """List all of them."""
        return (*self.used, *self.unused)

    def owners(self, level: Level) -> Mapping[str, Section[Any]]:
        """Map the keys in a table of this level to their sections."""
        return {name: section for section in self.all if section.level == level for name in section.names}

    @property
    def scopes(self) -> frozenset[str]:
        """Give the scopes that machines can have."""
        return frozenset(scope for section in self.used for scope in section.scopes)

    @property
    def known_scopes(self) -> frozenset[str]:
        """Give all scopes, also those of features that are left out."""
        return frozenset(scope for section in self.all for scope in section.scopes)


def registered() -> RegisteredSections:
    """Import the sections of all features: those in use, and those that are left out."""
    used = [feature.manifest for feature in installed.features() if feature.manifest]
    known = [feature.manifest for feature in installed.every_feature() if feature.manifest]
    unused = [module for module in known if module not in used]
    return RegisteredSections(tuple(chain(*map(_sections, used))), tuple(chain(*map(_sections, unused))))


def _sections(module: str) -> tuple[Section[Any], ...]:
    """Read the sections of a feature: its one SECTION, or SECTIONS where it reads keys of datasets and of bodies."""
    loaded = importlib.import_module(module)
    sections: tuple[Section[Any], ...] = loaded.SECTIONS if hasattr(loaded, "SECTIONS") else (loaded.SECTION,)
    return sections


def check_apart(registered: RegisteredSections, own: Mapping[Level, frozenset[str]]) -> None:
    """Raise SectionsClash for a key that two sections claim, or that is the manifest's own."""
    for level, names in own.items():
        taken = dict.fromkeys(names, "the manifest itself")
        for section in registered.all:
            for name in sorted(section.names) if section.level == level else ():
                if name in taken:
                    raise SectionsClash(f"{section.name} and {taken[name]} both claim the key {name!r}; rename one.")
                taken[name] = section.name
