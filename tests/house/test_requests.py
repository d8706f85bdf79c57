"""Requests are typed: a view is handed what its guard says it is."""

import ast
import inspect
from pathlib import Path

import pytest

from portal.platform.access.types import Audience, MachineRequest, Request, SignedInRequest
from tests.walks import table

pytestmark = pytest.mark.security

ROOT = Path(__file__).resolve().parents[2]

HANDED = {
    Audience.ANYONE: Request,
    Audience.CITIZEN: SignedInRequest,
    Audience.MACHINE: MachineRequest,
    Audience.OPERATOR: Request,
}
OTHERS = {"machine:token": Request}  # where a machine says who it is, so nobody can know it before

# The type itself, and rooms below access, which know of no session.
NAME_IT = [
    "portal/platform/access/types.py",
    "portal/platform/language/middleware.py",
    "portal/platform/ui/streaming.py",
]


def test_every_view_is_handed_the_request_of_its_audience():
    handed = {}
    for address in table.addresses():
        first = next(iter(inspect.signature(inspect.unwrap(address.view)).parameters.values()))
        handed[address.name] = first.annotation
    wanted = {address.name: HANDED[address.audience] for address in table.addresses()}
    assert handed == wanted | OTHERS


def test_request_of_django_is_named_only_below_access():
    """Django's class lacks what our middleware sets: a view that took it would read attributes that nobody checks."""
    named = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "portal").rglob("*.py"))
        if "tests" not in file.parts
        and any(
            "HttpRequest" in (getattr(node, "id", ""), getattr(node, "name", ""))
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
        )
    ]
    assert named == NAME_IT
