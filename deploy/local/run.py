"""The whole of Mijn Burgerprofiel on one machine: PostgreSQL, the model town and the portal (`make run`)."""

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
    simulator_beside,
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
PAUSED = """
update sweeping_state set trusted_at = now(), trusted_by = 'make run', trusted_why = 'started by hand'
where trusted_at < now()
"""
OURS = ("DATABASE_URL", "KEYS_DATABASE_URL", "KEYS_FILE", "KEYS_FILE_WORKER")
TICK_SECONDS = 0.1
START_SECONDS = 60.0
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Stopped(Exception):
    """Somebody asked us to stop; raised between two steps, never in the middle of one."""


class Supervisor:
    """Starts everything in order, watches it, and stops it in one place, however it ends."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.children: list[Child] = []
        self.cluster: Cluster | None = None
        self.stopping = False
        self.made = 0  # databases that were not there before

    def run(self) -> int:
        """Run until told to stop; return the exit code: 0 when told to, 1 when something went wrong."""
        for number in STOPPING:
            signal.signal(number, self._stop)
        try:
            self._start()
            self._until(lambda: False)
        except _Stopped:
            _say("\nGestopt op uw vraag; nog even opruimen.")
            return 0
        except LocalTroubleError as error:
            _say(str(error), to=sys.stderr)
            return 1
        finally:
            stop_all(self.children)
            if self.cluster:
                self.cluster.stop()
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self) -> None:
        ports = ports_from(self.given)
        refuse_taken(ports.named())
        self._leave_what_has_no_keys()
        urls = self._database("DATABASE_URL", DATABASE)
        key_urls = self._database("KEYS_DATABASE_URL", KEY_DATABASE)
        origin = origin_of(ports, self.given)
        certificates = ensure(CHECKOUT / ".local" / "certificates", origin)
        extra = [Path(folder) for folder in self.given.get("AGENCIES_PATH", "").split(":") if folder]
        machine_keys.ensure(certificates.machines, [CHECKOUT / "agencies", *extra])
        values = environment(
            self.given, checkout=CHECKOUT, ports=ports, certificates=certificates, urls=urls, key_urls=key_urls
        )
        # Made for this run: whoever can read the terminal may see the state of the sources.
        values.setdefault("OPERATOR_KEY", secrets.token_urlsafe(12))
        self._manage("migrate", ["--database", "owner"], values)
        self._manage("migrate", ["--database", "keys_owner"], values)
        self._manage("keys", ["create", "--and-add"], values)
        if self.made == 2:
            # A head that earlier databases left does not belong to the new ones.
            why = ["--why", "the databases of this machine were made anew"]
            self._manage("journal", ["accept", "--made-anew", "--who", "make run", *why], values)
        if self.cluster and self.cluster.has_database(DATABASE):
            # Whoever starts it by hand knows that it stood still; a command would take seconds of each start.
            self.cluster.rows(DATABASE, PAUSED)
        self._manage("collectstatic", ["--noinput"], values)
        self._serve(ports, values)
        workers = values.get("WORKERS", "1")
        notes = [f"Het portaal draait in {workers} werkprocessen."] if workers != "1" else []
        notes += [f"Welke mails er vertrokken: http://127.0.0.1:{ports.town}/mail/"]
        notes += [f"Welke fouten er gemeld zijn: http://127.0.0.1:{ports.town}/verbeteringen/"]
        notes += [f"Hoe de bronnen het doen: {origin}/beheer/bronnen/ (wachtwoord: {values['OPERATOR_KEY']})", ""]
        if simulator := simulator_beside(CHECKOUT, self.given):
            notes += [f"De modelstad antwoordt ook uit {simulator}", "(een andere map: MAGDA_SIMULATOR_PATH).", ""]
        people = personas([CHECKOUT / "agencies", *extra])
        _say(welcome(origin, f"http://127.0.0.1:{ports.town}", people, notes))

    def _leave_what_has_no_keys(self) -> None:
        """Begin with other databases when the keys of those there are were removed, and say so."""
        if any(self.given.get(name) for name in OURS):
            return
        self.cluster = postgres.start()
        aside = lost_keys.put_aside(self.cluster, CHECKOUT / ".local" / "keys", DATABASE, KEY_DATABASE)
        if aside:
            _say(f"De sleutels in .local zijn weg. Wat in de databank stond, staat opzij als {aside}.")

    def _database(self, name: str, database: str) -> Urls | None:
        """Make one of the two databases, unless its address is given."""
        if self.given.get(name):
            for role, does in (("OWNER", "maakt de tabellen"), ("WORKER", "doet het werk op de achtergrond")):
                if not self.given.get(f"{name}_{role}"):
                    raise LocalTroubleError(f"Bij {name} hoort {name}_{role}: die rol {does}.")
            return None
        self.cluster = self.cluster or postgres.start()
        self.made += self.cluster.create_database(database)
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

    def _until(self, done: Callable[[], bool], until: float | None = None, name: str = "") -> None:
        """Wait for `done`, as long as every child lives, nobody asks us to stop and `until` has not come."""
        while not done():
            self._tick()
            for child in self.children:
                if (code := child.process.poll()) is not None:
                    raise LocalTroubleError(f"Gestopt: {child.name} is uit zichzelf geëindigd met code {code}.")
            if until is not None and time.monotonic() > until:
                raise LocalTroubleError(f"{name} antwoordt niet binnen {START_SECONDS:.0f} seconden.")

    def _tick(self) -> None:
        if self.stopping:
            raise _Stopped
        time.sleep(TICK_SECONDS)


def _say(text: str, to: TextIO | None = None) -> None:
    print(text, file=to or sys.stdout, flush=True)


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    sys.exit(Supervisor(os.environ).run())
