"""The readers of all that the register holds about one person, by the element of GeefPersoon 02.02 that they read."""

from portal.platform.sources.reading.table import (
    Reader,
    code,
    combination,
    date,
    end_date,
    group,
    meaning,
    number,
    text,
    yes_or_no,
)

from . import known_codes
from .events import BURIAL, CIVIL_STATUSES, DEATH, LEGAL_COHABITATION
from .papers import PAPERS, STANDING
from .persons import (
    address,
    coded_since,
    country,
    first_names,
    household_member,
    last_names,
    lines,
    merger,
    name,
    period,
    person,
    place,
    town_in_words,
    usual_first_name,
)

NAME = group(
    {
        "Voornamen": group(
            {
                ".": combination("first_names", "Voornamen", first_names),
                "Voornaam[]": combination("usual_first_name", "Gebruikelijke voornaam", usual_first_name),
            }
        ),
        "Achternamen": combination("last_names", "Achternaam", last_names),
        **period("name", "Naam"),
    }
)

BIRTH = group(
    {
        "Datum": date("birth_date", "Geboortedatum"),
        "Plaats": group(
            {
                "Gemeente": combination("birth_place", "Geboorteplaats", town_in_words),
                "Land": country("birth_country", "Geboorteland"),
                "Tekst": text("birth_place_text", "Geboorteplaats (tekst)"),
            }
        ),
        "Aktenummer": text("birth_act_number", "Nummer van de geboorteakte", "code"),
        "AanvullendRegister": text("birth_additional_register", "Geboorteakte: aanvullend register", "code"),
        "DabsDocumentReferte": text("birth_document", "Geboorteakte: referentie", "code"),
        "Bewijsstuk": code("birth_evidence", "Bewijsstuk van de geboorte"),
        **period("birth", "Geboorte vermeld"),
    }
)

ADDRESSES: dict[str, Reader] = {
    "Hoofdverblijfplaats": address("address", "Hoofdverblijfplaats"),
    "VerblijfplaatsBuitenland": group(
        {
            "DiplomatiekePost": group(
                {
                    ".": code("diplomatic_post", "Diplomatieke of consulaire post"),
                    "Land": country("diplomatic_post_country", "Land van de post"),
                }
            ),
            "Land": country("foreign_residence_country", "Verblijfplaats in het buitenland: land"),
            "Teksten": lines("foreign_residence", "Verblijfplaats in het buitenland"),
            **period("foreign_residence", "Verblijfplaats in het buitenland"),
        }
    ),
    "PostadresBuitenland": group(
        {
            "Land": country("foreign_postal_address_country", "Postadres in het buitenland: land"),
            "Teksten": lines("foreign_postal_address", "Postadres in het buitenland"),
            **period("foreign_postal_address", "Postadres in het buitenland"),
        }
    ),
    "OpgegevenAdres": address("given_address", "Opgegeven adres"),
    "AangifteAdreswijziging": group(
        {
            "Datum": date("declared_move_date", "Adreswijziging aangegeven op"),
            "Tekst": text("declared_move", "Aangegeven adreswijziging"),
            **period("declared_move", "Aangegeven adreswijziging"),
        }
    ),
    "AangifteAdresBuitenland": group(
        {
            "Datum": date("declared_foreign_address_date", "Adres in het buitenland aangegeven op"),
            "Land": country("declared_foreign_address_country", "Aangegeven adres in het buitenland: land"),
            "Teksten": lines("declared_foreign_address", "Aangegeven adres in het buitenland"),
            **period("declared_foreign_address", "Aangegeven adres in het buitenland"),
        }
    ),
    "TijdelijkeAfwezigheid": group(
        {
            "Type": code("temporary_absence_type", "Tijdelijke afwezigheid: soort"),
            "Teksten": lines("temporary_absence", "Tijdelijke afwezigheid"),
            **period("temporary_absence", "Tijdelijke afwezigheid"),
        }
    ),
    "PlaatsHerkomst": group(
        {
            "Land": country("place_of_origin_country", "Plaats van herkomst: land"),
            "Tekst": text("place_of_origin", "Plaats van herkomst"),
            **period("place_of_origin", "Plaats van herkomst"),
        }
    ),
    "NietMededeelbaarAdres": group(
        {
            "Periode/Begindatum": date("undisclosed_address_from", "Adres wordt niet meegedeeld van"),
            "Periode/Einddatum": end_date("undisclosed_address_to", "Adres wordt niet meegedeeld tot en met"),
            "DatumBeslissingCollege": date("undisclosed_address_decision", "Beslissing van het college op"),
            **period("undisclosed_address", "Adres niet mededeelbaar"),
        }
    ),
    "WettelijkeWoonplaats": group(
        {
            "Tekst": text("legal_residence", "Wettelijke woonplaats"),
            **period("legal_residence", "Wettelijke woonplaats"),
        }
    ),
    "ContactAdres": address("contact_address", "Contactadres"),
}


