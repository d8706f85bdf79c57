"""What themes read of a body's `agency.toml`: what a tile is called, leads with and means.

All of it stands in the dataset's own table (docs/agencies.md). What an answer is built of (`items`, `groups`,
`history`) other features read too, so that is the manifest's own.
"""

from collections.abc import Iterable, Mapping

import msgspec

from portal.platform.language.translations import Text
from portal.platform.sources.sampled import Sampled
from portal.platform.sources.sections import Keys, Section, WrongKey

from .types import Theme

FOR_CHILD = "`for_child`"
MOST_ESSENTIAL = 10  # keys: some facts few people have (a death, a residence abroad)


class PeopleKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an answer names people around the citizen (their parents, their children), and by which fact keys.

    `path` is the element that stands for one of them, without indexes (`Ouders/Ouder`); `number` and `deceased` are
    fact keys of their national number and of a flag (ja, nee). `one` is the word for one of them; `words` a better
    one by the value of the key `sex` (`{ Vrouwelijk = "moeder" }`).
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
    """How a dataset about descent is drawn: fact keys of the citizen themselves, and of who stands around them.

    `town` is the fact key of the municipality that can correct it, `nowhere` what takes its place when that is not
    known. `kind` is the key of what the body calls the descent, said when it names no parents. `unknown` says that
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
        """List every fact key that it names."""
        found = {self.number, *self.name, self.birth_date, self.death_date, self.kind, self.town}
        for people in (self.parents, self.children):
            found |= {people.number, *people.name, people.birth_date, people.deceased, people.sex}
        return found - {""}


class PersonNameKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which fact keys a dataset says what the citizen is called, to lay beside the name they signed in with.

    `given` and `family` each list keys that say it, the fullest first. `help` says what to do when the body itself
    has it wrong.
    """

    given: tuple[str, ...]
    family: tuple[str, ...]
    help: Text


class DocumentKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an answer has documents of which people need a valid one, and by which fact keys it says until when.

    `path` is the element that stands for one of them, without indexes (`Persoon/Kaarten/Kaart`); `ends` are fact keys
    of days on which it ends, of which the first to come counts. Whoever has a fact of `unless` needs none. `one`
    begins a sentence ("Uw identiteitsbewijs"), `renew` says how one gets another.
    """

    path: str
    ends: tuple[str, ...]
    one: Text
    renew: Text
    unless: tuple[str, ...] = ()

    def keys(self) -> set[str]:
        """List every fact key that it names."""
        return {*self.ends, *self.unless}


class OwnElement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an answer about several people speaks of the citizen: the element in which `number` is their own.

    `path` is that element without indexes (`Gezinsleden/Gezinslid`), `number` the fact key of its national number.
    """

    path: str
    number: str


class NameKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which fact keys a name is said: given and family name apart, or the `whole` as one writes it."""

    given: str = ""
    family: str = ""
    whole: str = ""

    def __post_init__(self) -> None:
        """Refuse half a name, and a name in both ways."""
        if bool(self.given) != bool(self.family) or bool(self.whole) == bool(self.given):
            raise ValueError("a compared `name` has either `given` and `family`, or `whole`")


class AddressKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which fact keys an address is said: in parts, or as one line (`Veldstraat 1 bus 2, 9000 Gent`)."""

    street: str = ""
    number: str = ""
    box: str = ""
    postcode: str = ""
    municipality: str = ""
    whole: str = ""

    def __post_init__(self) -> None:
        """Refuse an address in both ways, and one that says no place."""
        parts = (self.street, self.number, self.box, self.postcode, self.municipality)
        if bool(self.whole) == any(parts) or (any(parts) and not (self.postcode or self.municipality)):
            raise ValueError(
                "a compared `address` has either `whole`, or parts, among which `postcode` or `municipality`"
            )


class ComparedKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which facts of a dataset say what other sources may say of the citizen too, each by its fact key.

    Only what is about the citizen themselves; `of` tells them apart where an answer is about several people. In a
    dataset with a history, what holds now counts.
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
        """List every fact key that it names."""
        found = {self.national_number, self.birth_date, self.birth_place}
        found |= {self.sex, self.nationality, self.civil_status}
        for table in (self.name, self.address):
            found |= set(msgspec.structs.astuple(table)) if table else set()
        return (found | ({self.of.number} if self.of else set())) - {""}


class TileKeys(Keys, frozen=True):
    """What a dataset is on the pages of themes.

    `first` are the fact keys of which the home page shows the first that is there. `about` says what the body keeps,
    `when_nothing` what to do when it should have something, `explanation` what one must know to understand it.
    `highlights` are the fact keys a tile leads with; `explained` says of a fact key what it means for people, shown
    with the first fact that has it. `for_child` lists the fact keys that a parent may see of a minor child; without
    any, nobody asks for it about a child.

    `essential` are the fact keys that its own page never folds, in their order; `technical` those that only an office
    asks for, which come last (`ranking`).
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
        """Refuse a theme that there is not."""
        if self.theme not in set(Theme):
            raise WrongKey("theme", f"there is no theme {self.theme!r}", f"write one of: {', '.join(Theme)}")
        if len(self.essential) > MOST_ESSENTIAL:
            cure = "keep what most people come for; the rest stands in folds"
            raise WrongKey("essential", f"it names more than {MOST_ESSENTIAL} facts", cure)
        if both := sorted({*self.essential} & {*self.technical}):
            raise WrongKey("technical", f"essential facts cannot be technical too: {', '.join(both)}", "choose one")

    def lacks(self, samples: Sampled) -> tuple[str, ...]:
        """Say which facts and elements that it names no sample has, and where it names them."""
        found: list[str] = []
        for where, keys in self._named().items():
            found += samples.lacks_keys(where, keys, may_be_rare=where == FOR_CHILD)
        if self.tree:
            for where, people in (("parents", self.tree.parents), ("children", self.tree.children)):
                found += samples.lacks_element(f"`path` of [datasets.tree.{where}]", people.path)
        if self.document:
            found += samples.lacks_path("`path` of [datasets.document]", self.document.path)
        if self.compared and self.compared.of:
            found += samples.lacks_path("`path` of [datasets.compared.of]", self.compared.of.path)
        return tuple(found)

    def _named(self) -> Mapping[str, Iterable[str]]:
        """Give the fact keys that it names, by where."""
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

    def listed(self) -> Mapping[str, str]:
        """Give its theme."""
        return {"theme": self.theme}


SECTION = Section("themes", TileKeys)
of = SECTION.of
