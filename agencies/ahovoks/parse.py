"""Read the answers of GeefBewijs 02.00 (proofs in the Leer- en Ervaringsbewijzendatabank, LED) and of
GeefHistoriekInschrijving 02.01 (enrolments).
"""

from portal.platform.sources.reading import dates
from portal.platform.sources.reading.dates import UNKNOWN
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.table import (
    Leaf,
    Reader,
    combination,
    date,
    group,
    meaning,
    number,
    text,
    yes_or_no,
)
from portal.platform.sources.reading.xml import Element, child, text_at

from .enrolments import ENROLMENTS
from .known_codes import COUNTRIES, LANGUAGES, STATUSES

# Texts with which the databank fills a field that has no value.
SAYS_NOTHING = frozenset({"niet beschikbaar", "niet van toepassing", "nbs", "nvt"})
DESCRIPTION = "Bewijs omschrijving"


def text_if_any(key: str, label: str) -> Leaf:
    """Read a text, unless it is one of SAYS_NOTHING."""
    return Leaf(key, label, "text", lambda words: None if words.casefold() in SAYS_NOTHING else words)


def name_alone(key: str, label: str) -> Reader:
    """Read the Naam of a classification; the Code beside it means the same."""
    return group({"Naam": text_if_any(key, label)})


def issue_date(element: Element) -> str:
    """Join year, month and day as YYYY-MM-DD; month and day may be missing ("2009-00-00")."""
    parts = [text_at(element, name) for name in ("Jaar", "Maand", "Dag")]
    written = "-".join(part.zfill(2) for part in parts)
    when = dates.read(written) if parts[0] else None
    if when is None:
        # An invalid date is shown as the source wrote it.
        return written if any(parts) else ""
    return UNKNOWN.iso() if dates.is_never(when) else when.iso()


def remark(element: Element, path: str, facts: list[Fact]) -> None:
    """Read a remark (BijkomendeInformatie), whose Naam is the label of the fact."""
    label, words = text_at(element, "Naam"), text_at(element, "Inhoud")
    if words and words.casefold() not in SAYS_NOTHING:
        facts.append(Fact("further_information", label or "Bijkomende informatie", words, "text", path))


def title(element: Element, path: str, facts: list[Fact]) -> None:
    """Give a proof its one fact `qualification`, the title in a list of proofs.

    It is the first that there is of full name, description (a remark), field of study, subject and kind.
    """
    basis = child(element, "Basis")
    if basis is None:
        return
    for place in ("VolledigeNaam", "Studierichting/Naam", "Onderwerp/Naam", "Bewijstype/Naam"):
        if place == "Studierichting/Naam" and (description := _description(basis, path)):
            facts.append(description)
            return
        words = text_at(basis, *place.split("/"))
        if words and words.casefold() not in SAYS_NOTHING:
            facts.append(Fact("qualification", "Bewijs", words, "text", f"{path}/Basis/{place}"))
            return


def _description(basis: Element, path: str) -> Fact | None:
    """Give the remark that describes the proof as its title; None without one."""
    remarks = child(basis, "BijkomendeInformaties")
    if remarks is None:
        return None
    for n, element in enumerate(remarks.iterchildren("BijkomendeInformatie"), 1):
        words = text_at(element, "Inhoud")
        if text_at(element, "Naam") == DESCRIPTION and words and words.casefold() not in SAYS_NOTHING:
            where = f"{path}/Basis/BijkomendeInformaties/BijkomendeInformatie[{n}]/Inhoud"
            return Fact("qualification", "Bewijs", words, "text", where)
    return None


