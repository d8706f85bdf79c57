"""What the wiring promises: asynchronous middleware, complete settings, migrations that match the models."""

import ast
import inspect
import re
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.test import override_settings
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parents[2]


async def _next(request):
    raise AssertionError


def test_every_middleware_is_natively_asynchronous():
    for path in settings.MIDDLEWARE:
        middleware = import_string(path)
        assert getattr(middleware, "async_capable", False), path
        assert not getattr(middleware, "sync_capable", True), path
        assert inspect.iscoroutinefunction(middleware(_next)), path


ASKED = """
import asyncio, threading
from portal.config import asgi
from tests.house.handlers import ask

begun, start = [], threading.Thread.start
threading.Thread.start = lambda thread: (begun.append(thread.name), start(thread))

async def ask_all():
    return [await ask("GET", path, pages=asgi.pages) for path in ("/", "/hulp/", "/cookies/", "/")]

print(asyncio.run(ask_all()), begun)
"""


def test_no_request_begins_a_thread():
    """Django starts two threads a request; a signal receiver that is not asynchronous holds one as long as the page
    is open.
    """
    # In a process of its own, wired like the portal: Django's test client reconnects signal receivers.
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("[200, 200, 200, 200] []\n", 0), done.stderr


def test_settings_have_no_problems():
    assert run_checks() == []


def test_each_id_is_of_one_check():
    """With an id for two checks, an operator would look up the wrong cure."""
    checks: dict[str, set[str]] = {}
    for file in (ROOT / "portal/config").glob("*checks.py"):
        for function in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Constant) and re.fullmatch(r"portal\.[EW]\d{3}", str(node.value)):
                        checks.setdefault(node.value, set()).add(function.name)
    assert len(checks) > 30
    assert {each: names for each, names in checks.items() if len(names) > 1} == {}


def test_signing_material_that_cannot_sign_is_named():
    with override_settings(MAGDA_SIGNATURE="sha256"):
        assert run_checks() == []
        with override_settings(MAGDA_SIGNING_KEY_FILE=settings.MAGDA_CLIENT_KEY_FILE):
            assert [problem.id for problem in run_checks()] == ["portal.E006"]


def test_operator_key_that_can_be_guessed_is_refused():
    for key, ids in (("", []), ("x" * 15, ["portal.E011"]), ("x" * 16, [])):
        with override_settings(OPERATOR_KEY=key):
            assert [problem.id for problem in run_checks()] == ids


def test_contact_that_cannot_be_written_to_is_named():
    for address in ("", "hulp", "hulp@burgerprofiel.example, an@example.org"):
        with override_settings(CONTACT_EMAIL=address):
            assert [problem.id for problem in run_checks()] == ["portal.E013"]


@pytest.mark.parametrize(
    ("origin", "proxies", "ids"),
    [
        ("http://localhost:8000", (), []),
        ("https://portal.example", (), ["portal.E031"]),
        ("https://portal.example", (ip_network("192.0.2.0/24"),), []),
        ("https://portal.example", ("*",), ["portal.E030"]),
    ],
)
def test_deployment_names_its_proxies(origin, proxies, ids):
    with override_settings(PORTAL_ORIGIN=origin, PROXIES=frozenset(proxies)):
        found = [problem.id for problem in run_checks(include_deployment_checks=True)]
        assert [one for one in found if one in ("portal.E031", "portal.E030")] == ids


@pytest.mark.parametrize("name", ["OIDC_CLIENT_KEY_FILE", "MAGDA_CA_FILE", "MAGDA_ANSWER_CA_FILE"])
def test_file_that_is_not_there_is_named(name):
    with override_settings(**{name: "/nowhere/at.all"}):
        assert [problem.msg for problem in run_checks() if problem.id == "portal.E002"] == [
            f"{name} names no readable file."
        ]


def test_switch_of_what_is_no_source_is_named():
    with override_settings(SOURCES_OFF=frozenset({"repertorium", "rijksregister-persoon"})):
        assert run_checks() == []
    with override_settings(SOURCES_OFF=frozenset({"repertorium", "rijksregister"})):
        assert [problem.msg for problem in run_checks()] == ["SOURCES_OFF names 'rijksregister', which is no source."]


def test_connections_that_one_source_could_take_alone_are_reported():
    with override_settings(SOURCES_CONNECTIONS=49, SOURCES_AT_ONCE=50):
        said = [problem.msg for problem in run_checks()]
    assert said == ["SOURCES_CONNECTIONS (49) is less than SOURCES_AT_ONCE (50)."]
    with override_settings(SOURCES_CONNECTIONS=50, SOURCES_AT_ONCE=50):
        assert run_checks() == []


def test_migrations_match_the_models():
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    assert changes == {}


@pytest.mark.parametrize(("mode", "text"), [(0o644, "{}"), (0o600, "{}")])
def test_head_of_the_journal_that_cannot_be_used_is_named(tmp_path, mode, text):
    with override_settings(JOURNAL_HEAD_FILE=""):
        assert [problem.id for problem in run_checks()] == ["portal.E015"]
    file = tmp_path / "head.json"
    file.write_text(text)
    file.chmod(mode)
    with override_settings(JOURNAL_HEAD_FILE=str(file)):
        assert [problem.id for problem in run_checks()] == ["portal.E015"]
