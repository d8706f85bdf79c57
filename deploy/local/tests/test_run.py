"""The supervisor, with a small fake portal and town: start, stop, and its messages when something fails."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.house import PATIENCE, free_ports
from deploy.local.postgres import CHECKOUT
from deploy.local.processes import answers_http, refuse_taken
from deploy.local.trouble import LocalTroubleError
from deploy.local.welcome import personas, welcome

# Variables that whoever runs the tests may have set for `make run`.
PORTS = ("PORT", "SANDBOX_PORT", "SANDBOX_TLS_PORT", "SANDBOX_SMTP_PORT")
OURS = ("AGENCIES_", "DATABASE_URL", "KEYS_", "MAGDA_", "OIDC_", "PORTAL_", "SANDBOX_", "SMTP_")
MANAGE = """
import os, signal, sys
if sys.argv[1] != "work":
    print("manage", *sys.argv[1:])
else:
    assert os.environ["DATABASE_URL_WORKER"] == "postgresql://elders-worker" and "DATABASE_URL" not in os.environ
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.pause()
"""
TOWN = """
import os, signal, socket, sys
from http.server import HTTPServer, SimpleHTTPRequestHandler
if "TOWN_DIES" in os.environ:
    sys.exit(7)
assert [name for name in os.environ if name.startswith("DATABASE_URL")] == []
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
others = [socket.create_server(("127.0.0.1", int(os.environ[f"SANDBOX_{kind}_PORT"]))) for kind in ("TLS", "SMTP")]
HTTPServer(("127.0.0.1", int(os.environ["SANDBOX_PORT"])), SimpleHTTPRequestHandler).serve_forever()
"""
PORTAL = """
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
assert os.environ["DATABASE_URL"] == "postgresql://elders" and "DATABASE_URL_OWNER" not in os.environ
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        print("visited as", self.headers["Host"], flush=True)
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Page).serve_forever()
"""


class Stage:
    """A checkout with our supervisor and fakes of all else; the URLs of its databases lead nowhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(CHECKOUT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in (
            ("manage.py", MANAGE),
            ("sandbox/__main__.py", TOWN),
            ("portal/config/serve.py", PORTAL),
            ("agencies/proef/samples/personas.toml", '"71690999827" = "Els, van alles wat"'),
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        self.ports = free_ports(len(PORTS))
        self.running: list[subprocess.Popen[str]] = []

    def run(self, **more: str) -> subprocess.Popen[str]:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            "PYTHONDONTWRITEBYTECODE": "1",
            "DATABASE_URL": "postgresql://elders",
            "DATABASE_URL_OWNER": "postgresql://elders-owner",
            "DATABASE_URL_WORKER": "postgresql://elders-worker",
            "KEYS_DATABASE_URL": "postgresql://elders/keys",
            "KEYS_DATABASE_URL_OWNER": "postgresql://elders-owner/keys",
            "KEYS_DATABASE_URL_WORKER": "postgresql://elders-worker/keys",
            **dict(zip(PORTS, map(str, self.ports), strict=True)),
            **more,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.run"],
            cwd=self.folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.running.append(process)
        return process

    def read_until(self, process: subprocess.Popen[str], last: str) -> str:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith(last):
                break
        return "".join(lines)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    for process in stage.running:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_says_where_to_go_and_stops_cleanly(stage: Stage, number: signal.Signals) -> None:
    process = stage.run()
    output = stage.read_until(process, "Stoppen: Ctrl-C.")
    assert output.startswith(
        "manage migrate --database owner --verbosity 0\nmanage migrate --database keys_owner --verbosity 0\n"
        "manage keys create --and-add --verbosity 0\nmanage collectstatic --noinput --verbosity 0\n"
    )
    assert f"http://localhost:{stage.ports[0]}\n" in output
    assert "  71690999827  Els, van alles wat\n" in output
    # The real portal refuses a visit under another name, and a refusal would be the first line that people read.
    assert output.count(f"visited as localhost:{stage.ports[0]}\n") == output.count("visited as") == 1
    assert answers_http(stage.ports[0])
    process.send_signal(number)
    assert process.communicate(timeout=PATIENCE)[0].endswith("Gestopt op uw vraag; nog even opruimen.\n")
    assert process.returncode == 0
    # Every port is free again, and no database was started where one was named.
    refuse_taken(dict(zip(PORTS, stage.ports, strict=True)))
    assert not (stage.folder / ".local/postgres.json").exists()


def test_run_again_after_it_was_killed(stage: Stage) -> None:
    first = stage.run()
    stage.read_until(first, "Stoppen: Ctrl-C.")
    first.kill()
    # Its output ends when the last of its children is gone.
    first.communicate(timeout=PATIENCE)
    second = stage.run()
    assert "Mijn Burgerprofiel draait." in stage.read_until(second, "Stoppen: Ctrl-C.")


def test_run_names_the_child_that_died(stage: Stage) -> None:
    process = stage.run(TOWN_DIES="1")
    output = process.communicate(timeout=PATIENCE)[0]
    assert output.splitlines()[-1] == "Gestopt: de modelstad is uit zichzelf geëindigd met code 7."
    assert process.returncode == 1


def test_run_names_the_port_that_is_taken_and_its_variable(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", stage.ports[1])):
        process = stage.run()
        output = process.communicate(timeout=PATIENCE)[0]
    assert output.startswith(f"Poort {stage.ports[1]} is bezet. Kies een andere met SANDBOX_PORT")
    assert process.returncode == 1


def test_run_asks_for_the_owner_beside_a_database_of_your_own(stage: Stage) -> None:
    process = stage.run(DATABASE_URL_OWNER="")
    output = process.communicate(timeout=PATIENCE)[0]
    assert output == "Bij DATABASE_URL hoort DATABASE_URL_OWNER: die rol maakt de tabellen.\n"
    assert process.returncode == 1


def test_every_taken_port_is_named_with_its_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = {"PORT": one.getsockname()[1], "SANDBOX_PORT": two.getsockname()[1]}
        with pytest.raises(LocalTroubleError) as trouble:
            refuse_taken(ports)
    lines = str(trouble.value).splitlines()
    assert [line.split(", bij")[0].rstrip(".") for line in lines] == [
        f"Poort {port} is bezet. Kies een andere met {name}" for name, port in ports.items()
    ]


def test_personas_leaves_out_what_it_cannot_read(tmp_path: Path) -> None:
    for name, text in (
        ("a", '"71690999827" = "Els\\nvan  alles"\n"x" = 3'),
        ("b", "geen toml"),
        ("c", '"1" = "Jan"\n[buren]\n"2" = "An"'),
    ):
        folder = tmp_path / name / "samples"
        folder.mkdir(parents=True)
        (folder / "personas.toml").write_text(text)
    assert personas([tmp_path, tmp_path / "nergens"]) == {"71690999827": "Els van alles", "1": "Jan", "2": "An"}


def test_welcome_shows_a_few_and_says_how_many_more() -> None:
    people = {f"7169099980{n}": f"Persoon {n}" for n in range(8)}
    output = welcome("http://localhost:8000", "http://127.0.0.1:8100", people, []).splitlines()
    assert output.count("  71690999805  Persoon 5") == 1
    assert "  71690999806  Persoon 6" not in output
    assert "  en nog 2 anderen: de aanmeldpagina toont ze allemaal." in output
