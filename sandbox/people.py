"""Know who lives in the town: names from the register's answers, descriptions from bodies' `personas.toml`.

Whom the register does not know goes by the name with which the description begins: "An Peeters: heeft een boot".
"""

import re
import tomllib
from dataclasses import dataclass, replace
from typing import cast

from lxml import etree

from .magda.folders import Library, knows, person_files

# The person of the public answers with most data.
PUBLIC_PERSONA = "71690999827"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_FIRST = etree.XPath("string(//Inhoud/Persoon/Naam/Voornamen/Voornaam)")
_LAST = etree.XPath("string(//Inhoud/Persoon/Naam/Achternamen/Achternaam)")
UNKNOWN = "Onbekend"
_NAMED = re.compile(r"(?P<given>[^\W\d_][^\d: ]{0,40}) (?P<family>[^\d:]{1,60}): ")


@dataclass(frozen=True)
class Person:
    """Hold a national number, a name as the register gives it, and what is special about them."""

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
    """Look up a person's name; `Onbekend` for each part that the register's answer does not give."""
    file = next(person_files(library.roots, number), None)
    try:
        root = etree.parse(file, _PARSER).getroot() if file else None
    except (etree.XMLSyntaxError, OSError):
        root = None
    found = Person(number, _name(_FIRST, root), _name(_LAST, root))
    about = about or _descriptions(library).get(number, "")
    if found.name == UNKNOWN and (named := _NAMED.match(about)):
        found = Person(number, named["given"], named["family"])
    # A description may begin with the name that is shown before it.
    return replace(found, about=about.removeprefix(f"{found.name}: "))


def personas(library: Library) -> list[Person]:
    """List who to sign in as: everyone in the bodies' samples, and the best known of the public answers."""
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
    found: dict[str, str] = {}
    for folder in library.samples:
        try:
            table = tomllib.loads((folder / "personas.toml").read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        for key, value in table.items():
            texts = value.items() if isinstance(value, dict) else ((key, value),)
            found.update({number: text for number, text in texts if isinstance(text, str)})
    return found


def _name(path: etree.XPath, root: etree._Element | None) -> str:
    return (cast("str", path(root)).strip() if root is not None else "") or UNKNOWN
