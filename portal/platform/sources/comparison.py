"""How a manifest says which facts other bodies may say too: `[datasets.compared]`, about the citizen themselves."""

import msgspec


class Whose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an answer about several people speaks of the citizen: the element in which `number` is their own.

    `path` is that element without indexes (`Gezinsleden/Gezinslid`), `number` the fact key of its national number.
    """

    path: str
    number: str


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which fact keys a name is said: given and family name apart, or the `whole` as one writes it."""

    given: str = ""
    family: str = ""
    whole: str = ""

    def __post_init__(self) -> None:
        """Refuse half a name, and a name in both ways."""
        if bool(self.given) != bool(self.family) or bool(self.whole) == bool(self.given):
            raise ValueError("a compared `name` has either `given` and `family`, or `whole`")


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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


class Compared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which facts of a dataset say what other sources may say of the citizen too, each by its fact key.

    Only what is about the citizen themselves; `of` tells them apart where an answer is about several people. In a
    dataset with a history, what holds now counts.
    """

    of: Whose | None = None
    name: Name | None = None
    address: Address | None = None
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
