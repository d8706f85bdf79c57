"""An invented body with one dataset, and the answers it could give."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from portal.platform.journal import types
from portal.platform.journal.types import Journalled, Purpose
from portal.platform.sources import datasets, fetch
from portal.platform.sources.catalogue import Agency, DatasetEntry
from portal.platform.sources.fetch import PageRequest
from portal.platform.sources.manifest import Dataset, ExceptionMeaning, Magda, Manifest
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Outcome
from portal.platform.sources.reading.table import date, group, text
from portal.platform.sources.reading.xml import Element

NUMBER = "84651421235"
ANOTHER = "82710312762"
REFERTE = "8a5c1a52-6d0e-4a3e-8f57-0c9d8e7f6a5b"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"

_TABLE = group({"Vangsten/Vangst[]": group({"Vis": text("fish", "Vis"), "Datum": date("caught_on", "Gevangen op")})})


LOOK = Purpose("look at own data", "U bekijkt uw eigen gegevens.")


def receipt(*entries: DatasetEntry) -> Journalled:
    """Make what the journal gives for these datasets; tests here ask nobody's data."""
    activities = [entry.activity(LOOK) for entry in entries]
    at = datetime(2026, 3, 3, tzinfo=UTC)
    return Journalled(types.begin("test", activities, types.Occasion(UUID(int=0), at, str(uuid4()))))


async def outcome_of(entry: DatasetEntry, insz: str = NUMBER, correlation_id: str = "c-1", **given: Any) -> Outcome:
    """Ask one dataset about one person, past every page."""
    page = PageRequest(insz, correlation_id, has_turns=False)
    asked = fetch.ask_all([datasets.inquiry_of(entry)], page, given.pop("journalled", receipt(entry)), **given)
    ((_, outcome),) = [one async for several in asked for one in several]
    return outcome


def parse(content: Element) -> list[Fact]:
    """Read what the fishing register holds."""
    if content.get("breekt"):
        raise RuntimeError("a parse function with a bug")
    facts: list[Fact] = []
    _TABLE(content, "", facts)
    return facts


ENTRY = DatasetEntry(
    Agency(
        "town",
        Manifest(
            "Stadsbestuur",
            "https://town.example",
            exceptions=(
                ExceptionMeaning("Hengelregister", "40000", "nothing"),
                ExceptionMeaning("HENGELREGISTER", "777", "busy"),
                ExceptionMeaning("Hengelregister", "888", "ignore"),
            ),
        ),
        Path(__file__).parent,  # its questions are in requests/
    ),
    Dataset(
        id="catches",
        title="Vangsten",
        source="town-catches",
        transport="magda",
        magda=Magda("Natuur", "GeefVangsten", "01.00.0000", "urn:vangsten", "q.xml", "Vangsten/Vangst/INSZ"),
        parse="parse",
        legal_basis="-",
    ),
    parse,
)

CATCH = f"<Vangst><INSZ>{NUMBER}</INSZ><Vis>Snoek</Vis><Datum>2025-06-00</Datum></Vangst>"
CONTENT = f"<Inhoud><Vangsten>{CATCH}</Vangsten></Inhoud>"


def exception(code: str, origin: str = "MAGDA", kind: str = "FOUT") -> str:
    """Write one Uitzondering."""
    return (
        f"<Uitzondering><Identificatie>{code}</Identificatie><Oorsprong>{origin}</Oorsprong><Type>{kind}</Type>"
        "<Tijdstip><Datum>,000-00-00</Datum></Tijdstip><Diagnose>-</Diagnose></Uitzondering>"
    )


def exceptions(*each: str) -> str:
    """Write Uitzonderingen."""
    return f"<Uitzonderingen>{''.join(each)}</Uitzonderingen>"


def answer(inside: str, *, refused: str = "", referte: str = REFERTE, name: str = "GeefVangsten") -> bytes:
    """Write a bare answer: `inside` the Antwoord, `refused` below the Repliek."""
    answers = f"<Antwoorden><Antwoord><Referte>{referte}</Referte>{inside}</Antwoord></Antwoorden>"
    context = (
        f"<Context><Naam>{name}</Naam><Versie>01.00.0000</Versie>"
        f"<Bericht><Ontvanger><Referte>{referte}</Referte></Ontvanger></Bericht></Context>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><v:GeefVangstenResponse xmlns:v="urn:vangsten">'
        f"<Repliek>{context}{answers if inside else ''}{refused}</Repliek></v:GeefVangstenResponse>"
    ).encode()


def in_envelope(inside: bytes) -> bytes:
    """Wrap an answer as SOAP does."""
    bare = inside.removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>').decode()
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>{bare}</s:Body></s:Envelope>'.encode()
