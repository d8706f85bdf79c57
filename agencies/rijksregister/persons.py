"""Readers of people, names, places and addresses, which occur in many parts of the register's answers.

A function that gives a Reader stands for a whole element; one that gives a dict has rows for the table of such an
element (`group`), beside others. Those that give a text ("" for none) compose one fact (`combination`). `key` is the
key of a fact, or the beginning of the keys of several; `label` is what a citizen reads.
"""

from collections.abc import Mapping

from portal.platform.sources.reading import places
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.table import (
    YES,
    Reader,
    code,
    combination,
    date,
    describe,
    end_date,
    group,
    number,
    text,
    yes_or_no,
)
from portal.platform.sources.reading.xml import Element, attribute_of, child, children_of, text_at, text_of

from . import known_codes


def period(key: str, about: str) -> dict[str, Reader]:
    """Read the attributes with the first and last day of an element; labels are `about`, then "sinds" or "tot"."""
    return {
        "@DatumBegin": date(f"{key}_since", f"{about} sinds"),
        "@DatumEinde": end_date(f"{key}_until", f"{about} tot"),
    }


def coded_since(key: str, label: str, known: dict[str, str] | None = None) -> Reader:
    """Read a code with its description, and its period; `known` has words for codes without a description."""
    return group({".": code(key, label, known), **period(key, label)})


def name(key: str, label: str) -> Reader:
    """Read a name as one fact, and its period."""
    return group({".": combination(key, label, whole_name), **period(key, label)})


def whole_name(element: Element) -> str:
    """Write first names, then last names."""
    first, last = child(element, "Voornamen"), child(element, "Achternamen")
    return " ".join(part for part in (first_names(first), last_names(last)) if part)


def first_names(element: Element | None) -> str:
    """Write all first names."""
    return _join(element, "Voornaam", " ")


def last_names(element: Element | None) -> str:
    """Write all last names."""
    return _join(element, "Achternaam", " ")


def _join(element: Element | None, name: str, separator: str) -> str:
    """Join the texts of all children of that name; other children are left out."""
    if element is None:
        return ""
    texts = (text_of(below) for below in children_of(element) if below.tag == name)
    return separator.join(text for text in texts if text)


def merger(element: Element) -> str:
    """Write whether a municipality merged: "ja" or "neen"; the register describes it in capitals, or by a code."""
    return describe(element, known_codes.NO_OR_YES).lower()


def usual_first_name(element: Element) -> str:
    """Give a first name if it is marked as the one the person uses; "" for others."""
    return text_of(element) if attribute_of(element, "GebruikelijkeVoornaam").casefold() in YES else ""


def person(key: str, who: str) -> dict[str, Reader]:
    """Read another person; `who` is how labels call them, for example "de partner"."""
    insz = number(f"{key}_insz", f"Rijksregisternummer van {who}")
    fictitious = yes_or_no(f"{key}_insz_is_fictitious", f"Rijksregisternummer van {who} is fictief")
    return {
        "INSZ": group({".": insz, "@IsFictief": fictitious}),
        "Naam": name(f"{key}_name", f"Naam van {who}"),
        "Geslacht": coded_since(f"{key}_sex", f"Geslacht van {who}", known_codes.SEX),
        "Geboortedatum": date(f"{key}_birth_date", f"Geboortedatum van {who}"),
        "IsOverleden": yes_or_no(f"{key}_is_deceased", f"Overlijden van {who} vermeld"),
        "Tekst": text(f"{key}_text", f"Tekst over {who}"),
    }


def household_member(key: str, who: str, position: str, noun: str) -> dict[str, Reader]:
    """Read a person with a position in the household.

    `who` is how labels call them, `position` the label of the position, `noun` what labels of the period begin with.
    """
    return {
        **person(key, who),
        "Positie": code(f"{key}_position", position, known_codes.POSITION),
        "Woonvorm": code(f"{key}_form_of_living", "Woonvorm van het gezin", known_codes.FORM_OF_LIVING),
        **period(key, noun),
    }


def place(key: str, label: str) -> Reader:
    """Read a place as one fact (`place_in_words`), and its Tekst."""
    return group({".": combination(key, label, place_in_words), "Tekst": text(f"{key}_text", f"{label} (tekst)")})


