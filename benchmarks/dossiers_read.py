"""Read answers about fifty and about a thousand dossiers, and print how long each dossier took, as JSON.

python -m benchmarks.dossiers_read       (`dossiers_growth` runs it)
"""

import json
import os
import sys
import time
from datetime import UTC, datetime
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
django.setup()

from portal.platform.feature import installed
from portal.platform.sources.reading.outcomes import Ready
from portal.platform.sources.transports.magda_answer import read_answer

PERSON = "84651421235"
FEW, MANY = 50, 1000
PAIRS = 7
READ_FEW = 20  # answers about FEW dossiers in a sample: together as many dossiers as one answer about MANY
# As `manage.py parse dossiers` finds it.
_parsing = import_module(next(feature.parsing for feature in installed.features() if feature.id == "dossiers"))
STATES = (("Samenstelling", "Ingediend"), ("Behandeling", "InBehandeling"), ("Beslissing", "Goedgekeurd"))
NAMESPACE = "http://webservice.geefdossiersdienst-02_00.dossier-02_00.vip.vlaanderen.be"


def answer(dossiers: int) -> bytes:
    """Make an answer about so many dossiers, each with three changes."""
    elements = "".join(
        "<Dossier><DossierMutaties>"
        + "".join(_change(number, at, *state) for at, state in enumerate(STATES))
        + "</DossierMutaties></Dossier>"
        for number in range(dossiers)
    )
    return (
        f'<web:GeefDossiersResponse xmlns:web="{NAMESPACE}"><Repliek><Context><Naam>GeefDossiers</Naam></Context>'
        f"<Antwoorden><Antwoord><Referte>r</Referte><Inhoud><Dossiers>{elements}</Dossiers></Inhoud></Antwoord>"
        "</Antwoorden></Repliek></web:GeefDossiersResponse>"
    ).encode()


def _change(number: int, at: int, phase: str, status: str) -> str:
    day = f"2026-{at + 1:02}-{number % 28 + 1:02}"
    return (
        f"<DossierMutatie><Identificatie><Bron>STL</Bron><Dossiernummer>D-{number}</Dossiernummer></Identificatie>"
        f"<Naam>Studietoelage {number}</Naam><DatumModificatie>{day}T09:00:00</DatumModificatie><Status>"
        f"<Code>{status}</Code><Fase>{phase}</Fase><Details><Detail>Wij behandelen uw dossier</Detail></Details>"
        f"<DatumModificatie>{day}T09:00:00</DatumModificatie></Status><Type>DossierStatus</Type><Producten>"
        "<Product>685</Product></Producten><Beheerder><Contact><Dienst><Omschrijving>Afdeling Toelagen</Omschrijving>"
        "</Dienst><Telefoon>1700</Telefoon></Contact></Beheerder><Doorverwijzing>https://toelagen.example</Doorverwijzing>"
        f"<Subjecten><Subject><Rol>Raadpleger</Rol><Type>PERS</Type><Sleutel>{PERSON}</Sleutel></Subject></Subjecten>"
        f"<Periode><Begin><Datum>{day}</Datum></Begin></Periode></DossierMutatie>"
    )


def each_us(data: bytes, dossiers: int, times: int) -> float:
    """Read an answer so many times; return the microseconds of processor that each dossier took."""
    inquiry = _parsing.inquiry_about(PERSON)
    if inquiry is None:
        raise RuntimeError("no body answers for dossiers")
    started = time.process_time()
    for _ in range(times):
        outcome = read_answer(data, inquiry, asked_at=datetime.now(UTC), referte=None, insz=PERSON)
        if not isinstance(outcome, Ready) or len(outcome.value.found) != dossiers:
            raise RuntimeError("the answer was not read whole")
    return (time.process_time() - started) / times / dossiers * 1e6


def main() -> None:
    """Take alternating pairs and print them as JSON."""
    few, many = answer(FEW), answer(MANY)
    each_us(few, FEW, READ_FEW)
    each_us(many, MANY, 1)
    pairs = [(each_us(few, FEW, READ_FEW), each_us(many, MANY, 1)) for _ in range(PAIRS)]
    json.dump({"few_us": [of_few for of_few, _ in pairs], "many_us": [of_many for _, of_many in pairs]}, sys.stdout)


if __name__ == "__main__":
    main()
