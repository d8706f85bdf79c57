"""What is no report, or not as the contract says: refused whole, by its place, and nothing of it is kept."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from django.test import override_settings

from .reports import Machine, agent, report, token_of

pytestmark = pytest.mark.security

LIES = "84651421235"
TABLES = ("dossiers_reported", "dossiers_upload", "dossiers_duration")


@pytest.fixture(autouse=True)
def nothing_reported(past_walls: psycopg.Connection) -> Iterator[None]:
    for table in TABLES:
        past_walls.execute(f"delete from {table}")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


@pytest_asyncio.fixture
async def body() -> Machine:
    return Machine(await token_of())


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"Identificatie": None}, "Identificatie"),
        ({"Identificatie__DossierNummer": None}, "Identificatie.DossierNummer"),
        ({"Identificatie__DossierNummer": "A\u0000B"}, "Identificatie.DossierNummer"),
        ({"Identificatie__DossierNummer": " A"}, "Identificatie.DossierNummer"),
        ({"Identificatie__Bron": "http://nobody.example/"}, "Identificatie.Bron"),
        ({"UploadId": None}, "UploadId"),
        ({"UploadId": ""}, "UploadId"),
        ({"UploadId": "x" * 301}, "UploadId"),
        ({"Naam": 5}, "Naam"),
        ({"WijzigingsDatum": None}, "WijzigingsDatum"),
        ({"WijzigingsDatum": "2026-03-03"}, "WijzigingsDatum"),
        ({"WijzigingsDatum": "gisteren om drie"}, "WijzigingsDatum"),
        ({"WijzigingsDatum": "2026-13-03T10:00:00"}, "WijzigingsDatum"),
        ({"WijzigingsDatum": "9999-12-31T23:59:59"}, "WijzigingsDatum"),
        ({"WijzigingsDatum": "2026-W10-1T10:00:00"}, "WijzigingsDatum"),
        ({"WijzigingsDatum": "0001-01-01T00:00:00+14:00"}, "WijzigingsDatum"),
        ({"Status__VlaamsFase": "Klaar"}, "Status.VlaamsFase"),
        ({"Status__VlaamsCode": None}, "Status.VlaamsCode"),
        ({"TypeDossierCode": "Verwijzing"}, "TypeDossierCode"),
        ({"Producten": []}, "Producten"),
        ({"Producten": [{"Id": "685"}, {"Id": "697"}]}, "Producten"),
        ({"Producten": [{"Id": "685; drop"}]}, "Producten[0].Id"),
        ({"Agenten": []}, "Agenten"),
        ({"Agenten": [agent(LIES), agent("84651421236")]}, "Agenten[1].Identificatie"),
        ({"Agenten": [{"Identificatie": LIES}]}, "Agenten[0].Toegangsrechten"),
        ({"Agenten": [agent(LIES)] * 101}, "Agenten"),
        ({"Doorverwijzing": "x" * 4001}, "Doorverwijzing"),
    ],
)
async def test_what_is_not_as_the_contract_says_is_refused_by_its_place(
    body: Machine, past_walls, changed: dict[str, Any], field: str
):
    answer = await body.sends(report(**changed))
    said = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert set(said) == {"code", "message", "description", "errors"}
    assert [error["field"] for error in said["errors"]] == [field]
    assert "CANARY" not in answer.content.decode()
    assert [past_walls.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES] == [0, 0, 0]


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"Naam": "\xed\xa0\x80"}', b"null"),
        # Which of the two is meant cannot be told.
        json.dumps(report()).replace('"UploadId":', '"UploadId": "U", "UploadId":').encode(),
    ],
)
async def test_what_is_no_report_at_all_is_refused(body: Machine, content: bytes):
    assert (await body.sends(content)).status_code == 400


async def test_report_of_ten_megabytes_is_refused(body: Machine, past_walls):
    answer = await body.sends(report(Naam="x" * 10_000_000))
    assert answer.status_code in (400, 413)
    assert past_walls.execute("select count(*) from dossiers_upload").fetchone() == (0,)
