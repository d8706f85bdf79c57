"""Ask the portal what fits its OpenAPI document and what does not: each answer must be as the document says."""

import json
import time
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import schemathesis
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.local.house import House, running_house
from sandbox.machines import assertion

# No check wants a valid question accepted: what fits its type may still be refused by a rule between its fields.
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BODY = "ahovoks"
A_ROUND = 100  # questions of each operation, while its token lives
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


def operations(house: House) -> Sequence[APIOperation]:
    """List what machines can ask, as the running portal says it."""
    with urllib.request.urlopen(f"{house.portal}/api/openapi.json") as came:
        document = json.load(came)
    every = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations()]
    # No schema describes the content of a file; tests/seals makes those.
    return [
        each
        for each in every
        if "application/pdf" not in each.definition.raw.get("requestBody", {}).get("content", {})
    ]


def put(house: House, operation: APIOperation, *, body: str = BODY, examples: int, chance: int | None = None) -> int:
    """Ask so many questions of one operation, as a body's machine; give how many were asked.

    chance: the seed; without one the same questions are asked each time.
    """
    headers, asked = way_in(house, _scopes_of(operation), body), 0
    drawn = operation.as_strategy(GenerationMode.POSITIVE) | operation.as_strategy(GenerationMode.NEGATIVE)

    @settings(
        max_examples=examples,
        derandomize=chance is None,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn)
    def ask(case: Case) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(base_url=house.portal, headers=headers, checks=CHECKS)

    (ask if chance is None else seed(chance)(ask))()
    return asked


def put_until(seconds: float, chance: int) -> int:
    """Run a house and ask it questions until the time is up; returns how many were asked."""
    asked = 0
    with running_house() as house:
        until = time.monotonic() + seconds
        every = operations(house)
        while time.monotonic() < until:
            chance += 1
            asked += sum(put(house, each, examples=A_ROUND, chance=chance) for each in every)
    return asked


def way_in(house: House, scopes: Sequence[str], body: str = BODY) -> dict[str, str]:
    """Get a token of a body for these scopes, as a header; no header without scopes."""
    if not scopes:
        return {}
    keys = Path(house.environment["SANDBOX_MACHINE_KEYS"])
    key = load_pem_private_key((keys / f"{body}.key").read_bytes(), None)
    form = {
        "grant_type": "client_credentials",
        "scope": " ".join(scopes),
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(body, key, house.portal, datetime.now(UTC)),
    }
    with urllib.request.urlopen(f"{house.portal}/machine/token", urlencode(form).encode()) as came:
        return {"Authorization": f"Bearer {json.load(came)['access_token']}"}


def _scopes_of(operation: APIOperation) -> Sequence[str]:
    return [scope for way in operation.definition.raw.get("security", ()) for scope in way["token"]]
