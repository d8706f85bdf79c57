"""The parent of several processes: starts them, starts again who fell, and stops them; with stand-ins for them."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from portal.config import serve
from tests.waiting import PATIENCE

PARENT = """
import logging, socket, sys
from portal.config import serve
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
serve.PAUSE_SECONDS, serve.SILENT_SECONDS = 0.2, float(sys.argv[2])
with socket.create_server(("127.0.0.1", 0)) as listener:
    sys.exit(serve.Parent(listener, 2, 1, program=[sys.executable, "-c", sys.argv[1]]).run())
"""
SERVES = """
import json, os, sys, time
os.write(json.loads(sys.argv[1])["beats"], b".")
time.sleep(60)
"""
SERVING = re.compile(r"process (\d) \(pid (\d+)\) serves\n")


class Running:
    """A parent that runs, and what it says."""

    def __init__(self, program: str, silent: float) -> None:
        command = [sys.executable, "-c", PARENT, program, str(silent)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)

    def says(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def says_who_serves(self) -> tuple[int, int]:
        found = SERVING.fullmatch(said := self.says())
        assert found, said
        return int(found[1]), int(found[2])


def open_files(parent: Running) -> list[str]:
    return sorted(os.listdir(f"/proc/{parent.process.pid}/fd"))


@pytest.fixture
def run() -> Iterator[Callable[..., Running]]:
    running: list[Running] = []

    def begin(program: str, silent: float = 60) -> Running:
        running.append(Running(program, silent))
        return running[-1]

    yield begin
    for each in running:
        with suppress(ProcessLookupError):
            os.killpg(each.process.pid, signal.SIGKILL)
        each.process.communicate()


def test_one_that_fell_is_started_again_and_all_are_stopped(run):
    parent = run(SERVES)
    pids = dict(sorted([parent.says_who_serves(), parent.says_who_serves()]))
    assert list(pids) == [1, 2]
    os.kill(pids[2], signal.SIGKILL)
    assert parent.says() == f"process 2 (pid {pids[2]}) fell (signal 9); it is started again in 0 s\n"
    number, again = parent.says_who_serves()
    assert (number, again != pids[2]) == (2, True)
    parent.process.terminate()
    assert parent.process.wait(PATIENCE) == 0
    for pid in (pids[1], again):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_all_are_stopped_when_the_terminal_goes_or_somebody_interrupts(run, number):
    parent = run(SERVES)
    pids = [parent.says_who_serves()[1] for _ in range(2)]
    parent.process.send_signal(number)
    assert parent.process.wait(PATIENCE) == 0
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_one_that_cannot_begin_ends_all_with_its_code(run):
    parent = run("import sys; sys.exit(3)")
    assert re.fullmatch(r"process \d \(pid \d+\) ended by itself \(code 3\) before it served\n", parent.says())
    assert parent.process.wait(PATIENCE) == 3


@pytest.mark.parametrize("files", [0, 3], ids=["no pipe", "no child"])
def test_one_that_cannot_be_started_just_now_is_started_later(run, files):
    parent = run(SERVES)
    pids = dict([parent.says_who_serves(), parent.says_who_serves()])
    had = open_files(parent)
    limits = resource.prlimit(parent.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(parent.process.pid, resource.RLIMIT_NOFILE, (len(had) - 1 + files, limits[1]))
    os.kill(pids[2], signal.SIGKILL)
    assert parent.says() == f"process 2 (pid {pids[2]}) fell (signal 9); it is started again in 0 s\n"
    for _ in range(2):
        assert parent.says() == "process 2 cannot be started: Too many open files\n"
    os.kill(pids[1], 0)
    resource.prlimit(parent.process.pid, resource.RLIMIT_NOFILE, limits)
    while (said := parent.says()) == "process 2 cannot be started: Too many open files\n":
        pass
    assert SERVING.fullmatch(said), said
    assert open_files(parent) == had


def test_one_that_is_silent_is_ended(run):
    parent = run(SERVES, silent=0.5)
    pids = dict([parent.says_who_serves(), parent.says_who_serves()])
    number, pid = min(pids.items())
    said = {parent.says() for _ in range(4)}
    assert f"process {number} (pid {pid}) was silent for long and is ended\n" in said
    assert f"process {number} (pid {pid}) fell (signal 9); it is started again in 0 s\n" in said


@pytest.mark.parametrize(
    ("workers", "said"),
    [("2", "127.0.0.1:{port} cannot be listened at: Address already in use\n"),
     ("none", "WORKERS must be a whole number above zero, not 'none'.\n")],
)  # fmt: skip
def test_what_keeps_it_from_starting_is_said_in_one_line(workers, said):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "portal.config.serve", "--port", str(port)]
        done = subprocess.run(command, env=os.environ | {"WORKERS": workers}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, said.format(port=port))


@pytest.mark.security
@pytest.mark.skipif(not socket.has_ipv6, reason="this Python has no IPv6")
def test_every_address_of_ipv6_takes_no_ipv4_whose_proxies_would_be_written_otherwise():
    with serve._bind("::", 0) as bound:
        bound.listen()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", bound.getsockname()[1]))
