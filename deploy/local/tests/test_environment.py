"""Ports and the environment of portal and town."""

from pathlib import Path

import pytest

from deploy.local.certificates import Certificates
from deploy.local.environment import (
    CONTROLLER,
    Ports,
    environment,
    for_portal,
    for_town,
    for_worker,
    ports_from,
    simulator_folder,
)
from deploy.local.postgres import Urls
from deploy.local.trouble import LocalTroubleError

URLS = Urls("postgresql://owner", "postgresql://portal", "postgresql://worker")
KEY_URLS = Urls("postgresql://owner/keys", "postgresql://portal/keys", "postgresql://worker/keys")


def build(tmp_path: Path, environ: dict[str, str]) -> dict[str, str]:
    return environment(
        environ,
        checkout=tmp_path / "checkout",
        ports=ports_from(environ),
        certificates=Certificates(tmp_path / "keys"),
        urls=URLS,
        key_urls=KEY_URLS,
    )


def test_environment_names_everything_the_processes_read(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    assert build(tmp_path, {"SANDBOX_TLS_PORT": "9101", "HOME": "/thuis"}) == {
        "HOME": "/thuis",
        "PORT": "8000",
        "SANDBOX_PORT": "8100",
        "SANDBOX_TLS_PORT": "9101",
        "SANDBOX_SMTP_PORT": "8125",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": "8125",
        "SMTP_CA_FILE": str(keys / "ca.pem"),
        "MAIL_FROM": "Mijn Burgerprofiel <geen-antwoord@burgerprofiel.example>",
        "PORTAL_ORIGIN": "http://localhost:8000",
        **CONTROLLER,
        "DATABASE_URL": "postgresql://portal",
        "DATABASE_URL_OWNER": "postgresql://owner",
        "DATABASE_URL_WORKER": "postgresql://worker",
        "KEYS_DATABASE_URL": "postgresql://portal/keys",
        "KEYS_DATABASE_URL_OWNER": "postgresql://owner/keys",
        "KEYS_DATABASE_URL_WORKER": "postgresql://worker/keys",
        "KEYS_FILE": str(tmp_path / "checkout/.local/keys/portal.json"),
        "KEYS_FILE_WORKER": str(tmp_path / "checkout/.local/keys/worker.json"),
        "OIDC_ISSUER": "http://127.0.0.1:8100/op",
        "OIDC_CLIENT_ID": "mijn-burgerprofiel",
        "OIDC_CLIENT_KEY_FILE": str(keys / "oidc.key"),
        "MAGDA_URL": "https://127.0.0.1:9101/api/Magda-02.00/soap/WebService",
        "MAGDA_CLIENT_CERTIFICATE_FILE": str(keys / "portal.pem"),
        "MAGDA_CLIENT_KEY_FILE": str(keys / "portal.key"),
        "MAGDA_CA_FILE": str(keys / "ca.pem"),
        "MAGDA_SIGNING_CERTIFICATE_FILE": str(keys / "portal-signing.pem"),
        "MAGDA_SIGNING_KEY_FILE": str(keys / "portal-signing.key"),
        "MAGDA_SENDER": "kb.vlaanderen.be/aiv/burgerprofiel",
        "REST_URL": "https://127.0.0.1:9101",
        "REST_TOKEN_URL": "http://127.0.0.1:8100/op/v1/token",
        "FORWARDED_ALLOW_IPS": "",
        "CONFINEMENT_OPTIONAL": "1",
        "JOURNAL_HEAD_FILE": str(tmp_path / "checkout/.local/journal/head.json"),
        "MALLOC_MMAP_THRESHOLD_": "131072",
        "SOURCE_TOKEN_KEY_FILE": str(keys / "source-tokens.key"),
        "SEAL_ROOTS_FILE": str(keys / "seals-root.pem"),
        "MUNICIPALITIES_FILE": str(tmp_path / "checkout/sandbox/municipalities.csv"),
        "STATIC_ROOT": str(tmp_path / "checkout/.local/static"),
        "MACHINE_KEYS": str(keys / "machines/public"),
        "SANDBOX_MACHINE_KEYS": str(keys / "machines/private"),
        "SANDBOX_REPORTS": str(tmp_path / "town-reports.sqlite"),
        "SANDBOX_CERTIFICATES": str(keys),
        "SANDBOX_CLIENTS": str(keys / "clients.json"),
    }


def test_what_is_set_wins_and_what_is_empty_does_not(tmp_path: Path) -> None:
    values = build(tmp_path, {"MAGDA_SENDER": "gemeente", "MAGDA_URL": "", "AGENCIES_PATH": "/buren"})
    assert values["MAGDA_SENDER"] == "gemeente"
    assert values["MAGDA_URL"] == "https://127.0.0.1:8101/api/Magda-02.00/soap/WebService"
    assert values["AGENCIES_PATH"] == "/buren"


def test_simulator_beside_the_checkout_is_used_unless_another_is_named(tmp_path: Path) -> None:
    beside = tmp_path / "shared/magda/simulator"
    assert simulator_folder(tmp_path / "checkout", {}) is None
    beside.mkdir(parents=True)
    assert build(tmp_path, {})["MAGDA_SIMULATOR_PATH"] == str(beside)
    assert build(tmp_path, {"MAGDA_SIMULATOR_PATH": ""})["MAGDA_SIMULATOR_PATH"] == ""


def test_town_gets_no_way_to_the_databases_or_the_keys(tmp_path: Path) -> None:
    values = for_town(build(tmp_path, {}))
    assert [name for name, value in values.items() if "DATABASE" in name or "postgresql" in value] == []
    assert [name for name in values if name.startswith("KEYS_")] == []


def test_portal_gets_its_own_role_only(tmp_path: Path) -> None:
    values = for_portal(build(tmp_path, {}))
    assert [name for name, value in values.items() if "postgresql" in value] == ["DATABASE_URL", "KEYS_DATABASE_URL"]
    assert [name for name in values if name.startswith("KEYS_FILE")] == ["KEYS_FILE"]


def test_worker_gets_its_own_role_only(tmp_path: Path) -> None:
    values = for_worker(build(tmp_path, {}))
    assert [name for name, value in values.items() if "postgresql" in value] == [
        "DATABASE_URL_WORKER",
        "KEYS_DATABASE_URL_WORKER",
    ]
    assert [name for name in values if name.startswith("KEYS_FILE")] == ["KEYS_FILE_WORKER"]


def test_password_of_the_mail_server_is_the_workers_alone(tmp_path: Path) -> None:
    values = build(tmp_path, {"SMTP_PASSWORD": "geheim"})
    assert [for_it(values).get("SMTP_PASSWORD") for for_it in (for_portal, for_town, for_worker)] == [
        None,
        None,
        "geheim",
    ]


def test_private_keys_of_bodies_are_the_towns_alone(tmp_path: Path) -> None:
    values = build(tmp_path, {})
    assert ["SANDBOX_MACHINE_KEYS" in for_it(values) for for_it in (for_portal, for_town, for_worker)] == [
        False,
        True,
        False,
    ]


def test_keys_of_tokens_for_sources_are_the_portals_alone(tmp_path: Path) -> None:
    values = build(tmp_path, {})
    assert ["SOURCE_TOKEN_KEY_FILE" in for_it(values) for for_it in (for_portal, for_town, for_worker)] == [
        True,
        False,
        False,
    ]


def test_ports_move_by_their_variables() -> None:
    environ = {"PORT": "9000", "SANDBOX_PORT": "9100", "SANDBOX_TLS_PORT": "9101", "SANDBOX_SMTP_PORT": "9125"}
    assert ports_from(environ) == Ports(9000, 9100, 9101, 9125)
    assert ports_from({"PORT": ""}) == Ports()


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "٨٠٠٠"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(LocalTroubleError, match="is geen poort"):
        ports_from({"PORT": text})


def test_one_port_for_two_is_refused() -> None:
    with pytest.raises(LocalTroubleError, match="PORT en SANDBOX_PORT zijn allebei 8100"):
        ports_from({"PORT": "8100"})
