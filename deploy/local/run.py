"""Run the whole of Mijn Burgerprofiel on one machine: PostgreSQL, model town, portal and worker (`make run`)."""

import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TextIO
from urllib.parse import urlsplit

from deploy.local import lost_keys, machine_keys, postgres
from deploy.local.certificates import ensure
from deploy.local.environment import (
    Ports,
    environment,
    for_portal,
    for_town,
    for_worker,
    origin_of,
    ports_from,
    simulator_folder,
)
from deploy.local.postgres import CHECKOUT, Cluster, Urls
from deploy.local.processes import (
    WORKER,
    Child,
    answers_connection,
    answers_http,
    portal_server,
    refuse_taken,
    spawn,
    stop_all,
)
from deploy.local.trouble import LocalTroubleError
from deploy.local.welcome import personas, welcome

DATABASE = "burgerprofiel"
KEY_DATABASE = f"{DATABASE}_sleutels"
# Jobs that remove data wait for somebody's word when the clock jumped more than a week (`sweeping.clock`), which it
# does for a machine that stood still; whoever starts it by hand gives that word.
TRUST_CLOCK = """
update sweeping_state set trusted_at = now(), trusted_by = 'make run', trusted_why = 'started by hand'
where trusted_at < now()
"""
# With one of these, databases or keys are somebody else's concern, and none is put aside.
OURS = ("DATABASE_URL", "KEYS_DATABASE_URL", "KEYS_FILE", "KEYS_FILE_WORKER")
TICK_SECONDS = 0.1
START_SECONDS = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Stopped(Exception):
    """A signal asked us to stop; it is raised between two steps, never in the middle of one."""


