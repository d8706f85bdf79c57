"""Answers of GeefDossiers, made for a test: changes of dossiers, each as a body would send it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape

from portal.features.dossiers import inquiries
from portal.features.dossiers.inquiries import DossierOutcome
from portal.features.dossiers.types import Dossier, Dossiers
from portal.platform.sources.fetch import TRANSPORTS
from portal.platform.sources.reading.outcomes import Down, Partial, Ready
from portal.platform.sources.transports.answer import AnswerText

NUMBER = "84651421235"
ANOTHER = "82710312762"
THEN = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
NAMESPACE = "http://webservice.geefdossiersdienst-02_00.dossier-02_00.vip.vlaanderen.be"


def subject(number: str = NUMBER, role: str = "Raadpleger", kind: str = "PERS") -> str:
    return f"<Subject><Rol>{role}</Rol><Type>{kind}</Type><Sleutel>{number}</Sleutel></Subject>"


def leaf(name: str, value: Any) -> str:
    return "" if value is None else f"<{name}>{escape(str(value))}</{name}>"


# What a change says unless a test says otherwise; None leaves an element out. words: of the action; own: what stands
# in `Status` beside the rest; more: at the end.
SAID: Mapping[str, Any] = {
    "name": "Studietoelage",
    "kind": "DossierStatus",
    "phase": "Behandeling",
    "status": "InBehandeling",
    "details": (),
    "on": "2026-02-01T09:00:00",
    "modified": None,
    "begin": "2026-02-01",
    "action": None,
    "words": None,
    "due": None,
    "target": None,
    "link": None,
    "subjects": (subject(),),
    "closed": "0",
    "own": "",
    "more": "",
}


def change(number: str | None = "D-1", source: str | None = "STL", **said: Any) -> str:
    """Make one DossierMutatie. said: what is other than in SAID."""
    one = SimpleNamespace(**{**SAID, **said})
    words = leaf("ActieNodig", one.action) + leaf("Omschrijving", one.words)
    details = "".join(leaf("Detail", each) for each in one.details)
    state = "".join(
        (
            leaf("Code", one.status),
            leaf("Fase", one.phase),
            f"<Details>{details}</Details>" if details else "",
            leaf("DatumModificatie", one.on),
            "" if one.action is None else f"<Actie>{words}</Actie>",
            leaf("StreefDatum", one.due),
            one.own,
        )
    )
    return "".join(
        (
            "<DossierMutatie><Identificatie>",
            leaf("Bron", source),
            leaf("Dossiernummer", number),
            "</Identificatie>",
            leaf("Naam", one.name),
            leaf("DatumModificatie", one.modified),
            leaf("StreefDatum", one.target),
            f"<Status>{state}</Status>" if state else "",
            leaf("Type", one.kind),
            "<Producten><Product>685</Product></Producten>",
            "<Beheerder><Contact><Dienst><Omschrijving>Afdeling Toelagen</Omschrijving></Dienst>",
            "<Telefoon>1700</Telefoon></Contact><Adres><Straat><Naam>Koning Albert II-laan</Naam></Straat>",
            "<Huisnummer>15</Huisnummer><Gemeente><Postcode>1210</Postcode><Naam>Brussel</Naam></Gemeente></Adres>",
            "</Beheerder>",
            leaf("Doorverwijzing", one.link),
            f"<Subjecten>{''.join(one.subjects)}</Subjecten>",
            "<Eigenschappen><Vertrouwelijk>0</Vertrouwelijk><Publiek>0</Publiek>",
            f"<IsNietRaadpleegbaar>{one.closed}</IsNietRaadpleegbaar></Eigenschappen>",
            f"<Periode><Begin><Datum>{one.begin}</Datum></Begin></Periode>{one.more}</DossierMutatie>",
        )
    )


def exception(code: str, origin: str = "MAGDA", behind: str = "") -> str:
    annotation = f"<Annotaties><Annotatie><Naam>Bron</Naam><Waarde>{behind}</Waarde></Annotatie></Annotaties>"
    said = (
        f"<Identificatie>{code}</Identificatie><Oorsprong>{origin}</Oorsprong><Type>FOUT</Type><Diagnose>x</Diagnose>"
    )
    return f"<Uitzonderingen><Uitzondering>{said}{annotation if behind else ''}</Uitzondering></Uitzonderingen>"


def answer(*changes: str, beside: str = "") -> bytes:
    """Put changes in an answer, each in a Dossier of its own; beside: what stands next to the Inhoud."""
    listed = "".join(f"<Dossier><DossierMutaties>{each}</DossierMutaties></Dossier>" for each in changes)
    content = f"<Inhoud><Dossiers>{listed}</Dossiers></Inhoud>" if changes else ""
    return (
        f'<web:GeefDossiersResponse xmlns:web="{NAMESPACE}"><Repliek><Context><Naam>GeefDossiers</Naam>'
        f"<Versie>02.00.0000</Versie></Context><Antwoorden><Antwoord><Referte>r</Referte>{content}{beside}"
        "</Antwoord></Antwoorden></Repliek></web:GeefDossiersResponse>"
    ).encode()


def outcome_of(data: bytes, about: str = NUMBER) -> DossierOutcome:
    return outcome_in(AnswerText(data, None, THEN), about)


def outcome_in(given: AnswerText | Down, about: str) -> DossierOutcome:
    inquiry = inquiries.inquiry_about(about)
    assert inquiry
    assert inquiry.bound
    return (
        given if isinstance(given, Down) else inquiry.bound(TRANSPORTS[inquiry.transport].read(given, inquiry, about))
    )


def dossiers_in(outcome: DossierOutcome) -> Dossiers:
    assert isinstance(outcome, Ready | Partial)
    return outcome.value


def read(*changes: str, about: str = NUMBER) -> Sequence[Dossier]:
    """Read changes of which nothing may be missing."""
    outcome = outcome_of(answer(*changes), about)
    assert isinstance(outcome, Ready), outcome
    return outcome.value.found
