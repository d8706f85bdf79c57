"""Nothing leaves this machine unencrypted: a start without TLS is refused, by portal and worker alike."""

import asyncio

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings

from portal.config import transport_checks
from portal.config.asgi import application

pytestmark = pytest.mark.security


def found(**changed) -> list[str]:
    with override_settings(**changed):
        return [f"{one.id} {one.msg}" for one in run_checks() if one.id in ("portal.E021", "portal.E022")]


def test_what_stays_on_this_machine_needs_no_tls():
    assert found() == []


@pytest.mark.parametrize("name", ["OIDC_ISSUER", "MAGDA_URL", "REST_URL", "REST_TOKEN_URL"])
@pytest.mark.parametrize("host", ["elsewhere.example", "localhost.example", "10.0.0.7", "[fd00::1]"])
def test_address_elsewhere_without_tls_is_refused(name, host):
    assert found(**{name: f"http://{host}/op"}) == [f"portal.E021 {name} is not https."]
    assert found(**{name: f"https://{host}/op"}) == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "[::1]"])
def test_address_on_this_machine_may_do_without(host):
    assert found(MAGDA_URL=f"http://{host}:8100/soap") == []


def test_portal_for_others_and_what_they_are_sent_to_need_tls():
    https = {"PORTAL_ORIGIN": "https://portal.example", "OIDC_ISSUER": "https://provider.example/op"}
    assert found(**https) == []
    assert found(**https | {"PORTAL_ORIGIN": "http://portal.example"}) == ["portal.E021 PORTAL_ORIGIN is not https."]
    issuer = "http://127.0.0.1:8100/op"  # of whoever visits, not ours
    assert found(**https | {"OIDC_ISSUER": issuer}) == ["portal.E021 OIDC_ISSUER is not https."]


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("postgresql://portal:x@/portal", True),
        ("postgresql://portal:x@/portal?host=/tmp/socket", True),
        ("postgresql://portal:x@localhost/portal", True),
        ("postgresql://portal:x@127.0.0.1:5432/portal", True),
        ("postgresql://portal:x@[::1]/portal", True),
        ("postgresql://portal:x@db.example/portal?sslmode=verify-full", True),
        ("postgresql://portal:x@db.example/portal?sslrootcert=system", True),
        ("postgresql://portal:x@db.example/portal?sslrootcert=/etc/authority.pem", False),
        ("postgresql://portal:x@db.example/portal", False),
        ("postgresql://portal:x@db.example/portal?sslmode=prefer", False),
        ("postgresql://portal:x@db.example/portal?sslmode=require", False),
        ("postgresql://portal:x@db.example/portal?sslmode=verify-ca", False),
        ("postgresql://portal:x@localhost,db.example/portal", False),
        ("postgresql://portal:x@localhost/portal?hostaddr=10.0.0.7", False),
        ("postgresql://portal:x@/portal?host=db.example", False),
        ("postgresql://portal:x@/portal?service=main", False),
    ],
)
def test_database_elsewhere_is_verified_in_full_or_refused(address, is_safe):
    assert transport_checks.is_safe(address) is is_safe


def test_database_that_the_environment_puts_elsewhere_is_seen(monkeypatch):
    bare = "postgresql://portal:x@/portal"
    monkeypatch.setenv("PGHOST", "db.example")
    assert not transport_checks.is_safe(bare)
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert transport_checks.is_safe(bare)


@pytest.mark.parametrize("alias", ["default", "owner", "keys", "keys_owner"])
def test_each_database_of_the_settings_is_looked_at(alias, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, alias, {**settings.DATABASES[alias], "HOST": "db.example"})
    names = transport_checks.ALIASES[alias]
    expected = f"portal.E022 {names} is on another machine, and its certificate is not verified."
    assert found() == [expected]


async def test_portal_does_not_start_without_tls(caplog: pytest.LogCaptureFixture):
    sent = []
    incoming = [{"type": "lifespan.startup"}]

    async def receive():
        return incoming.pop() if incoming else await asyncio.Future()

    async def send(message):
        sent.append(message)

    with override_settings(MAGDA_URL="http://magda.example/soap"):
        await application({"type": "lifespan"}, receive, send)
    assert [(one["type"], "portal.E021" in one["message"]) for one in sent] == [("lifespan.startup.failed", True)]
    assert [one.name for one in caplog.records if one.getMessage().startswith("not started")] == ["portal.processes"]


def test_worker_does_not_start_without_tls():
    with (
        override_settings(MAGDA_URL="http://magda.example/soap"),
        pytest.raises(SystemCheckError, match="E021"),
    ):
        call_command("work", skip_checks=False)
