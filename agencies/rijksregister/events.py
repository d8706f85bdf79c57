"""Readers of the events of a life: marriage, legal cohabitation, death, last wishes."""

from portal.platform.sources.reading.table import Reader, code, combination, date, event_date, group, text

from . import known_codes
from .persons import period, person, place, town_in_words

DEATH = group(
    {
        "Datum": event_date("death_date", "Datum van overlijden"),
        "Plaats": place("death_place", "Plaats van overlijden"),
        "Aktenummer": text("death_act_number", "Nummer van de overlijdensakte", "code"),
        "AanvullendRegister": text("death_additional_register", "Overlijdensakte: aanvullend register", "code"),
        "DabsDocumentReferte": text("death_document", "Overlijdensakte: referentie", "code"),
        "Beslissing/Type": code("death_decision", "Overlijden: beslissing"),
        "Beslissing/OverschrijvingRegister/Datum": date("death_decision_date", "Overlijden: overgeschreven op"),
        "Beslissing/OverschrijvingRegister/Plaats": place("death_decision_place", "Overlijden: overgeschreven in"),
        "Beslissing/Referentienummer": text("death_decision_number", "Overlijden: nummer van de beslissing", "code"),
        **period("death", "Overlijden vermeld"),
    }
)


def ruling(key: str, about: str) -> Reader:
    """Read a court's ruling."""
    return group(
        {
            "Datum": date(f"{key}_ruling_date", f"{about}: uitspraak op"),
            "Plaats": place(f"{key}_ruling_place", f"{about}: uitspraak in"),
            "Rechtbank": code(f"{key}_court", f"{about}: rechtbank"),
            "PlaatsRechtbank": place(f"{key}_court_place", f"{about}: rechtbank van"),
            "Hof": code(f"{key}_court_of_appeal", f"{about}: hof"),
            "OverschrijvingRegister/Datum": date(f"{key}_transcribed_on", f"{about}: overgeschreven op"),
            "OverschrijvingRegister/Plaats": place(f"{key}_transcribed_in", f"{about}: overgeschreven in"),
        }
    )


CIVIL_STATUSES = group(
    {
        ".": code("civil_status", "Burgerlijke staat", known_codes.CIVIL_STATUS),
        "Partner": group(person("partner", "de partner")),
        "Plaats": place("civil_status_place", "Burgerlijke staat: plaats van de akte"),
        "Aktenummer": text("civil_status_act_number", "Burgerlijke staat: nummer van de akte", "code"),
        "AanvullendRegister": text("civil_status_register", "Burgerlijke staat: aanvullend register", "code"),
        "DabsDocumentReferte": text("civil_status_document", "Burgerlijke staat: referentie van de akte", "code"),
        "Uitspraak": ruling("civil_status", "Burgerlijke staat"),
        **period("civil_status", "Burgerlijke staat"),
    }
)

LEGAL_COHABITATION = group(
    {
        "Datum": date("legal_cohabitation_date", "Wettelijke samenwoning: datum"),
        "Partner": group(person("cohabitant", "de wettelijk samenwonende partner")),
        "Plaats": place("legal_cohabitation_place", "Wettelijke samenwoning: plaats"),
        "Notariaat/Naam": text("legal_cohabitation_notary", "Wettelijke samenwoning: notaris"),
        "Notariaat/Plaats": place("legal_cohabitation_notary_place", "Wettelijke samenwoning: notaris in"),
        "Beeindiging": group(
            {
                "Reden": code("legal_cohabitation_end_reason", "Einde van de wettelijke samenwoning: reden"),
                "Plaats": place("legal_cohabitation_end_place", "Einde van de wettelijke samenwoning: plaats"),
                "Kennisgeving/Datum": date("legal_cohabitation_end_notice", "Einde: kennisgeving op"),
                "Kennisgeving/Plaats": place("legal_cohabitation_end_notice_place", "Einde: kennisgeving in"),
                "Partner": group(person("former_cohabitant", "de vroegere wettelijk samenwonende partner")),
                "Uitspraak": ruling("legal_cohabitation_end", "Einde van de wettelijke samenwoning"),
            }
        ),
        **period("legal_cohabitation", "Wettelijke samenwoning"),
    }
)

_REPRESENTATIVE = group(person("burial_representative", "de wettelijke vertegenwoordiger"))

BURIAL: dict[str, Reader] = {
    "Afwezigheid": group(
        {
            "Beslissing": group(
                {
                    ".": code("absence", "Afwezigheid"),
                    "INSZ": group(
                        {**person("absence_person", "de betrokkene"), **period("absence_person", "Beslissing")}
                    ),
                }
            ),
            "Tekst": text("absence_text", "Afwezigheid (tekst)"),
            **period("absence", "Afwezigheid"),
        }
    ),
    "Begraving": group(
        {
            "WijzeVanLijkbezorging": code("burial_wish", "Gewenste lijkbezorging"),
            "WettelijkeVertegenwoordiger": _REPRESENTATIVE,
            **period("burial_wish", "Gewenste lijkbezorging"),
        }
    ),
    "LijkbezorgingEnRitueel": group(
        {
            "WijzeVanLijkbezorging": code("funeral_wish", "Laatste wens: lijkbezorging"),
            "Ritueel": code("funeral_rite", "Laatste wens: ritueel"),
            "PlaatsRegistratie": combination(
                "funeral_registered_in", "Laatste wens: geregistreerd in", town_in_words
            ),
            "DatumDocument": date("funeral_document_date", "Laatste wens: datum van het document"),
            "WettelijkeVertegenwoordiger": _REPRESENTATIVE,
            "Contract": group(
                {
                    "Situatie": code("funeral_contract", "Laatste wens: uitvaartcontract"),
                    "Nummer": text("funeral_contract_number", "Uitvaartcontract: nummer", "code"),
                    "CBENummer": text("funeral_contract_company", "Uitvaartcontract: ondernemingsnummer", "code"),
                    "@DatumBegin": date("funeral_contract_since", "Uitvaartcontract sinds"),
                }
            ),
            "Begraafplaats": place("cemetery", "Laatste wens: begraafplaats"),
            **period("funeral_wish", "Laatste wens"),
        }
    ),
}
