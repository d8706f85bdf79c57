"""Read the answers of GeefFuncties 02.00 (functions in companies, entrepreneurial skills) and of GeefOnderneming.

The second is a lookup: it gives the name and address of the company of a function.
"""

from portal.platform.sources.reading import places
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.magda_types import period
from portal.platform.sources.reading.table import code, combination, date, describe, end_date, group, number, text
from portal.platform.sources.reading.xml import Element, child, children_of, text_at

from .known_codes import LEGAL_FORMS, SITUATIONS, STATUSES

# The elements that may hold a company's name, the preferred first.
NAMES = ("MaatschappelijkeNamen", "CommercieleNamen", "AfgekorteNamen")


def company_name(names: Element) -> str:
    """Choose one of a company's names: in the order of NAMES, the Dutch one of a kind first; "" without any."""
    for kind in NAMES:
        holder = child(names, kind)
        candidates = [each for each in children_of(holder) if text_at(each, "Naam")] if holder is not None else []
        candidates.sort(key=lambda each: text_at(each, "Taalcode").casefold() != "nl")
        if candidates:
            return text_at(candidates[0], "Naam")
    return ""


def legal_form(form: Element) -> str:
    """Write a legal form: its description, else its abbreviation, else its code."""
    code = text_at(form, "Code")
    if text_at(form, "Omschrijving") or code in LEGAL_FORMS:
        return describe(form, LEGAL_FORMS)
    return text_at(form, "Afkorting") or describe(form, {})


def address(whole: Element) -> str:
    """Write an address on one line.

    Street and municipality are often in a Descriptie for each language: the Dutch one is preferred.
    """
    holder = child(whole, "Descripties")
    descriptions = children_of(holder) if holder is not None else []
    descriptions.sort(key=lambda each: text_at(each, "Taalcode").casefold() not in ("nl", ""))
    holders = [whole, *(part for each in descriptions if (part := child(each, "Adres")) is not None)]

    def first(*names: str) -> str:
        return next((words for each in holders if (words := text_at(each, *names))), "")

    lines = (
        (
            first("Straat", "Naam"),
            places.without_filler(first("Huisnummer")),
            places.box_in_words(first("Busnummer")),
        ),
        (places.without_filler(first("Gemeente", "PostCode")), first("Gemeente", "Naam")),
        (places.country_abroad(first("Land", "Naam"), first("Land", "ISOCode"), first("Land", "NISCode")),),
    )
    return ", ".join(" ".join(part for part in line if part) for line in lines if any(line))


FUNCTION = group(
    {
        "AardFunctie": code("function", "Functie of vaardigheid"),
        "FunctiehouderVan": text("enterprise_number", "Ondernemingsnummer", "code"),
        "AanduidingPersoonOnderneming": code("representation", "Vertegenwoordiging"),
        "Ondernemingsnummer": text("held_through", "Functie uitgeoefend door onderneming", "code"),
        "INSZ": number("insz", "Rijksregisternummer"),
        "Periode": period(date("from", "Begonnen op"), end_date("until", "Beëindigd op")),
        "EindeFunctie": code("end_reason", "Reden van het einde"),
        "AanduidingVrijstelling": code("exemption", "Vrijstelling van bewijs"),
        "SoortVrijstelling": code("exemption_kind", "Soort vrijstelling"),
        "AuthentiekeBron": code("register", "Databank"),
        "@DatumModificatie": date("changed_on", "Laatst gewijzigd op"),
    }
)

COMPANY = group(
    {
        "Namen": combination("company_name", "Naam van de onderneming", company_name),
        "StatusKBO": code("company_status", "Toestand van de onderneming", STATUSES),
        "SoortOnderneming/Code": group({"@Beschrijving": text("company_kind", "Soort onderneming")}),
        "Rechtsvormen/Rechtsvorm[]": combination("legal_form", "Rechtsvorm", legal_form),
        "Rechtstoestanden/Rechtstoestand[]": code("legal_situation", "Rechtstoestand", SITUATIONS),
        "Adressen/Adres[]": combination("company_address", "Adres van de onderneming", address),
        "Start/Datum": date("company_started_on", "Onderneming gestart op"),
        "Stopzetting": group(
            {
                ".": code("company_stop", "Stopzetting"),
                "Datum": date("company_stopped_on", "Onderneming stopgezet op"),
            }
        ),
    }
)

_FUNCTIONS = group({"Functies/Functie[]": FUNCTION})
_COMPANY = group({"Onderneming": COMPANY})


def functies(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefFuncties."""
    facts: list[Fact] = []
    _FUNCTIONS(content, "", facts)
    return facts


def onderneming(content: Element) -> list[Fact]:
    """Read the Inhoud of GeefOnderneming: what helps to understand a function in that company."""
    facts: list[Fact] = []
    _COMPANY(content, "", facts)
    return facts
