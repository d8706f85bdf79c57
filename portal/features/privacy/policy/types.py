"""Types of the policy: its versions, a comparison of two, the data controller, and the register of processing."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from portal.platform.help.marks import Part


class PolicySection(msgspec.Struct, frozen=True):
    """A section of a version, in the language that it was read in.

    id: its anchor. parts: its paragraphs and lists. part: the name of the list that the software itself adds below
    (`privacy/_PART.html`), or "". is_in_dutch: its text has no translation, so it is Dutch in every language.
    """

    id: str
    title: str
    parts: tuple[Part, ...]
    part: str
    is_in_dutch: bool = False


class PolicyVersion(msgspec.Struct, frozen=True):
    """A version of the policy. number: from 1 on. since: the day from which it holds; news: what it changed."""

    number: int
    since: date
    news: str
    sections: tuple[PolicySection, ...]

    @property
    def by_id(self) -> Mapping[str, PolicySection]:
        """Give its sections by their anchors."""
        return {section.id: section for section in self.sections}


class DataController(msgspec.Struct, frozen=True):
    """Who decides about the portal, as the settings name it. charter: where its agreement with the bodies stands."""

    name: str
    address: str
    kbo: str
    phone: str
    email: str
    dpo: str
    charter: str


class KeptData(msgspec.Struct, frozen=True):
    """Something that is kept of people: its table, what that holds, and until when, in words."""

    table: str
    holds: str
    term: str


class RegisterEntry(msgspec.Struct, frozen=True):
    """A line of the processing register: one kind of data, and all that it is used for.

    name: of its activity in the journal, BODY.DATASET (`*`: any letters); "" where nothing of it is journalled.
    title: what it is called; data: which data that is, where the title does not say it. functions: the parts of the
    portal that use it. body: whose data it is, `burgerprofiel` for the portal's own. role: whether the portal's data
    controller decides about it, or works for the body. services: what is asked of the body, as SERVICE/VERSION.
    retention: how long the portal keeps what it asked; kept: what it keeps beside that.
    """

    name: str
    title: str
    data: tuple[str, ...]
    functions: tuple[str, ...]
    body: str
    body_name: str
    role: Literal["controller", "processor"]
    purposes: tuple[str, ...]
    legal_bases: tuple[str, ...]
    services: tuple[str, ...]
    retention: tuple[str, ...]
    kept: tuple[KeptData, ...]


class ProcessingRegister(msgspec.Struct, frozen=True):
    """The processing register as programs read it. policy: the number of the version of the policy that holds."""

    controller: DataController
    policy: int
    entries: tuple[RegisterEntry, ...]


class FunctionData(msgspec.Struct, frozen=True):
    """A function of the portal, by its title, and the data that it uses."""

    title: str
    data: tuple[str, ...]


class BodyData(msgspec.Struct, frozen=True):
    """A body, and which functions of the portal use which of its data. id: the name of its folder."""

    id: str
    name: str
    functions: tuple[FunctionData, ...]


Change = Literal["same", "changed", "added", "removed"]


class WordRun(msgspec.Struct, frozen=True):
    """Words in a row of a paragraph. is_marked: only this version has them."""

    text: str
    is_marked: bool = False


class ComparedPart(msgspec.Struct, frozen=True):
    """A paragraph in two versions; a side is empty where that version lacks it."""

    kind: Change
    old: tuple[WordRun, ...]
    new: tuple[WordRun, ...]


class ComparedSection(msgspec.Struct, frozen=True):
    """A section in two versions, under its newest title. former: the title in the old one, where that was another."""

    id: str
    title: str
    kind: Change
    parts: tuple[ComparedPart, ...]
    former: str = ""
