"""The document of all that machines can ask: it is one, it is whole, and it says what the types say."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
import pytest
from django.test import AsyncClient, override_settings
from openapi_spec_validator import OpenAPIV31SpecValidator

from portal.channels.machine import openapi
from portal.features.corrections.operations import StatusPush
from portal.platform.access.types import Audience
from portal.platform.feature.types import MachineAnswer, MachineOperation
from tests.walks import table


@pytest.fixture(autouse=True)
def any_host() -> Iterator[None]:
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(openapi.document_json())


def without_offset(kind: msgspec.inspect.Type, place: str) -> Iterator[str]:
    """List where a moment may come without its offset from UTC."""
    if isinstance(kind, msgspec.inspect.DateTimeType) and kind.tz is not True:
        yield place
    if isinstance(kind, msgspec.inspect.StructType):
        for field in kind.fields:
            yield from without_offset(field.type, f"{place}.{field.encode_name}")
    for inner in (*getattr(kind, "types", ()), *filter(None, (getattr(kind, "item_type", None),))):
        yield from without_offset(inner, place)
    if isinstance(kind, msgspec.inspect.Metadata):
        yield from without_offset(kind.type, place)


def test_document_is_valid(document: dict[str, Any]):
    assert document["openapi"] == "3.1.1"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


async def test_every_address_of_machines_stands_in_it_with_each_method_and_nothing_else(document: dict[str, Any]):
    expected = set()
    # A page for people that takes what programs send stands in it with that method only.
    expected |= {
        (address.bare_path(address.examples[0]), "POST") for address in table.addresses() if address.takes_programs
    }
    expected |= {
        (address.bare_path(address.examples[0]), "GET")
        for address in table.addresses()
        if getattr(address.view, "read_by_programs", False)
    }
    for address in table.of(Audience.MACHINE):
        template = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address.route)
        answer = await AsyncClient().generic("BREW", address.bare_path(address.examples[0]))
        assert answer.status_code == 405, address.name
        expected |= {(template, method) for method in answer["Allow"].split(", ")}
    said = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
    assert said == expected


def test_moments_come_with_their_offset():
    kinds = {
        operation.route: [operation.query, operation.body, *(answer.body for answer in operation.answers.values())]
        for operation in openapi.operations()
    }
    found = [
        place
        for route, types in kinds.items()
        for each in types
        if each is not None
        for place in without_offset(msgspec.inspect.type_info(each), route)
    ]
    assert found == []


def test_moment_without_an_offset_would_be_found():
    class Bare(msgspec.Struct):
        at: datetime | None
        many: list[Annotated[datetime, msgspec.Meta(tz=True)]]
        day: date

    assert list(without_offset(msgspec.inspect.type_info(Bare), "x")) == ["x.at"]


def test_limits_of_a_type_are_those_of_the_document(document: dict[str, Any]):
    said = document["paths"]["/api/verbeteringen/{reference}/status"]["put"]
    (reference,) = said["parameters"]
    assert (reference["name"], reference["in"], reference["required"]) == ("reference", "path", True)
    assert reference["schema"]["type"] == "string"
    assert said["security"] == [{"token": ["corrections:status"]}]
    assert said["requestBody"]["content"] == {
        "application/json": {"schema": {"$ref": "#/components/schemas/StatusPush"}}
    }
    pushed = document["components"]["schemas"]["StatusPush"]
    assert (pushed["additionalProperties"], pushed["properties"]["reden"]["maxLength"]) == (False, 2000)
    assert pushed["properties"]["tijdstip"]["format"] == "date-time"
    assert {"401", "403", "404", "409", "429", "503"} < set(said["responses"])
    assert "Where" not in document["components"]["schemas"]
    assert msgspec.json.decode(
        b'{"volgnummer": 1, "status": "ontvangen", "tijdstip": "2026-03-03T14:00:00Z"}', type=StatusPush
    )


def test_what_is_asked_by_query_stands_with_its_operation():
    class Sought(msgspec.Struct, rename={"number": "dossierNummer"}):
        number: str
        page: Annotated[int, msgspec.Meta(ge=0)] = 0

    asked = MachineOperation(
        route="machine:token",
        method="GET",
        summary="Seek",
        query=Sought,
        answers={200: MachineAnswer("Found.", list[int])},
    )
    (said,) = openapi.document([asked])["paths"]["/machine/token"].values()
    assert [(each["name"], each["in"], each["required"]) for each in said["parameters"]] == [
        ("dossierNummer", "query", True),
        ("page", "query", False),
    ]
    assert said["responses"]["200"]["content"]["application/json"]["schema"]["type"] == "array"


async def test_document_is_given_to_anybody(document: dict[str, Any]):
    answer = await AsyncClient().get("/api/openapi.json")
    assert (answer.status_code, answer["Content-Type"], json.loads(answer.content)) == (
        200,
        "application/json",
        document,
    )


async def test_method_that_is_not_there_is_refused_as_a_problem():
    for path in ("/machine/token", "/api/verbeteringen/x/status"):
        answer = await AsyncClient().get(path)
        assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
        assert answer["Allow"] in ("POST", "PUT")
        assert answer.json()["type"] == "urn:problem-type:burgerprofiel:methodNotAllowed"


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("path", ["/api/v2/notificaties/", "/api/nergens", "/machine/token/x"])
async def test_address_that_leads_nowhere_is_a_problem_for_a_machine(method: str, path: str):
    answer = await getattr(AsyncClient(), method)(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == "urn:problem-type:burgerprofiel:resourceNotFound"


async def test_trouble_of_ours_is_a_problem_for_a_machine(monkeypatch: pytest.MonkeyPatch):
    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("portal.platform.access.machine_clients.holder_of", fails)
    client = AsyncClient(raise_request_exception=False)
    answer = await client.put("/api/verbeteringen/x/status", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "fault" not in answer.content.decode()
