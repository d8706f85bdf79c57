"""Readers of a person's documents and legal status: identity documents, work cards, residence, guardians, aliases."""

from portal.platform.sources.reading.table import Reader, code, date, end_date, group, number, text

from .persons import coded_since, lines, name, period, person, place


def card(key: str, label: str) -> Reader:
    """Read a work card or a professional card."""
    return group(
        {
            "Nummer": text(f"{key}_number", f"{label}: nummer", "code"),
            "Vervalgegevens/Vervaldatum": end_date(f"{key}_expires", f"{label} vervalt op"),
            "Vervalgegevens/Tekst": text(f"{key}_expiry_text", f"{label}: verval"),
            **period(key, label),
        }
    )


def legal_status(key: str, label: str) -> dict[str, Reader]:
    """Read a legal status and its grounds."""
    return {
        "JuridischStatuut": code(key, label),
        "Rechtvaardiging": code(f"{key}_grounds", f"{label}: rechtvaardiging"),
        "Tekst": text(f"{key}_text", f"{label} (tekst)"),
        **period(key, label),
    }


PAPERS: dict[str, Reader] = {
    "Identiteitsbewijzen/Identiteitsbewijs[]": group(
        {
            "Type": code("identity_document", "Identiteitsbewijs"),
            "Nummer": text("identity_document_number", "Identiteitsbewijs: nummer", "code"),
            "Vervalgegevens/Vervaldatum": end_date("identity_document_expires", "Identiteitsbewijs vervalt op"),
            "Vervalgegevens/Tekst": text("identity_document_expiry_text", "Identiteitsbewijs: verval"),
            "Plaats": place("identity_document_place", "Identiteitsbewijs: uitgereikt in"),
            "Duplicaat": text("identity_document_duplicate", "Identiteitsbewijs: duplicaat", "number"),
            "Verlenging": text("identity_document_extension", "Identiteitsbewijs: verlenging", "number"),
            "Duurtijd": code("identity_document_term", "Identiteitsbewijs: duurtijd"),
            **period("identity_document", "Identiteitsbewijs"),
        }
    ),
    "Beroepskaarten/Beroepskaart[]": card("professional_card", "Beroepskaart"),
    "Arbeidskaarten/Arbeidskaart[]": card("work_card", "Arbeidskaart"),
    "EIDCertificaten": group(
        {
            "Identiteitskaart": text("eid_card", "Identiteitskaart (eID)", "code"),
            "Certificaten/Certificaat[]": group(
                {
                    "Nummer": text("eid_certificate", "Certificaat van de eID: nummer", "code"),
                    "Aanwezigheid": code("eid_certificate_present", "Certificaat van de eID"),
                }
            ),
            **period("eid", "Certificaten van de eID"),
        }
    ),
    "NummersDienstVreemdelingenzaken/NummerDienstVreemdelingenzaken[]": group(
        {
            "NummerDienstVreemdelingenzaken": text("immigration_number", "Nummer bij Vreemdelingenzaken", "code"),
            **period("immigration_number", "Nummer bij Vreemdelingenzaken"),
        }
    ),
    "VoorlopigInschrijvingsnummer": group(
        {
            "VoorlopigInschrijvingsnummer": text("provisional_number", "Voorlopig inschrijvingsnummer", "code"),
            **period("provisional_number", "Voorlopig inschrijvingsnummer"),
        }
    ),
    "Identiteitsdocument": group(
        {"Type": code("identity_paper", "Identiteitsdocument"), **period("identity_paper", "Identiteitsdocument")}
    ),
    "Aliassen/Alias[]": group(
        {
            "Type": code("alias_type", "Alias: soort"),
            "Geboortedatum": date("alias_birth_date", "Alias: geboortedatum"),
            "Nationaliteit": code("alias_nationality", "Alias: nationaliteit"),
            "Naam": name("alias", "Alias"),
            "Geboorteplaats": text("alias_birth_place", "Alias: geboorteplaats"),
            **period("alias", "Alias"),
        }
    ),
    "Contactgegevens": group(
        {
            "Email": text("email", "E-mailadres"),
            "GSM": text("mobile_number", "Gsm-nummer"),
            "Telefoon": text("telephone_number", "Telefoonnummer"),
            "Fax": text("fax_number", "Faxnummer"),
            **period("contact_details", "Contactgegevens"),
        }
    ),
    "GeannuleerdDossier": group(
        {**person("cancelled_file", "het geannuleerde dossier"), **period("cancelled_file", "Geannuleerd dossier")}
    ),
}

