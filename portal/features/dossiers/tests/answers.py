"""Answers of GeefDossiers for tests: changes of dossiers, each as a body sends it."""

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


# What a change says where a test does not set it; None leaves an element out. words: of the action; own: more
# elements of `Status`; more: elements at the end.
DEFAULTS: Mapping[str, Any] = {
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


def change(number: str | None = "D-1", source: str | None = "STL", **values: Any) -> str:
    """Write one DossierMutatie. values: what differs from DEFAULTS."""
    content = SimpleNamespace(**{**DEFAULTS, **values})
    words = leaf("ActieNodig", content.action) + leaf("Omschrijving", content.words)
    details = "".join(leaf("Detail", each) for each in content.details)
    state = "".join(
        (
            leaf("Code", content.status),
            leaf("Fase", content.phase),
            f"<Details>{details}</Details>" if details else "",
            leaf("DatumModificatie", content.on),
            "" if content.action is None else f"<Actie>{words}</Actie>",
            leaf("StreefDatum", content.due),
            content.own,
        )
    )
    return "".join(
        (
            "<DossierMutatie><Identificatie>",
            leaf("Bron", source),
            leaf("Dossiernummer", number),
            "</Identificatie>",
            leaf("Naam", content.name),
            leaf("DatumModificatie", content.modified),
            leaf("StreefDatum", content.target),
            f"<Status>{state}</Status>" if state else "",
            leaf("Type", content.kind),
            "<Producten><Product>685</Product></Producten>",
            "<Beheerder><Contact><Dienst><Omschrijving>Afdeling Toelagen</Omschrijving></Dienst>",
            "<Telefoon>1700</Telefoon></Contact><Adres><Straat><Naam>Koning Albert II-laan</Naam></Straat>",
            "<Huisnummer>15</Huisnummer><Gemeente><Postcode>1210</Postcode><Naam>Brussel</Naam></Gemeente></Adres>",
            "</Beheerder>",
            leaf("Doorverwijzing", content.link),
            f"<Subjecten>{''.join(content.subjects)}</Subjecten>",
            "<Eigenschappen><Vertrouwelijk>0</Vertrouwelijk><Publiek>0</Publiek>",
            f"<IsNietRaadpleegbaar>{content.closed}</IsNietRaadpleegbaar></Eigenschappen>",
            f"<Periode><Begin><Datum>{content.begin}</Datum></Begin></Periode>{content.more}</DossierMutatie>",
        )
    )


def exception(code: str, origin: str = "MAGDA", behind: str = "") -> str:
    annotation = f"<Annotaties><Annotatie><Naam>Bron</Naam><Waarde>{behind}</Waarde></Annotatie></Annotaties>"
    elements = (
        f"<Identificatie>{code}</Identificatie><Oorsprong>{origin}</Oorsprong><Type>FOUT</Type><Diagnose>x</Diagnose>"
    )
    return f"<Uitzonderingen><Uitzondering>{elements}{annotation if behind else ''}</Uitzondering></Uitzonderingen>"


def answer(*changes: str, beside: str = "") -> bytes:
    """Write an answer with changes, each in a Dossier of its own. beside: elements next to the Inhoud."""
    elements = "".join(f"<Dossier><DossierMutaties>{each}</DossierMutaties></Dossier>" for each in changes)
    content = f"<Inhoud><Dossiers>{elements}</Dossiers></Inhoud>" if changes else ""
    return (
        f'<web:GeefDossiersResponse xmlns:web="{NAMESPACE}"><Repliek><Context><Naam>GeefDossiers</Naam>'
        f"<Versie>02.00.0000</Versie></Context><Antwoorden><Antwoord><Referte>r</Referte>{content}{beside}"
        "</Antwoord></Antwoorden></Repliek></web:GeefDossiersResponse>"
    ).encode()


def outcome_of(data: bytes, about: str = NUMBER) -> DossierOutcome:
    return outcome_in(AnswerText(data, None, THEN), about)


def outcome_in(text: AnswerText | Down, about: str) -> DossierOutcome:
    inquiry = inquiries.inquiry_about(about)
    assert inquiry
    assert inquiry.bound
    return text if isinstance(text, Down) else inquiry.bound(TRANSPORTS[inquiry.transport].read(text, inquiry, about))


def dossiers_in(outcome: DossierOutcome) -> Dossiers:
    assert isinstance(outcome, Ready | Partial)
    return outcome.value


def read(*changes: str, about: str = NUMBER) -> Sequence[Dossier]:
    """Read an answer with changes, which must be read whole."""
    outcome = outcome_of(answer(*changes), about)
    assert isinstance(outcome, Ready), outcome
    return outcome.value.found
