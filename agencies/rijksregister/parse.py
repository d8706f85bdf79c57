"""Read the answers of the register's services, 02.02: GeefPersoon, GeefGezinssamenstelling, and their histories."""

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.table import Reader, code, combination, date, event_date, group
from portal.platform.sources.reading.xml import Element

from . import known_codes
from .identity import ADDRESSES, DESCENT, FILE, NUMBER, PARTS
from .persons import (
    address,
    coded_since,
    first_names,
    last_names,
    main_residence,
    merger,
    name,
    period,
    place,
    read_table,
    town_in_words,
)

_IDENTITY = {place: reader for place, reader in PARTS.items() if place not in DESCENT}
_ADDRESSES = {**ADDRESSES, "Hoofdverblijfplaats": main_residence("address", "Hoofdverblijfplaats")}
_PERSON = group({"Persoon": group({**FILE, **_IDENTITY, "Adressen": group(_ADDRESSES)})})

# Besides the descent it has the person whose descent it is, and the municipality that can correct it.
_DESCENT = group(
    {
        "Persoon": group(
            {
                "INSZ": NUMBER,
                "Naam/Voornamen": combination("first_names", "Voornamen", first_names),
                "Naam/Achternamen": combination("last_names", "Achternaam", last_names),
                "Beheerder/Plaats/Gemeente": combination("municipality", "Uw gemeente", town_in_words),
                "Geboorte/Datum": date("birth_date", "Geboortedatum"),
                "Overlijden/Datum": event_date("death_date", "Datum van overlijden"),
                **DESCENT,
            }
        )
    }
)

_MEMBER = group(
    {
        "Naam": name("name", "Naam"),
        "Positie": code("position", "Positie in het gezin", known_codes.POSITION),
        "INSZ": NUMBER,
        "Geslacht": coded_since("sex", "Geslacht", known_codes.SEX),
        "Geboortedatum": date("birth_date", "Geboortedatum"),
        "Woonvorm": code("form_of_living", "Woonvorm", known_codes.FORM_OF_LIVING),
        "Adressen/Hoofdverblijfplaats": address("address", "Hoofdverblijfplaats"),
        "Adressen/ContactAdres": address("contact_address", "Contactadres"),
        "Bron": code("register_source", "Herkomst van deze gegevens", known_codes.REGISTER),
        "Beheerder": group(
            {
                "Plaats": place("managed_by", "Dossier wordt beheerd door"),
                "Fusie": combination("municipality_merged", "Gemeente is gefusioneerd", merger),
                "Taalregime": code("language_rule", "Taalregime van de gemeente", known_codes.LANGUAGE_RULE),
                **period("managed_by", "Beheer van het dossier"),
            }
        ),
        "Status": coded_since("status", "Status"),
        **period("member", "Lid van het gezin"),
    }
)

_HOUSEHOLD = group({"Gezinsleden/Gezinslid[]": _MEMBER})


def _history(parts: dict[str, Reader]) -> dict[str, Reader]:
    """Make the readers of a history: all that a part X was before is in `HistoriekX`, as repeated elements `X`."""
    names = {place.rpartition("/")[2].removesuffix("[]"): reader for place, reader in parts.items()}
    return {f"Historiek{name}/{name}[]": reader for name, reader in names.items()}


# Two parts have other names in a history.
_OTHER_NAMES = {
    "HistoriekAfwezigheid/Afwezigheden[]": PARTS["Afwezigheid"],
    "HistoriekGezinsleden/Gezinslid[]": PARTS["Gezinsleden/Gezinslid[]"],
}

_PERSON_HISTORY = group(
    {
        "HistoriekPersoon": group(
            {
                **FILE,
                **_history({place: reader for place, reader in PARTS.items() if place != "Afwezigheid"}),
                **_OTHER_NAMES,
                "HistoriekAdressen": group(_history(ADDRESSES)),
            }
        )
    }
)

_HOUSEHOLD_HISTORY = group(
    {"HistoriekGezinssamenstelling/Gezinssamenstelling[]": group({"Gezinsleden/Gezinslid[]": _MEMBER})}
)


def persoon(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefPersoon."""
    return read_table(_PERSON, content)


def afstamming(content: Element) -> list[Fact]:
    """Read parents and children in the Inhoud of GeefPersoon."""
    return read_table(_DESCENT, content)


def gezin(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefGezinssamenstelling."""
    return read_table(_HOUSEHOLD, content)


def persoon_historiek(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefHistoriekPersoon."""
    return read_table(_PERSON_HISTORY, content)


def gezin_historiek(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefHistoriekGezinssamenstelling."""
    return read_table(_HOUSEHOLD_HISTORY, content)
