"""Read the enrolments in compulsory education (of Discimus) in the answers of GeefHistoriekInschrijving 02.01.

The transport removes items of other origins than this dataset's before; AHOVOKS reads those.
"""

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.magda_types import address, contact, period, school_year
from portal.platform.sources.reading.table import code, date, end_date, group, meaning, text, yes_or_no
from portal.platform.sources.reading.xml import Element

from .known_codes import KINDS, LEVELS, PROGRAMMES, SORTS

CLASS = group(
    {
        "Naam": text("class", "Leerjaar en richting"),
        "Nummer": text("class_number", "Nummer van de administratieve groep", "code"),
        "Niveau": code("level", "Onderwijsniveau", LEVELS),
        "SoortOnderwijs": code("sort_of_education", "Gewoon of buitengewoon onderwijs", SORTS),
        "DuaalLeren/Leerweg": code("learning_path", "Leerweg in het duaal leren"),
    }
)

MEMBERSHIP = group(
    {
        "Referte": text("class_reference", "Referentie van de plaats in de groep", "code"),
        "Periode": period(date("class_from", "In deze groep van"), end_date("class_to", "In deze groep tot en met")),
        "AdministratieveGroep": CLASS,
        "TypeBuitengewoon": code("special_type", "Type buitengewoon onderwijs"),
        "Uitschrijving/Aanleiding": code("left_because", "Uitgeschreven: aanleiding"),
        "Uitschrijving/SituatieNa": code("after_leaving", "Uitgeschreven: situatie daarna"),
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
        "Schooljaar": school_year("school_year", "Schooljaar"),
        "SoortProgramma": code("programme", "Soort programma", PROGRAMMES),
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
                "Schooljaar": school_year("school_year", "Schooljaar"),
                "Periode": period(
                    date("boarding_from", "In het internaat van"),
                    end_date("boarding_to", "In het internaat tot en met"),
                ),
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
