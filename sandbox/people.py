"""Name the town's people: names come from the register's answers, descriptions from the bodies' `personas.toml`.

A person whom the register does not know has the name with which the description begins: "An Peeters: heeft een boot".
"""

import re
import tomllib
from dataclasses import dataclass, replace
from typing import cast

from lxml import etree

from .magda.folders import Library, knows, person_files

# The person about whom the simulators' folders (public answers of MAGDA) hold most data.
PUBLIC_PERSONA = "71690999827"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_FIRST = etree.XPath("string(//Inhoud/Persoon/Naam/Voornamen/Voornaam)")
_LAST = etree.XPath("string(//Inhoud/Persoon/Naam/Achternamen/Achternaam)")
UNKNOWN = "Onbekend"
_NAME_BEFORE_COLON = re.compile(r"(?P<given>[^\W\d_][^\d: ]{0,40}) (?P<family>[^\d:]{1,60}): ")


@dataclass(frozen=True)
class Person:
    """Hold a national number, a name as the register gives it, and `about`: what is special about the person."""

    number: str
    given_name: str
    family_name: str
    about: str = ""

    @property
    def name(self) -> str:
        """Give the name to show."""
        names = [name for name in (self.given_name, self.family_name) if name != UNKNOWN]
        return " ".join(names) or UNKNOWN


def person(library: Library, number: str, about: str = "") -> Person:
    """Look up a person's name and description; a part of the name that nothing gives is `Onbekend`."""
    file = next(person_files(library.roots, number), None)
    try:
        root = etree.parse(file, _PARSER).getroot() if file else None
    except (etree.XMLSyntaxError, OSError):
        root = None
    somebody = Person(number, _name(_FIRST, root), _name(_LAST, root))
    about = about or _descriptions(library).get(number, "")
    if somebody.name == UNKNOWN and (match := _NAME_BEFORE_COLON.match(about)):
        somebody = Person(number, match["given"], match["family"])
    # A description may begin with the name, which is shown before it anyway.
    return replace(somebody, about=about.removeprefix(f"{somebody.name}: "))


def personas(library: Library) -> list[Person]:
    """List whom one can sign in as: everyone in the bodies' samples and descriptions, and PUBLIC_PERSONA."""
    about = _descriptions(library)
    numbers = dict.fromkeys(file.stem for file in person_files(library.samples))
    if PUBLIC_PERSONA in library.people:
        numbers[PUBLIC_PERSONA] = None
    # A body may describe people whom the register does not know.
    numbers |= dict.fromkeys(number for number in about if knows(library, number))
    # People with a description come first, in the order of their descriptions.
    order = [number for number in about if number in numbers]
    order += [number for number in numbers if number not in about]
    return [person(library, number, about.get(number, "")) for number in order]


def _descriptions(library: Library) -> dict[str, str]:
    """Read every `personas.toml`: descriptions by national number, at its top or in tables."""
    descriptions: dict[str, str] = {}
    for folder in library.samples:
        try:
            table = tomllib.loads((folder / "personas.toml").read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        for key, value in table.items():
            texts = value.items() if isinstance(value, dict) else ((key, value),)
            descriptions.update({number: text for number, text in texts if isinstance(text, str)})
    return descriptions


def _name(path: etree.XPath, root: etree._Element | None) -> str:
    return (cast("str", path(root)).strip() if root is not None else "") or UNKNOWN
