"""What the wiring promises: asynchronous middleware, complete settings, migrations that match the models."""

import inspect

from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.test import override_settings
from django.utils.module_loading import import_string


async def _next(request):
    raise AssertionError


def test_every_middleware_is_natively_asynchronous():
    for path in settings.MIDDLEWARE:
        middleware = import_string(path)
        assert getattr(middleware, "async_capable", False), path
        assert not getattr(middleware, "sync_capable", True), path
        assert inspect.iscoroutinefunction(middleware(_next)), path


def test_settings_have_no_problems():
    assert run_checks() == []


def test_signing_material_that_cannot_sign_is_named():
    with override_settings(MAGDA_SIGNATURE="sha256"):
        assert run_checks() == []
        with override_settings(MAGDA_SIGNING_KEY_FILE=settings.MAGDA_CLIENT_KEY_FILE):
            assert [problem.id for problem in run_checks()] == ["portal.E006"]


def test_switch_of_what_is_no_source_is_named():
    with override_settings(SOURCES_OFF=frozenset({"repertorium", "rijksregister-persoon"})):
        assert run_checks() == []
    with override_settings(SOURCES_OFF=frozenset({"repertorium", "rijksregister"})):
        assert [problem.msg for problem in run_checks()] == ["SOURCES_OFF names 'rijksregister', which is no source."]


def test_migrations_match_the_models():
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    assert changes == {}