def place_in_words(element: Element) -> str:
    """Write a municipality, and its country unless that is Belgium: "Lier", "Metz, Frankrijk", "België"."""
    town, land = town_in_words(child(element, "Gemeente")), _country_at(element, "Land")
    return ", ".join(
        part for part in (town, places.country_abroad(*land) if town else places.country_name(*land)) if part
    )


def town_in_words(element: Element | None) -> str:
    """Write a municipality's name, or its NIS code when it has no name."""
    if element is None:
        return ""
    code = text_at(element, "NISCode")
    return text_at(element, "Naam") or (f"gemeente met code {code}" if code else "")


def country(key: str, label: str) -> Reader:
    """Read a Land by its name or codes."""
    return combination(key, label, lambda element: places.country_name(*_country_at(element)))


def _country_at(element: Element, *path: str) -> tuple[str, str, str]:
    """Give a country's name, ISO code and NIS code."""
    words, iso, nis = (text_at(element, *path, name) for name in ("Naam", "ISOCode", "NISCode"))
    return words, iso, nis


def lines(key: str, label: str) -> Reader:
    """Read the lines of a text or a foreign address as one fact, joined by commas."""
    return combination(key, label, lambda element: _join(element, "Tekst", ", "))


def main_residence(key: str, label: str) -> Reader:
    """Read the address of somebody's main residence, and the name and NIS code of its municipality."""
    municipality: dict[str, Reader] = {
        "Gemeentenaam": combination(
            f"{key}_municipality", "Gemeente", lambda name: text_at(name, "String") or text_of(name)
        ),
        "NISCodeGemeente": text(f"{key}_municipality_code", "Nummer van de gemeente (NIS)", "code"),
    }
    return address(key, label, municipality)


def address(key: str, label: str, more: Mapping[str, Reader] | None = None) -> Reader:
    """Read an address as one fact, and the details that may be beside it; `more` are readers of further details."""
    return group(
        {
            ".": combination(key, label, address_in_words),
            **(more or {}),
            "ReferentieAdres": group(
                {
                    "Begindatum": date(f"{key}_reference_since", "Referentieadres sinds"),
                    "Einddatum": end_date(f"{key}_reference_until", "Referentieadres tot"),
                    "Details/Situatie": code(f"{key}_reference_situation", "Referentieadres: situatie"),
                    "Details/Plaats": code(f"{key}_reference_place", "Referentieadres: plaats"),
                    "Details/Verantwoording": code(f"{key}_reference_grounds", "Referentieadres: verantwoording"),
                }
            ),
            "Inrichting": code(f"{key}_institution", f"{label}: opgegeven bij"),
            "Type": code(f"{key}_type", f"{label}: soort"),
            **period(key, label),
        }
    )


def address_in_words(element: Element) -> str:
    """Write an address on one line: "Pleinstraat 433 bus 2, 3070 Kortenberg"; the country only when abroad."""
    parts: dict[str, Element] = {}
    for part in children_of(element):
        parts.setdefault(part.tag, part)

    def words_of(*names: str) -> str:
        for name in names:
            part = parts.get(name)
            if part is not None and (words := text_at(part, "String") or text_of(part)):
                return words
        return ""

    post_box = places.box_number(words_of("Postbus"))
    land = words_of("Land"), words_of("ISOCodeLand"), words_of("NISCodeLand")
    street = _space_out(
        words_of("Straatnaam", "NietGestandaardiseerdeStraatnaam"),
        places.without_filler(words_of("Huisnummer")),
        places.box_in_words(words_of("Busnummer")),
    )
    town = _space_out(
        places.without_filler(words_of("Postcode")),
        words_of("Gemeentenaam", "NietGestandaardiseerdeGemeentenaam", "Postnaam"),
    )
    if not street and not town and (whole := words_of("VolledigAdres")):
        return whole
    return ", ".join(
        part
        for part in (
            words_of("Locatienaam"),
            street,
            words_of("Locatieaanduiding"),
            f"postbus {post_box}" if post_box else "",
            words_of("Adresgebied"),
            town,
            places.country_abroad(*land) if street or town else places.country_name(*land),
        )
        if part
    )


def _space_out(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def read_table(reader: Reader, content: Element) -> list[Fact]:
    """Give the facts that a reader makes of the content of an answer."""
    facts: list[Fact] = []
    reader(content, "", facts)
    return facts
