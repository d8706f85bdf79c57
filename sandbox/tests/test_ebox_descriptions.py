"""The eBox against its public API descriptions: valid and invalid questions are answered as these say."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from sandbox.state import Town
from sandbox.tests.box import FULL, Box, send
from tests.beside import SHARED

PUBLISHED = SHARED / "contracts" / "ebox-openapi"
EXAMPLES = 10
PAYMENT = FULL["paymentData"] | {"dueDate": "2027-02-01T00:00:00Z"}
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
# The town has no address for the federation's documentation, nor for changing the list of providers.
LEFT_OUT = ("/api", "PATCH /messageProviders")

pytestmark = pytest.mark.skipif(not PUBLISHED.exists(), reason="the public descriptions are not beside the project")


def operations(name: str) -> dict[str, APIOperation]:
    """List the operations of a description, by method and path."""
    schema = schemathesis.openapi.from_path(PUBLISHED / name)
    every = [each.ok() for each in schema.get_all_operations()]
    by_name = {f"{each.method.upper()} {each.path}": each for each in every}
    return {key: each for key, each in by_name.items() if not any(part in key for part in LEFT_OUT)}


class Client:
    """Ask as the portal does; it blocks, so tests call it in a thread."""

    def __init__(self, town: Town, below: str, headers: dict[str, str]) -> None:
        folder = town.settings.certificates
        self.how: dict[str, Any] = {
            "base_url": f"https://127.0.0.1:{town.settings.tls_port}/ebox/{below}",
            "headers": headers,
            "cert": (str(folder / "client.pem"), str(folder / "client.key")),
            "verify": str(folder / "ca.pem"),
        }

    def ask_anything(self, operation: APIOperation) -> None:
        """Ask valid and invalid questions, which hypothesis chooses, and check the answers."""

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(GenerationMode.POSITIVE) | operation.as_strategy(GenerationMode.NEGATIVE))
        def ask(case: Case) -> None:
            # The description gives bytes as the type of every answer about a file, though refusals are JSON.
            is_file = operation.path.endswith("/content")
            checks = [it for it in CHECKS if not (is_file and it is content_type_conformance)]
            case.call_and_validate(**self.how, checks=checks)

        ask()

    def ask(self, operation: APIOperation, **parts: Any) -> Any:
        """Ask one question, which must succeed."""
        case = operation.Case(**parts)
        answer = case.call_and_validate(**self.how, checks=CHECKS)
        assert answer.status_code in (200, 201), operation.label
        return answer


async def test_registry_answers_whatever_is_asked_as_its_description_says(town: Town, box: Box, http):
    await send(http, FULL | {"provider": "smals", "paymentData": PAYMENT})
    client = Client(town, "smals/v2", box.headers("smals"))
    for key, operation in operations("ebox-rest-2.1.yaml").items():
        if not key.startswith("PATCH"):  # This registry has none.
            await asyncio.to_thread(client.ask_anything, operation)


async def test_registry_that_hides_letters_does_as_the_description_says(town: Town, box: Box, http):
    number = (await send(http, FULL | {"provider": "vlaanderen"}))[1]["messageId"]
    patch = operations("ebox-rest-2.1.yaml")["PATCH /ebox/messages"]
    client = Client(town, "vlaanderen/v2", box.headers("vlaanderen"))
    await asyncio.to_thread(client.ask_anything, patch)
    said = {"items": [{"messageId": number, "visible": False}], "totalItems": 1}
    await asyncio.to_thread(client.ask, patch, body=said, media_type="application/merge-patch+json")


async def test_each_answer_of_a_registry_has_the_shape_of_its_definition(town: Town, box: Box, http):
    letter = FULL | {
        "provider": "smals",
        "paymentData": PAYMENT,
    }
    number = (await send(http, letter))[1]["messageId"]
    client = Client(town, "smals/v2", box.headers("smals"))
    known = {
        "messageId": quote(number, safe=""),
        "attachmentId": "1",
        "messageTypeId": "CARE",
        "senderApplicationId": "mycareer",
        "senderOrganizationId": "0206738078",
        "imageId": "logo",
    }
    passed = []
    for key, operation in operations("ebox-rest-2.1.yaml").items():
        # No application has a logo.
        if key.startswith("GET") and "senderApplicationId}/images" not in key:
            names = {each.name for each in operation.path_parameters}
            await asyncio.to_thread(client.ask, operation, path_parameters={it: known[it] for it in names})
            passed.append(key)
    assert len(passed) == 15


async def test_federation_answers_as_its_description_says(town: Town, box: Box):
    client = Client(town, "federation/v1", {})
    found = operations("ebox-federation-1.3.yaml")
    assert len(found) == 4
    for operation in found.values():
        await asyncio.to_thread(client.ask_anything, operation)
    one = found["GET /messageProviders/{messageProviderId}"]
    for each in ("smals", "vlaanderen", "federaal"):
        await asyncio.to_thread(client.ask, one, path_parameters={"messageProviderId": each})