BASIS = group(
    {
        "Bewijstype": name_alone("proof_type", "Soort bewijs"),
        "Uitreikingsdatum": combination("issued_on", "Uitgereikt", issue_date, "date"),
        "Instelling": group(
            {
                "Naam": text_if_any("institution", "Instelling"),
                "Nummer": text("institution_number", "Nummer van de instelling", "code"),
            }
        ),
        "Instantie": name_alone("body", "Uitgereikt door een"),
        "Categorie": name_alone("category", "Categorie"),
        "Graad": name_alone("degree", "Graad"),
        "Onderwijsvorm": name_alone("form_of_education", "Onderwijsvorm"),
        "Finaliteit": name_alone("finality", "Finaliteit"),
        "Schooltype": name_alone("school_type", "Schooltype"),
        "Studierichting": name_alone("field_of_study", "Studierichting"),
        "Onderwerp": name_alone("subject", "Onderwerp"),
        "DetailOnderwerp": name_alone("subject_detail", "Onderwerp in detail"),
        "Specialisatie": name_alone("specialisation", "Specialisatie"),
        "Bewijsstaat": name_alone("proof_state", "Eindbewijs of tussenbewijs"),
        "BehaaldViaEvc": yes_or_no("by_experience", "Behaald door erkenning van ervaring"),
        "Authenticiteit": name_alone("authenticity", "Authenticiteit"),
        "Land/Code": meaning("country", "Land", COUNTRIES),
        "Taal/Code": meaning("language", "Taal", LANGUAGES),
        "Vervalperiode": text_if_any("valid_for", "Geldig gedurende"),
        "UrenVolwassenenonderwijs": text("hours", "Uren volwassenenonderwijs", "number"),
        "AlternatieveInstanties/AlternatieveInstantie[]": group(
            {
                "Instantierol": name_alone("other_body_role", "Andere instantie: rol"),
                "Instantie": name_alone("other_body", "Andere instantie"),
            }
        ),
        "BijkomendeInformaties/BijkomendeInformatie[]": remark,
    }
)

DERIVED = group(
    {
        "ISCEDStudiegebied": name_alone("isced_field", "Internationaal studiegebied (ISCED)"),
        "ISCEDStudiegebied2013": name_alone("isced_field_2013", "Internationaal studiegebied (ISCED 2013)"),
        "ISCEDNiveau": name_alone("isced_level", "Internationaal niveau (ISCED)"),
        "ISCEDNiveau2011": name_alone("isced_level_2011", "Internationaal niveau (ISCED 2011)"),
        "VKSNiveauOnderwijskwalificatie": name_alone("education_level", "Niveau van de onderwijskwalificatie"),
        "VKSNiveauBeroepskwalificatie": name_alone("professional_level", "Niveau van de beroepskwalificatie"),
    }
)

PROOF = group(
    {
        ".": title,
        "Basis": BASIS,
        "Afgeleid": DERIVED,
        "Leverancier": group(
            {
                "Naam": text_if_any("supplier", "Aangeleverd door"),
                "Bewijsreferte": text("supplier_reference", "Referentie bij de leverancier", "code"),
            }
        ),
        "PersoonUitgereikt/INSZ": number("issued_to", "Rijksregisternummer op het bewijs"),
        "BewijsstatusLed": group(
            {
                "Code": meaning("proof_status", "Status in de databank", STATUSES),
                "DatumModificatie/Datum": date("proof_status_since", "Status gewijzigd op"),
            }
        ),
        "BewijsrefertesLed": group(
            {
                "Bewijsreferte": text("proof_reference", "Referentie van het bewijs", "code"),
                "Bewijsmutatiereferte": text("change_reference", "Referentie van de laatste wijziging", "code"),
            }
        ),
    }
)

_ANSWER = group({"Bewijzen/Bewijs[]": PROOF, "Bron": name_alone("proof_source", "Databank")})


def bewijzen(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefBewijs."""
    facts: list[Fact] = []
    _ANSWER(content, "", facts)
    return facts


def hoger(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefHistoriekInschrijving, in which only enrolments in higher education are left."""
    return _enrolments(content)


def volwassenen(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefHistoriekInschrijving, in which only enrolments in adult education are left."""
    return _enrolments(content)


def _enrolments(content: Element) -> list[Fact]:
    facts: list[Fact] = []
    ENROLMENTS(content, "", facts)
    return facts