def descent(key: str, label: str) -> dict[str, Reader]:
    """Read the elements that descent from parents and to children have in common."""
    return {
        "Type": code(f"{key}_type", label),
        "Plaats": place(f"{key}_place", f"{label}: plaats van de akte"),
        "Aktenummer": text(f"{key}_act_number", f"{label}: nummer van de akte", "code"),
        "Tekst": text(f"{key}_text", f"{label} (tekst)"),
        "Rechtvaardiging": code(f"{key}_grounds", f"{label}: rechtvaardiging"),
        **period(key, label),
    }


NUMBER = group(
    {
        ".": number("insz", "Rijksregisternummer"),
        "@IsFictief": yes_or_no("insz_is_fictitious", "Rijksregisternummer is fictief"),
    }
)

# The register's file itself.
FILE: dict[str, Reader] = {
    "@Bron": meaning("register_source", "Herkomst van deze gegevens", known_codes.REGISTER),
    "@DatumCreatie": date("file_created", "Dossier aangemaakt op"),
    "@DatumModificatie": date("file_changed", "Dossier laatst gewijzigd op"),
    "INSZ": NUMBER,
}

# Parents and children, which are a dataset of their own.
DESCENT: dict[str, Reader] = {
    "Afstammingen/Afstamming[]": group(
        {**descent("descent", "Afstamming"), "Ouders/Ouder[]": group(person("parent", "de ouder"))}
    ),
    "AfstammingenDalendeLijn/AfstammingDalendeLijn[]": group(
        {**descent("child_descent", "Band met het kind"), "Kind": group(person("child", "het kind"))}
    ),
}

# All parts of a person, apart from the addresses.
PARTS: dict[str, Reader] = {
    "Naam": NAME,
    "Pseudoniemen/Pseudoniem[]": name("pseudonym", "Pseudoniem"),
    "AdellijkeTitel": group(
        {"AdellijkeTitel": code("noble_title", "Adellijke titel"), **period("noble_title", "Adellijke titel")}
    ),
    "Naamswijziging": group(
        {
            "Wijzigingstype": code("name_change", "Naamswijziging"),
            "Tekst": text("name_change_text", "Naamswijziging (tekst)"),
            **period("name_change", "Naamswijziging"),
        }
    ),
    "Geslacht": coded_since("sex", "Geslacht", known_codes.SEX),
    "Geslachtsverandering": group(
        {
            "Geslacht": code("sex_change", "Wijziging van het geslacht", known_codes.SEX),
            "Tekst": text("sex_change_text", "Wijziging van het geslacht (tekst)"),
            **period("sex_change", "Wijziging van het geslacht"),
        }
    ),
    "VerklaringInschrijving": group(
        {
            "GemeenteVertrek": code("registration_from", "Verklaring van inschrijving: gemeente van vertrek"),
            "GemeenteAankomst": code("registration_to", "Verklaring van inschrijving: gemeente van aankomst"),
            **period("registration", "Verklaring van inschrijving"),
        }
    ),
    "Statussen/Status[]": coded_since("status", "Status"),
    "Beheerder": group(
        {
            "Plaats": place("managed_by", "Uw dossier wordt beheerd door"),
            "Fusie": combination("municipality_merged", "Gemeente is gefusioneerd", merger),
            "Taalregime": code("language_rule", "Taalregime van de gemeente", known_codes.LANGUAGE_RULE),
            **period("managed_by", "Beheer van het dossier"),
        }
    ),
    "Referentiedossier": group(
        {
            **person("reference_file", "het referentiedossier"),
            "Rechtvaardiging": code("reference_file_grounds", "Referentiedossier: rechtvaardiging"),
            **period("reference_file", "Referentiedossier"),
        }
    ),
    "Register": coded_since("register", "Register", known_codes.REGISTER),
    "VoorlopigeInschrijving": group(
        {
            "JuridischeActie": code("provisional_registration", "Voorlopige inschrijving"),
            "Tekst": text("provisional_registration_text", "Voorlopige inschrijving (tekst)"),
            "Einddatum": end_date("provisional_registration_end", "Voorlopige inschrijving eindigt op"),
            **period("provisional_registration", "Voorlopige inschrijving"),
        }
    ),
    "Nationaliteiten/Nationaliteit[]": group(
        {
            ".": code("nationality", "Nationaliteit", known_codes.NATIONALITY),
            "Verwerving/Reden": code("nationality_acquired", "Nationaliteit verkregen door"),
            "Verwerving/Plaats": place("nationality_acquired_place", "Nationaliteit verkregen in"),
            "Verwerving/Tekst": text("nationality_acquired_text", "Nationaliteit verkregen (tekst)"),
            "Tekst": text("nationality_text", "Nationaliteit (tekst)"),
            **period("nationality", "Nationaliteit"),
        }
    ),
    "Geboorte": BIRTH,
    "Overlijden": DEATH,
    "BurgerlijkeStaten/BurgerlijkeStaat[]": CIVIL_STATUSES,
    **DESCENT,
    "Referentiepersoon": group(
        household_member(
            "reference_person", "de referentiepersoon", "Verhouding tot de referentiepersoon", "Referentiepersoon"
        )
    ),
    "Gezinsleden/Gezinslid[]": group(
        household_member("household_member", "het gezinslid", "Positie van het gezinslid", "Gezinslid")
    ),
    "WettelijkeSamenwoning": LEGAL_COHABITATION,
    **BURIAL,
    **PAPERS,
    **STANDING,
}
