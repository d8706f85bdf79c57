"""The reader of enrolments in higher and adult education, in the answers of GeefHistoriekInschrijving 02.01.

The transport removes items of other origins than a dataset's before; Onderwijsdiensten reads those.
"""

from portal.platform.sources.reading.magda_types import address, contact, school_year
from portal.platform.sources.reading.table import Leaf, Reader, code, date, end_date, group, meaning, text, yes_or_no

KINDS = {"HO": "Hoger onderwijs", "VWO": "Volwassenenonderwijs"}


def count(key: str, label: str) -> Leaf:
    """Read a number without leading zeros: "060" is "60"."""
    return Leaf(key, label, "number", lambda digits: digits.lstrip("0") or "0")


def degree_programme(key: str, label: str) -> Reader:
    """Read a programme of higher education; `label` tells whether it is the current, previous or next one."""
    return group(
        {
            "VolledigeNaam": text(key, label),
            "Code": text(f"{key}_code", f"{label}: code", "code"),
            "NaamElementen": group(
                {
                    "PrefixGraad": text(f"{key}_degree_prefix", f"{label}: voor de graad"),
                    "Graad": text(f"{key}_degree", f"{label}: graad"),
                    "SpecificatieGraad": text(f"{key}_degree_in", f"{label}: toevoeging bij de graad"),
                    "Kwalificatie": text(f"{key}_qualification", f"{label}: kwalificatie"),
                }
            ),
            "Soort": code(f"{key}_type", f"{label}: soort"),
        }
    )


PROOFS = group(
    {
        "Studiebewijs[]": group(
            {
                "Referte": text("proof_reference", "Studiebewijs: referentie", "code"),
                "LEDReferte": text("proof_reference_led", "Studiebewijs: referentie in de databank", "code"),
            }
        )
    }
)

CREDITS = group(
    {
        "Opgenomen": count("credits_taken", "Studiepunten opgenomen"),
        "Verworven": count("credits_earned", "Studiepunten verworven"),
        "Gedelibereerd": count("credits_deliberated", "Studiepunten gedelibereerd"),
        "GeenResultaat": count("credits_without_result", "Studiepunten zonder resultaat"),
        "NietDeelgenomen": count("credits_not_sat", "Studiepunten niet deelgenomen"),
        "NietGeslaagd": count("credits_failed", "Studiepunten niet geslaagd"),
        "NietVerworven": count("credits_not_earned", "Studiepunten niet verworven"),
        "Vrijgesteld": count("credits_exempt", "Studiepunten vrijgesteld"),
        "Uitgeschreven": count("credits_dropped", "Studiepunten uitgeschreven"),
    }
)

HIGHER = group(
    {
        "Opleiding": degree_programme("programme", "Opleiding"),
        "Academiejaar": school_year("academic_year", "Academiejaar"),
        "Status": code("status", "Status van de inschrijving"),
        "DatumInschrijving": date("enrolled_on", "Ingeschreven op"),
        "DatumUitschrijving": end_date("left_on", "Uitgeschreven op"),
        "SoortContract": code("contract", "Soort contract"),
        "Studiepunten": CREDITS,
        "Studieomvang": count("study_load", "Studieomvang in studiepunten"),
        "ToereikendeStudieomvang": yes_or_no("study_load_suffices", "Studieomvang is toereikend"),
        "StudiebewijsHaalbaar": yes_or_no("proof_possible", "Studiebewijs is haalbaar in dit jaar"),
        "Studiebewijzen": PROOFS,
        "VolgendeOpleiding": degree_programme("next_programme", "Volgende opleiding"),
        "VorigeOpleiding": degree_programme("previous_programme", "Vorige opleiding"),
    }
)

ADULT = group(
    {
        "Opleiding": group(
            {
                "Naam": text("programme", "Opleiding"),
                "Code": text("programme_code", "Opleiding: code", "code"),
                "Omschrijving": text("programme_description", "Opleiding: omschrijving"),
                "Diplomagericht": yes_or_no("towards_diploma", "Opleiding leidt naar een diploma"),
                "Opleidingsvariant": group(
                    {
                        "Naam": text("variant", "Variant van de opleiding"),
                        "Code": text("variant_code", "Variant van de opleiding: code", "code"),
                        "Traject": code("variant_pace", "Variant van de opleiding: traject"),
                    }
                ),
            }
        ),
        "Module": group(
            {
                "Naam": text("module", "Module"),
                "Code": text("module_code", "Module: code", "code"),
                "Omschrijving": text("module_description", "Module: omschrijving"),
                "ModuleVariant": group(
                    {
                        "Code": text("module_variant_code", "Variant van de module: code", "code"),
                        "Traject": code("module_variant_pace", "Variant van de module: traject"),
                        "Studiepunten": count("module_credits", "Module: studiepunten"),
                    }
                ),
            }
        ),
        "Status": code("status", "Status van de inschrijving"),
        "DatumInschrijving": date("enrolled_on", "Ingeschreven op"),
        "DatumUitschrijving": end_date("left_on", "Uitgeschreven op"),
        "Resultaat/EvaluatieResultaat": code("result", "Resultaat"),
        "Resultaat/Studiebewijzen": PROOFS,
    }
)

ENROLMENTS = group(
    {
        "Inschrijvingen/Inschrijving[]": group(
            {
                "Bron": meaning("kind_of_education", "Soort inschrijving", KINDS),
                "Referte": text("enrolment_reference", "Referentie van de inschrijving", "code"),
                "Instelling": group(
                    {
                        "OfficieleNaam": text("institution", "Instelling"),
                        "Instellingsnummer": text("institution_number", "Nummer van de instelling", "code"),
                        "Instantie": text("institution_type", "Soort instelling"),
                        "Adres": address("institution_address", "Adres van de instelling"),
                        "Contactgegevens": contact("institution", "instelling"),
                    }
                ),
                "OnderwijsLocatie": group(
                    {
                        "Nummer": text("location_number", "Nummer van de leslocatie", "code"),
                        "Omschrijving": text("location", "Leslocatie"),
                        "Adres": address("location_address", "Adres van de leslocatie"),
                        "Contactgegevens": contact("location", "leslocatie"),
                    }
                ),
                "HogerOnderwijs": HIGHER,
                "Volwassenenonderwijs": ADULT,
            }
        )
    }
)
