"""Read the compulsory enrolments in the answers of GeefHistoriekInschrijving 02.01, as Discimus has them.

The transport leaves only items of this dataset's origins; AHOVOKS reads the others of the same answer.
"""

import re

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.table import Leaf, Reader, coded, composed, date, group, meaning, text, yes_or_no
from portal.platform.sources.reading.xml import Element, child, text_at

from .known_codes import KINDS, LEVELS, PROGRAMMES, SORTS


def year(key: str, label: str) -> Leaf:
    """Show a school year by both its calendar years: "2015" is "2015-2016"."""
    return Leaf(key, label, "text", both_years)


def both_years(first: str) -> str:
    """Put "2015" as "2015-2016"; what is no year stays as it is."""
    return f"{first}-{int(first) + 1}" if re.fullmatch("[0-9]{4}", first) else first


def address(key: str, label: str) -> Reader:
    """Show an address on one line; when it was changed, apart."""
    return group(
        {
            ".": composed(key, label, address_in_words),
            "@DatumModificatie": date(f"{key}_changed", f"{label}: gewijzigd op"),
        }
    )


def address_in_words(element: Element) -> str:
    """Put an address on one line: "Kerkstraat 60 bus A, 9200 DENDERMONDE"; the country only when abroad."""
    box, country = text_at(element, "Busnummer"), text_at(element, "Land", "Naam")
    town = child(element, "Gemeente")
    lines = (
        (text_at(element, "Straat", "Naam"), text_at(element, "Huisnummer"), f"bus {box}" if box else ""),
        (text_at(town, "PostCode"), text_at(town, "Naam")) if town is not None else (),
        ("" if country.casefold() in ("belgie", "belgië") else country,),
    )
    return ", ".join(" ".join(part for part in line if part) for line in lines if any(line))


def contact(key: str, who: str) -> Reader:
    """Show how to reach a school or a place."""
    return group(
        {
            "Telefoonnummer": text(f"{key}_telephone", f"Telefoon van de {who}"),
            "Email": text(f"{key}_email", f"E-mail van de {who}"),
            "Website": text(f"{key}_website", f"Website van de {who}"),
        }
    )


def period(key: str, label: str) -> Reader:
    """Show from when until when."""
    return group({"Begin": date(f"{key}_from", f"{label} van"), "Einde": date(f"{key}_to", f"{label} tot en met")})


CLASS = group(
    {
        "Naam": text("class", "Leerjaar en richting"),
        "Nummer": text("class_number", "Nummer van de administratieve groep", "code"),
        "Niveau": coded("level", "Onderwijsniveau", LEVELS),
        "SoortOnderwijs": coded("sort_of_education", "Gewoon of buitengewoon onderwijs", SORTS),
        "DuaalLeren/Leerweg": coded("learning_path", "Leerweg in het duaal leren"),
    }
)

MEMBERSHIP = group(
    {
        "Referte": text("class_reference", "Referentie van de plaats in de groep", "code"),
        "Periode": period("class", "In deze groep"),
        "AdministratieveGroep": CLASS,
        "TypeBuitengewoon": coded("special_type", "Type buitengewoon onderwijs"),
        "Uitschrijving/Aanleiding": coded("left_because", "Uitgeschreven: aanleiding"),
        "Uitschrijving/SituatieNa": coded("after_leaving", "Uitgeschreven: situatie daarna"),
        "AnderstaligeNieuwkomer": yes_or_no("newcomer", "Anderstalige nieuwkomer"),
        "GewezenAnderstaligeNieuwkomer": yes_or_no("former_newcomer", "Gewezen anderstalige nieuwkomer"),
        "Studiepunten": group(
            {
                "Opgenomen": text("credits_taken", "Studiepunten opgenomen", "number"),
                "VoordienVerworven": text("credits_before", "Studiepunten voordien verworven", "number"),
                "Behaalde": text("credits_earned", "Studiepunten behaald", "number"),
            }
        ),
        "DiplomaHaalbaarInSchooljaar": yes_or_no("diploma_possible", "Diploma haalbaar in dit schooljaar"),
        "CursistVolgtStandaardtraject": yes_or_no("standard_course", "Volgt het standaardtraject"),
    }
)

SCHOOL = group(
    {
        "Schooljaar": year("school_year", "Schooljaar"),
        "SoortProgramma": coded("programme", "Soort programma", PROGRAMMES),
        "DatumInschrijving": date("enrolled_on", "Ingeschreven op"),
        "DatumEersteLes": date("first_lesson_on", "Eerste les op"),
        "InschrijvingAdministratieveGroep": MEMBERSHIP,
    }
)

ENROLMENT = group(
    {
        "Bron": meaning("kind_of_education", "Soort inschrijving", KINDS),
        "Referte": text("enrolment_reference", "Referentie van de inschrijving", "code"),
        "Instelling": group(
            {
                "OfficieleNaam": text("institution", "School"),
                "Instellingsnummer": text("institution_number", "Nummer van de school", "code"),
                "Instantie": text("institution_type", "Soort school"),
                "Adres": address("institution_address", "Adres van de school"),
                "Contactgegevens": contact("institution", "school"),
            }
        ),
        "OnderwijsLocatie": group(
            {
                "Nummer": text("location_number", "Nummer van de vestiging", "code"),
                "Omschrijving": text("location", "Vestiging"),
                "Adres": address("location_address", "Adres van de vestiging"),
                "Contactgegevens": contact("location", "vestiging"),
            }
        ),
        "LeerplichtOnderwijs": SCHOOL,
        "Internaat": group(
            {
                "Schooljaar": year("school_year", "Schooljaar"),
                "Periode": period("boarding", "In het internaat"),
            }
        ),
    }
)

_ANSWER = group({"Inschrijvingen/Inschrijving[]": ENROLMENT})


def leerplicht(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefHistoriekInschrijving."""
    facts: list[Fact] = []
    _ANSWER(content, "", facts)
    return facts
