"""What the wiring promises: asynchronous middleware, complete settings, migrations that match the models."""

import inspect
import subprocess
import sys
from pathlib import Path

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


def test_no_request_begins_in_a_thread():
    """A receiver that is not asynchronous would hold one for as long as the page is open."""
    # In a process of its own: a test client of Django puts receivers back.
    said = "import portal.config.asgi; from django.core.signals import request_started as s; print(s.receivers)"
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_settings_have_no_problems():
    assert run_checks() == []


def test_signing_material_that_cannot_sign_is_named():
    with override_settings(MAGDA_SIGNATURE="sha256"):
        assert run_checks() == []
        with override_settings(MAGDA_SIGNING_KEY_FILE=settings.MAGDA_CLIENT_KEY_FILE):
            assert [problem.id for problem in run_checks()] == ["portal.E006"]


def test_migrations_match_the_models():
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    assert changes == {}
