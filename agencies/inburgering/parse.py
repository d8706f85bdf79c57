"""Read the answers about civic integration and Dutch lessons; their format is our own invention, see `__init__`.

The tables are explained in `json_table` and `table`. Nothing here raises: a member of another form than its table
says becomes no fact, and a code that TARGET_GROUPS or STATUSES lacks is shown as "code ...".
"""

from typing import Any

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.json_table import members
from portal.platform.sources.reading.table import date, end_date, meaning, text, yes_or_no

TARGET_GROUPS = {"verplicht": "Verplicht traject", "vrijwillig": "Vrijwillig traject"}
STATUSES = {
    "aangemeld": "Aangemeld",
    "lopend": "Bezig",
    "geslaagd": "Geslaagd",
    "niet_geslaagd": "Niet geslaagd",
    "vrijgesteld": "Vrijgesteld",
    "stopgezet": "Stopgezet",
    "afgerond": "Afgerond",
}

PATH = members(
    {
        "doelgroep": meaning("target_group", "Soort traject", TARGET_GROUPS),
        "status": meaning("status", "Stand van zaken", STATUSES),
        "startdatum": date("started_on", "Begonnen op"),
        "einddatum": end_date("ended_on", "Geëindigd op"),
        "onthaalbureau": text("office", "Onthaalbureau"),
        "onderdelen[]": members(
            {
                "naam": text("part", "Onderdeel"),
                "status": meaning("part_status", "Stand van zaken van het onderdeel", STATUSES),
                "behaaldOp": date("part_achieved_on", "Onderdeel behaald op"),
            }
        ),
        "attest": members(
            {
                "nummer": text("certificate_number", "Nummer van het attest van inburgering", "code"),
                "uitgereiktOp": date("certificate_issued_on", "Attest uitgereikt op"),
            }
        ),
        "dossiernummer": text("file_number", "Dossiernummer", "code"),
    }
)

LESSON = members(
    {
        "naam": text("course", "Les of test"),
        "niveau": text("level", "Niveau"),
        "status": meaning("status", "Stand van zaken", STATUSES),
        "startdatum": date("started_on", "Begonnen op"),
        "einddatum": end_date("ended_on", "Geëindigd op"),
        "centrum": text("centre", "Centrum"),
        "behaald": yes_or_no("passed", "Niveau behaald"),
        "behaaldOp": date("passed_on", "Niveau behaald op"),
    }
)

_PATHS = members({"trajecten[]": PATH})
_LESSONS = members({"lessen[]": LESSON})


def trajecten(content: Any) -> list[Fact]:
    """Read an answer of the service for civic integration paths: the whole object, with the list `trajecten`."""
    facts: list[Fact] = []
    _PATHS(content, "", facts)
    return facts


def lessen(content: Any) -> list[Fact]:
    """Read an answer of the service for Dutch lessons: the whole object, with the list `lessen`."""
    facts: list[Fact] = []
    _LESSONS(content, "", facts)
    return facts
