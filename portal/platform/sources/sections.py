"""The sections of an `agency.toml`: a feature registers the keys that it reads, with their check.

A feature names its section in its declaration (`manifest`). Keys of a feature that this portal leaves out may stand
in a manifest; they are not read.
"""

import importlib
from collections.abc import Mapping
from itertools import chain
from typing import Any, Literal, Protocol

import msgspec

from portal.platform.feature import installed
from portal.platform.kit.errors import PortalError

from .sampled import SampleNames

# The table that a section's keys stand in: each dataset's, or the manifest itself.
Level = Literal["dataset", "body"]


class SectionsClash(PortalError):
    """Two sections of a manifest claim the same key."""

    code = "manifest.sections"


class WrongKey(ValueError):
    """The value of a key is refused; raised by the `__post_init__` of a section, which knows no file or line."""

    def __init__(self, key: str, what: str, cure: str) -> None:
        super().__init__(what)
        self.key = key
        self.cure = cure


class Endpoint(msgspec.Struct, frozen=True):
    """Where a body takes in JSON: the name of the switch, the path below `REST_URL`, the scope of the token."""

    source: str
    path: str
    scope: str


class FeatureQuestion(msgspec.Struct, frozen=True):
    """What a feature asks of a body itself, beside the datasets.

    id: its name within the body; source: the name of its switch; service: the table of its transport
    (`manifest.Magda`), whose question names whom it is about as `${insz}`. values: what else it fills in.
    """

    id: str
    source: str
    service: Any
    values: tuple[str, ...] = ()


class PublicList(msgspec.Struct, frozen=True):
    """A list that a body serves to everybody alike, page by page.

    id: its name within the body; source: the name of its switch; path: where it is read, below `REST_URL`.
    """

    id: str
    source: str
    path: str


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a feature reads of a manifest: a field for each key, and a `__post_init__` that refuses what is wrong.

    Words for people have the type `Text` (`language.translations`), so that tables of languages can translate them.

    The methods are for callers that go through all manifests and know no feature.
    """

    def addresses(self) -> tuple[Endpoint, ...]:
        """List the addresses to which it has something delivered; each has a switch, as a source has."""
        return ()

    def asks(self) -> tuple[FeatureQuestion, ...]:
        """List what the feature asks of the body: each has a switch and a gate, as a dataset's source has."""
        return ()

    def lists(self) -> tuple[PublicList, ...]:
        """Give the lists that the feature reads of the body: each has a switch and a gate."""
        return ()

    def families(self) -> tuple[str, ...]:
        """Give the beginnings of names of sources that no manifest writes, since the body itself names them later."""
        return ()

    def switches(self) -> frozenset[str]:
        """Name the switches of all that is delivered to the body, asked of it, or read of it."""
        asked = {one.source for one in self.asks()} | {one.source for one in self.lists()}
        return frozenset({one.source for one in self.addresses()} | asked)

    def lacks(self, samples: SampleNames) -> tuple[str, ...]:
        """List in words what it names and no sample of the dataset has, for `check_agencies`."""
        return ()

    def omissions(self) -> tuple[str, ...]:
        """List in words what the body itself should say in it and does not, for `check_agencies`."""
        return ()

    def columns(self) -> Mapping[str, str]:
        """Give its columns in the list of `manage.py agencies`."""
        return {}

    def remedy(self) -> str:
        """Name the way it offers people to have a dataset corrected; "" for none."""
        return ""


class SectionHolder(Protocol):
    """A dataset or a body of the catalogue, with what each section read of its manifest."""

    def keys_of(self, section: "Section[Any]") -> Any:
        """Give what a section read, its texts in the language that holds now."""


class Section[K: Keys]:
    """A feature's part of a manifest, under the name that messages call it by.

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
        found: K = holder.keys_of(self)
        return found


class RegisteredSections(msgspec.Struct, frozen=True):
    """The sections of the features in use, and those of features that are left out."""

    used: tuple[Section[Any], ...] = ()
    unused: tuple[Section[Any], ...] = ()

    @property
    def all(self) -> tuple[Section[Any], ...]:
        """List both."""
        return (*self.used, *self.unused)

    def owners(self, level: Level) -> Mapping[str, Section[Any]]:
        """Map each key of a table to its section."""
        return {name: section for section in self.all if section.level == level for name in section.names}

    @property
    def scopes(self) -> frozenset[str]:
        """List the scopes that machines can have."""
        return frozenset(scope for section in self.used for scope in section.scopes)

    @property
    def known_scopes(self) -> frozenset[str]:
        """List the same, with the scopes of features that are left out."""
        return frozenset(scope for section in self.all for scope in section.scopes)


def registered() -> RegisteredSections:
    """Find the sections of the features there are, and of those that were left out."""
    used = [feature.manifest for feature in installed.features() if feature.manifest]
    known = [feature.manifest for feature in installed.every_feature() if feature.manifest]
    unused = [module for module in known if module not in used]
    return RegisteredSections(tuple(chain(*map(_sections, used))), tuple(chain(*map(_sections, unused))))


def _sections(module: str) -> tuple[Section[Any], ...]:
    """Read the sections of a feature: its one SECTION, or SECTIONS where it reads keys of datasets and of bodies."""
    named = importlib.import_module(module)
    sections: tuple[Section[Any], ...] = named.SECTIONS if hasattr(named, "SECTIONS") else (named.SECTION,)
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
