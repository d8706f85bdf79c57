"""The keys of a dataset's table in `agency.toml` that themes read (docs/agencies.md).

Keys that say what an answer is built of (`items`, `groups`, `history`) are read by other features too, so they belong
to the manifest itself.
"""

from collections.abc import Iterable, Mapping

import msgspec

from portal.platform.language.translations import Text
from portal.platform.sources.sampled import SampleNames
from portal.platform.sources.sections import Keys, Section, WrongKey

from .types import Theme

FOR_CHILD = "`for_child`"
MOST_ESSENTIAL = 10  # keys; more than a page shows at once, as few people have all (a death, a residence abroad)


class PeopleKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an answer names the citizen's parents or children, and by which fact keys.

    `path` is the element of one person, without indexes (`Ouders/Ouder`); `number` and `deceased` are fact keys of
    the national number and of a flag (ja, nee). `one` is the word for such a person; `words` has a better word by the
    value of the key `sex` (`{ Vrouwelijk = "moeder" }`).
    """

    path: str
    one: Text
    number: str
    name: tuple[str, ...]
    birth_date: str = ""
    deceased: str = ""
    sex: str = ""
    words: dict[str, Text] = {}


class TreeKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a dataset about descent is drawn: fact keys of the citizen, and of their parents and children.

    `town` is the fact key of the municipality that can correct the data; `nowhere` stands for it when it is not
    known. `kind` is the key of the body's word for the descent, shown when it names no parents. `unknown` says that
    there is not enough data, `help` what to do when somebody is missing; both may hold `${town}`.
    """

    number: str
    name: tuple[str, ...]
    birth_date: str
    death_date: str
    kind: str
    town: str
    nowhere: Text
    unknown: Text
    help: Text
    parents: PeopleKeys
    children: PeopleKeys

    def keys(self) -> set[str]:
        """List every fact key that the table names."""
        keys = {self.number, *self.name, self.birth_date, self.death_date, self.kind, self.town}
        for people in (self.parents, self.children):
            keys |= {people.number, *people.name, people.birth_date, people.deceased, people.sex}
        return keys - {""}


class PersonNameKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which fact keys a dataset gives the name of the citizen, to compare with the name that they signed in with.

    `given` and `family` list keys of given and of family names, the fullest first. `help` says what to do when the
    body has the name wrong.
    """

    given: tuple[str, ...]
    family: tuple[str, ...]
    help: Text


class DocumentKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an answer has documents of which people need a valid one, and by which fact keys it says until when.

    `path` is the element of one document, without indexes (`Persoon/Kaarten/Kaart`); `ends` are fact keys of days on
    which it ends, of which the earliest counts. A citizen with a fact of `unless` needs no document. `one` begins a
    sentence ("Uw identiteitsbewijs"), `renew` says how one gets another document.
    """

    path: str
    ends: tuple[str, ...]
    one: Text
    renew: Text
    unless: tuple[str, ...] = ()

    def keys(self) -> set[str]:
        """List every fact key that the table names."""
        return {*self.ends, *self.unless}


class OwnElement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which element of an answer about several people is about the citizen: that with their own national number.

    `path` is the element without indexes (`Gezinsleden/Gezinslid`), `number` the fact key of its national number.
    """

    path: str
    number: str


class NameKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which fact keys a name is given: given and family name apart, or `whole` in one."""

    given: str = ""
    family: str = ""
    whole: str = ""

    def __post_init__(self) -> None:
        """Refuse half a name, and a name in both ways."""
        if bool(self.given) != bool(self.family) or bool(self.whole) == bool(self.given):
            raise ValueError("a compared `name` has either `given` and `family`, or `whole`")


class AddressKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which fact keys an address is given: in parts, or `whole` on one line (`Veldstraat 1 bus 2, 9000 Gent`)."""

    street: str = ""
    number: str = ""
    box: str = ""
    postcode: str = ""
    municipality: str = ""
    whole: str = ""

    def __post_init__(self) -> None:
        """Refuse an address in both ways, and one without postcode and municipality."""
        parts = (self.street, self.number, self.box, self.postcode, self.municipality)
        if bool(self.whole) == any(parts) or (any(parts) and not (self.postcode or self.municipality)):
            raise ValueError(
                "a compared `address` has either `whole`, or parts, among which `postcode` or `municipality`"
            )


class ComparedKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which facts about the citizen other sources may give too, each by its fact key.

    Where an answer is about several people, `of` says which element is about the citizen. In a dataset with a
    history, the facts that hold now count.
    """

    of: OwnElement | None = None
    name: NameKeys | None = None
    address: AddressKeys | None = None
    national_number: str = ""
    birth_date: str = ""
    birth_place: str = ""
    sex: str = ""
    nationality: str = ""
    civil_status: str = ""

    def __post_init__(self) -> None:
        """Refuse a table that compares nothing."""
        if not self.keys() - ({self.of.number} if self.of else set()):
            raise ValueError("[datasets.compared] names no fact to compare")

    def keys(self) -> set[str]:
        """List every fact key that the table names."""
        keys = {self.national_number, self.birth_date, self.birth_place}
        keys |= {self.sex, self.nationality, self.civil_status}
        for table in (self.name, self.address):
            keys |= set(msgspec.structs.astuple(table)) if table else set()
        return (keys | ({self.of.number} if self.of else set())) - {""}


class TileKeys(Keys, frozen=True):
    """How the pages of themes show a dataset.

    `about` says what the body keeps, `when_nothing` what to do when it should have something, `explanation` what one
    must know to understand it. `highlights` are the fact keys with which a tile begins; the home page shows the first
    fact of `first`. `explained` says what a fact key means for people, beside the first fact with that key.
    `for_child` lists the fact keys that a parent may see of a minor child; without any, the dataset is not asked for
    about a child.

    `essential` are the fact keys that the page of the dataset never folds, in their order; `technical` those that
    only offices ask for, which come last (`ranking`).
    """

    theme: str
    about: Text
    when_nothing: Text
    highlights: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()
    technical: tuple[str, ...] = ()
    explained: dict[str, Text] = msgspec.field(default_factory=dict)
    tree: TreeKeys | None = None
    person_name: PersonNameKeys | None = None
    compared: ComparedKeys | None = None
    document: DocumentKeys | None = None
    for_child: tuple[str, ...] = ()
    explanation: Text = ""

    def __post_init__(self) -> None:
        """Refuse an unknown theme, too many essential keys, and keys that are both essential and technical."""
        if self.theme not in set(Theme):
            raise WrongKey("theme", f"there is no theme {self.theme!r}", f"write one of: {', '.join(Theme)}")
        if len(self.essential) > MOST_ESSENTIAL:
            cure = "keep what most people come for; the rest stands in folds"
            raise WrongKey("essential", f"it names more than {MOST_ESSENTIAL} facts", cure)
        if both := sorted({*self.essential} & {*self.technical}):
            raise WrongKey("technical", f"essential facts cannot be technical too: {', '.join(both)}", "choose one")

    def lacks(self, samples: SampleNames) -> tuple[str, ...]:
        """List the facts and elements that these keys name and no sample has, and where they name them."""
        lacking: list[str] = []
        for where, keys in self._keys_by_place().items():
            lacking += samples.lacks_keys(where, keys, may_be_rare=where == FOR_CHILD)
        if self.tree:
            for where, people in (("parents", self.tree.parents), ("children", self.tree.children)):
                lacking += samples.lacks_element(f"`path` of [datasets.tree.{where}]", people.path)
        if self.document:
            lacking += samples.lacks_place("`path` of [datasets.document]", self.document.path)
        if self.compared and self.compared.of:
            lacking += samples.lacks_path("`path` of [datasets.compared.of]", self.compared.of.path)
        return tuple(lacking)

    def _keys_by_place(self) -> Mapping[str, Iterable[str]]:
        """Give the fact keys that these keys name, by where they stand."""
        name = self.person_name
        return {
            "`highlights`": self.highlights,
            "`first`": self.first,
            "`essential`": self.essential,
            "`technical`": self.technical,
            FOR_CHILD: self.for_child,
            "[datasets.explained]": self.explained,
            "[datasets.document]": self.document.keys() if self.document else (),
            "[datasets.tree]": self.tree.keys() if self.tree else (),
            "[datasets.person_name]": (*name.given, *name.family) if name else (),
            "[datasets.compared]": self.compared.keys() if self.compared else (),
        }

    def columns(self) -> Mapping[str, str]:
        """Give its theme."""
        return {"theme": self.theme}


SECTION = Section("themes", TileKeys)
of = SECTION.of