class Supervisor:
    """Start everything in order, watch it, and stop it, however it ends."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.children: list[Child] = []
        self.cluster: Cluster | None = None
        self.is_stopping = False
        self.new_databases = 0  # databases that were not there before

    def run(self) -> int:
        """Run until a signal comes; give the exit code: 0 after a signal, 1 when something went wrong."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        try:
            self._start()
            self._until(lambda: False)
        except _Stopped:
            _print("\nGestopt op uw vraag; nog even opruimen.")
            return 0
        except LocalTroubleError as error:
            _print(str(error), to=sys.stderr)
            return 1
        finally:
            stop_all(self.children)
            if self.cluster:
                self.cluster.stop()
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def _start(self) -> None:
        ports = ports_from(self.environ)
        refuse_taken(ports.by_variable())
        self._put_lost_databases_aside()
        urls = self._database("DATABASE_URL", DATABASE)
        key_urls = self._database("KEYS_DATABASE_URL", KEY_DATABASE)
        origin = origin_of(ports, self.environ)
        certificates = ensure(CHECKOUT / ".local" / "certificates", origin)
        extra = [Path(folder) for folder in self.environ.get("AGENCIES_PATH", "").split(":") if folder]
        machine_keys.ensure(certificates.machines, [CHECKOUT / "agencies", *extra])
        values = environment(
            self.environ, checkout=CHECKOUT, ports=ports, certificates=certificates, urls=urls, key_urls=key_urls
        )
        # It is drawn for each run and shown below, so whoever can read the terminal may see the state of the sources.
        values.setdefault("OPERATOR_KEY", secrets.token_urlsafe(12))
        self._manage("migrate", ["--database", "owner"], values)
        self._manage("migrate", ["--database", "keys_owner"], values)
        self._manage("keys", ["create", "--and-add"], values)
        if self.new_databases == 2:
            # The file with the head of an earlier journal does not fit the new one (GLOSSARY.md: head).
            why = ["--why", "the databases of this machine were made anew"]
            self._manage("journal", ["accept", "--made-anew", "--who", "make run", *why], values)
        if self.cluster and self.cluster.has_database(DATABASE):
            # A statement, since a command of `manage.py` would take seconds of each start.
            self.cluster.rows(DATABASE, TRUST_CLOCK)
        self._manage("collectstatic", ["--noinput"], values)
        self._serve(ports, values)
        workers = values.get("WORKERS", "1")
        notes = [f"Het portaal draait in {workers} werkprocessen."] if workers != "1" else []
        notes += [f"Welke mails er vertrokken: http://127.0.0.1:{ports.town}/mail/"]
        notes += [f"Welke fouten er gemeld zijn: http://127.0.0.1:{ports.town}/verbeteringen/"]
        notes += [f"Hoe de bronnen het doen: {origin}/beheer/bronnen/ (wachtwoord: {values['OPERATOR_KEY']})", ""]
        if simulator := simulator_folder(CHECKOUT, self.environ):
            notes += [f"De modelstad antwoordt ook uit {simulator}", "(een andere map: MAGDA_SIMULATOR_PATH).", ""]
        people = personas([CHECKOUT / "agencies", *extra])
        _print(welcome(origin, f"http://127.0.0.1:{ports.town}", people, notes))

    def _put_lost_databases_aside(self) -> None:
        """Begin with new databases when the keys of the existing ones were removed, and say so."""
        if any(self.environ.get(name) for name in OURS):
            return
        self.cluster = postgres.start()
        aside = lost_keys.put_aside(self.cluster, CHECKOUT / ".local" / "keys", DATABASE, KEY_DATABASE)
        if aside:
            _print(f"De sleutels in .local zijn weg. Wat in de databank stond, staat opzij als {aside}.")

    def _database(self, name: str, database: str) -> Urls | None:
        """Make one of the two databases, unless the variable `name` has its URL; gives its URLs, or None then."""
        if self.environ.get(name):
            for role, does in (("OWNER", "maakt de tabellen"), ("WORKER", "doet het werk op de achtergrond")):
                if not self.environ.get(f"{name}_{role}"):
                    raise LocalTroubleError(f"Bij {name} hoort {name}_{role}: die rol {does}.")
            return None
        self.cluster = self.cluster or postgres.start()
        self.new_databases += self.cluster.create_database(database)
        return self.cluster.urls(database)

    def _manage(self, command: str, options: list[str], values: Mapping[str, str]) -> None:
        arguments = ["manage.py", command, *options, "--verbosity", "0"]
        child = spawn(f"manage.py {command}", arguments, values, CHECKOUT)
        self.children.append(child)
        while (code := child.process.poll()) is None:
            self._tick()
        self.children.remove(child)
        if code != 0:
            raise LocalTroubleError(f"manage.py {command} is mislukt (code {code}); hierboven staat waarom.")

    def _serve(self, ports: Ports, values: Mapping[str, str]) -> None:
        self.children.append(
            spawn("de modelstad", ["-m", "sandbox"], {**for_town(values), "SANDBOX_WARM": "1"}, CHECKOUT)
        )
        self.children.append(spawn("het portaal", portal_server(ports.portal, grace=3), for_portal(values), CHECKOUT))
        self.children.append(spawn("de werker", WORKER, for_worker(values), CHECKOUT))
        until = time.monotonic() + START_SECONDS
        for name, port, answers in (
            ("De modelstad", ports.town, answers_http),
            ("De modelstad (TLS)", ports.town_tls, answers_connection),
            ("De modelstad (mail)", ports.town_smtp, answers_connection),
            ("Het portaal", ports.portal, partial(answers_http, host=urlsplit(values["PORTAL_ORIGIN"]).netloc)),
        ):
            self._until(partial(answers, port), until, name)

    def _until(self, is_done: Callable[[], bool], until: float | None = None, name: str = "") -> None:
        """Wait until `is_done`; raises when a child ends, a signal comes, or the monotonic time `until` has come."""
        while not is_done():
            self._tick()
            for child in self.children:
                if (code := child.process.poll()) is not None:
                    raise LocalTroubleError(f"Gestopt: {child.name} is uit zichzelf geëindigd met code {code}.")
            if until is not None and time.monotonic() > until:
                raise LocalTroubleError(f"{name} antwoordt niet binnen {START_SECONDS:.0f} seconden.")

    def _tick(self) -> None:
        if self.is_stopping:
            raise _Stopped
        time.sleep(TICK_SECONDS)


def _print(text: str, to: TextIO | None = None) -> None:
    print(text, file=to or sys.stdout, flush=True)


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    sys.exit(Supervisor(os.environ).run())