STANDING: dict[str, Reader] = {
    "BepalingenHoofdverblijfplaats/BepalingHoofdverblijfplaats[]": group(
        {
            "Periode/Begindatum": date("residence_inquiry_from", "Onderzoek naar de hoofdverblijfplaats van"),
            "Periode/Einddatum": end_date("residence_inquiry_to", "Onderzoek naar de hoofdverblijfplaats tot en met"),
            "ResultaatOnderzoek": code("residence_inquiry", "Onderzoek naar de hoofdverblijfplaats"),
            "Teksten": lines("residence_inquiry_text", "Onderzoek naar de hoofdverblijfplaats (tekst)"),
            **period("residence_inquiry", "Onderzoek naar de hoofdverblijfplaats"),
        }
    ),
    "Bewindvoerders/Bewindvoerder[]": group(
        {
            **legal_status("guardianship", "Bewindvoering"),
            "Identiteit/INSZ": number("guardian_insz", "Rijksregisternummer van de bewindvoerder"),
            "Identiteit/Tekst": text("guardian", "Bewindvoerder"),
        }
    ),
    "JuridischeStatuten/JuridischStatuut[]": group(legal_status("legal_status", "Juridisch statuut")),
    "WettigeVerblijven/WettigVerblijf[]": group(
        {
            "Redenen/Reden[]": code("residence_right", "Wettig verblijf: reden"),
            "Gezinshereniger": group(person("family_reunifier", "de gezinshereniger")),
            "Teksten": lines("residence_right_text", "Wettig verblijf (tekst)"),
            **period("residence_right", "Wettig verblijf"),
        }
    ),
    "GedeeldeVerblijven/GedeeldVerblijf[]": group(
        {
            "Rol": code("shared_residence", "Gedeeld verblijf: rol"),
            **person("shared_residence_person", "de persoon met wie het verblijf gedeeld wordt"),
            **period("shared_residence", "Gedeeld verblijf"),
        }
    ),
    "TypeVluchteling": coded_since("refugee_type", "Soort vluchteling"),
    "AdministratieveToestanden/AdministratieveToestand[]": group(
        {
            "Toestand": code("administrative_situation", "Administratieve toestand"),
            "Inrichting": code("administrative_situation_body", "Administratieve toestand: dienst"),
            "Informatie": group(
                {
                    "Algemeen": code("administrative_situation_general", "Administratieve toestand: algemeen"),
                    "Referentienummer": text(
                        "administrative_situation_number", "Administratieve toestand: referentienummer", "code"
                    ),
                    "Inrichting": code("administrative_situation_office", "Administratieve toestand: inrichting"),
                    "Status": code("administrative_situation_status", "Administratieve toestand: status"),
                    "Toestand": code("administrative_situation_detail", "Administratieve toestand: bijzonderheid"),
                    "Termijn": text("administrative_situation_term", "Administratieve toestand: termijn"),
                    "Datum": date("administrative_situation_date", "Administratieve toestand: datum"),
                    "Tekst": text("administrative_situation_text", "Administratieve toestand (tekst)"),
                }
            ),
            **period("administrative_situation", "Administratieve toestand"),
        }
    ),
    "GekozenWoonplaats": group(
        {
            "Residentie": code("elected_domicile", "Gekozen woonplaats"),
            "Tekst": text("elected_domicile_text", "Gekozen woonplaats (tekst)"),
            **period("elected_domicile", "Gekozen woonplaats"),
        }
    ),
    "PlaatsenInschrijving/PlaatsInschrijving[]": group(
        {
            "OCMW/Plaats": place("welfare_centre", "Plaats van inschrijving: OCMW van"),
            "OCMW/Opvanginitiatief": code("reception_initiative", "Plaats van inschrijving: opvanginitiatief"),
            "Opvangcentrum": code("reception_centre", "Plaats van inschrijving: opvangcentrum"),
            **period("place_of_registration", "Plaats van inschrijving"),
        }
    ),
    "BewindvoerdersNietBegeleideMinderjarigeVreemdeling/BewindvoerderNietBegeleideMinderjarigeVreemdeling[]": group(
        {
            "GeplandeDatumEinde": end_date("minor_guardianship_planned_end", "Voogdij: gepland einde"),
            "JuridischStatuut": code("minor_guardianship", "Voogdij over niet-begeleide minderjarige"),
            "INSZ": number("minor_guardian_insz", "Rijksregisternummer van de voogd"),
            **period("minor_guardianship", "Voogdij"),
        }
    ),
}
