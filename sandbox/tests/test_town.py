"""The town as a whole: its index, its settings, starting and stopping."""

import asyncio
import itertools
import os
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

from deploy.local.house import free_ports
from sandbox.ebox.letters import Boxes
from sandbox.ebox.samples import fill_samples
from sandbox.settings import SettingsError, read
from sandbox.state import build
from sandbox.tests.papers import NOON, NUMBER

PROJECT = Path(__file__).resolve().parents[2]


async def test_index_explains_each_part(http, town):
    async with http.get("/") as answer:
        text = await answer.text()
        assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    for needed in (
        NUMBER,
        "heeft twee voornamen",
        "Testregister",
        "/v1/cursussen",
        "/v1/eerste/forms",
        "/dossiers/",
        "toegangsbeheer",
        town.settings.issuer,
    ):
        assert needed in text
    for needed in ("MAGDA_SIMULATOR_PATH", "Persoon.GeefPersoon 02.02.0000", "wrong_at_hash"):
        assert needed in text
    async with http.get("/town.css") as answer:
        assert answer.headers["Content-Type"] == "text/css; charset=utf-8"


def environment(folder: Path) -> dict[str, str]:
    port, tls_port, smtp_port = free_ports(3)
    return {
        "SANDBOX_PORT": str(port),
        "SANDBOX_TLS_PORT": str(tls_port),
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "SANDBOX_CERTIFICATES": str(folder),
        "SANDBOX_CLIENTS": str(folder / "clients.json"),
        "AGENCIES_PATH": str(folder / "bodies"),
        "MAGDA_SIMULATOR_PATH": f"{folder / 'simulator'}:{folder / 'bodies'}",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANDBOX_PORT", "x"),
        ("SANDBOX_PORT", "0"),
        ("SANDBOX_TLS_PORT", "70000"),
        ("SANDBOX_SMTP_PORT", "65536"),
        ("SANDBOX_SMTP_LOGIN", "user"),
        ("SANDBOX_SMTP_LOGIN", ":password"),
        ("SANDBOX_CERTIFICATES", ""),
        ("SANDBOX_CERTIFICATES", "/"),
        ("SANDBOX_CLIENTS", "/nowhere.json"),
        ("SANDBOX_DRIP_MS", "-1"),
        ("AGENCIES_PATH", "/nowhere"),
        ("MAGDA_SIMULATOR_PATH", "/nowhere"),
        ("SANDBOX_REPORTS", "/nowhere/reports.sqlite"),
        ("SANDBOX_REPORTS", "/dev"),
    ],
)
def test_wrong_setting_is_named(settings, name, value):
    with pytest.raises(SettingsError, match=name):
        read(environment(settings.certificates) | {name: value}, settings.certificates)


def test_settings_are_read_with_their_defaults(settings):
    values = {name: environment(settings.certificates)[name] for name in ("SANDBOX_CERTIFICATES", "SANDBOX_CLIENTS")}
    assert read(values, settings.certificates).drip_s == 0.2
    assert read({**values, "SANDBOX_DRIP_MS": "5"}, settings.certificates).drip_s == 0.005
    assert (read(values, settings.certificates).port, read(values, settings.certificates).tls_port) == (8100, 8101)


def test_file_of_reports_that_is_still_to_be_made_is_a_setting(settings, tmp_path):
    values = environment(settings.certificates) | {"SANDBOX_REPORTS": str(tmp_path / "reports.sqlite")}
    assert read(values, settings.certificates).reports == tmp_path / "reports.sqlite"


def test_letters_come_back_as_they_were_when_the_town_started(settings):
    """The clock goes on while the town is built."""
    moments = itertools.count(NOON, 100)
    town = build(settings, lambda: next(moments))
    before = _letters(town.ebox)
    town.ebox.clear()
    fill_samples(town.ebox, town.opened_at)
    assert _letters(town.ebox) == before
    assert town.events.opened.timestamp() == town.opened_at


def _letters(boxes: Boxes) -> set[tuple[str, str, float]]:
    return {(office, letter.id, letter.received_at.timestamp()) for office, letter in boxes.all()}


async def start(values: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        cwd=PROJECT,
        env={**os.environ, **values},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.parametrize("name", ["SANDBOX_PORT", "SANDBOX_TLS_PORT", "SANDBOX_SMTP_PORT"])
async def test_taken_port_is_named_and_ends_the_town(settings, name):
    values = environment(settings.certificates)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(values[name])))
        taken.listen()
        town = await start(values)
        _, errors = await town.communicate()
    assert town.returncode == 1
    assert f"port {values[name]} on 127.0.0.1 is taken" in errors.decode()
    assert name in errors.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_town_stops_at_a_signal_while_a_request_hangs(settings, number):
    values = environment(settings.certificates)
    town = await start(values)
    assert town.stdout is not None
    await town.stdout.readline()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{values['SANDBOX_PORT']}") as http:
        async with http.put("/faults/toegangsbeheer", json={"mode": "hang"}) as answer:
            assert answer.status == 200
        asking = asyncio.create_task(http.get("/op/v1/keys"))
        await asyncio.wait([asking], timeout=0.2)
        town.send_signal(number)
        _, errors = await asyncio.wait_for(town.communicate(), 60)
        with pytest.raises(aiohttp.ClientError):
            await asking
    assert (town.returncode, errors.decode()) == (0, "")
