"""Whatever a confined program does, it gets nothing, and harms nobody else."""

import ast
import asyncio
import json
import os
import platform
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import pytest_asyncio
from django.conf import settings

from portal.platform.confined import fork_server, programs, syscalls, walls
from portal.platform.confined.errors import NotRun, ProgramFailed
from portal.platform.confined.programs import Confinement
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).resolve().parents[4]

HOSTILE = "portal.platform.confined.tests.hostile_program"
UNREADY = "portal.platform.confined.tests.unready_program"
# Seconds in which a program whose turn comes last (`os.nice`) has had one second of a processor, on any machine.
SECOND_OF_A_PROCESSOR = 600.0
EVERY_CALL = 600  # the newest one of Linux 6.18 is 470
# Those of uprobes on x86-64, which the kernel lets by all filters; made from anywhere else, they end the process.
BY_ALL_FILTERS = [335, 336]
REFUSED = ("EPERM", "EACCES")

pytestmark = pytest.mark.security


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def both():
    """A fork server whose children stand behind both walls."""
    made = Confinement([HOSTILE])
    await made.start()
    yield made
    made.stop()


async def try_program(by, *what, seconds=PATIENCE):
    return json.loads(await by.run(HOSTILE, json.dumps(what).encode(), seconds=seconds))


def alive(pid: int) -> list[str]:
    """List the processes that a process has."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def test_program_answers_with_what_it_makes_of_its_input(both):
    assert await try_program(both, "echo", "één") == "één"
    long = "x" * 3_000_000
    assert await try_program(both, "echo", long) == long


def test_there_is_something_to_get():
    assert Path(settings.KEYS_FILE).stat().st_size > 100


async def test_thread_that_begins_behind_the_walls_finds_what_it_needs(both):
    """Without it, one PDF in fifty was not made: the wall stood before a thread of typst had begun."""
    assert await try_program(both, "begin") > 0


@pytest.mark.parametrize(
    "what",
    [
        ("read", settings.KEYS_FILE),
        ("read", f"/proc/{os.getpid()}/environ"),
        ("read", f"/proc/{os.getpid()}/mem"),
        ("read", "/proc/self/environ"),
        ("read", "/etc/passwd"),
        ("list", "/"),
        ("write", "/tmp/was-here"),
        ("write", "/dev/shm/was-here"),
        ("fork",),
        ("bomb",),
        ("exec",),
        ("parent",),
        ("kill", os.getpid()),
        ("kill", 1),
        ("code",),
        ("code later",),
        ("memory",),
    ],
    # By name only: the number of this process, and our temporary folders, are others in each process of a run.
    ids=lambda what: " ".join(map(str, what)).rpartition("/")[2].replace(str(os.getpid()), "us"),
)
async def test_hostile_program_gets_nothing(both, what):
    expected = {"memory": "no memory", "parent": -1}.get(what[0])
    got = await try_program(both, *what)
    assert got == expected if expected else got in REFUSED


async def test_no_family_of_sockets_is_open(both):
    assert await try_program(both, "sockets") == []


async def test_every_system_call_that_is_not_allowed_is_refused(both):
    machine = syscalls.here()
    allowed = [*machine.allowed.values(), machine.mmap, machine.mprotect, *BY_ALL_FILTERS]
    assert await try_program(both, "calls", allowed, EVERY_CALL) == {}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only there is a second set of calls")
async def test_calls_of_another_kind_end_the_program(both):
    with pytest.raises(ProgramFailed):
        await try_program(both, "call", 0x40000000 | 39)


async def test_program_holds_its_own_job_only(both):
    """While another waits for its end."""
    other = asyncio.create_task(try_program(both, "silent", seconds=60))
    await until(lambda: len(alive(both.process)) == 1)
    found = await try_program(both, "descriptors")
    other.cancel()
    assert found == [3]
    with pytest.raises(asyncio.CancelledError):
        await other


@pytest.mark.parametrize("what", [("leave",), ("boast", 1 << 30, 0), ("boast", 100, 99), ("boast", 2**32 - 1, 100)])
async def test_answer_that_is_none_is_refused(both, what):
    with pytest.raises(ProgramFailed):
        await try_program(both, *what)


async def test_answer_without_end_is_cut(both):
    """Its length was said before; what follows is not read."""
    assert await both.run(HOSTILE, b'["flood"]', seconds=PATIENCE) == bytes(100)
    await until(lambda: alive(both.process) == [])


async def test_program_without_end_is_ended_by_its_processor_time(both):
    """Also one that is deaf to the warning; at the same time, as each takes a second of a processor."""
    loops = [try_program(both, what, seconds=SECOND_OF_A_PROCESSOR) for what in ("loop", "loop deaf")]
    ended = await asyncio.gather(*loops, return_exceptions=True)
    assert [type(one) for one in ended] == [ProgramFailed] * 2


async def test_silent_program_is_ended_by_the_clock_and_holds_nobody_up(both):
    silent = [asyncio.create_task(try_program(both, "silent")) for _ in range(5)]
    await until(lambda: len(alive(both.process)) == 5)
    assert await try_program(both, "echo", "quick") == "quick"
    with pytest.raises(TimeoutError):
        await try_program(both, "silent", seconds=0.1)
    await until(lambda: len(alive(both.process)) == 5)
    for one in silent:
        one.cancel()
    await until(lambda: alive(both.process) == [])


async def test_who_leaves_ends_the_program(both):
    left = asyncio.create_task(try_program(both, "silent", seconds=60))
    await until(lambda: len(alive(both.process)) == 1)
    left.cancel()
    await until(lambda: alive(both.process) == [])
    with pytest.raises(asyncio.CancelledError):
        await left


async def test_fork_server_that_dies_is_started_again(both):
    before = both._process
    waiting = asyncio.create_task(try_program(both, "echo", "again"))
    await asyncio.sleep(0)
    before.kill()
    assert await waiting == "again"
    before.wait()
    assert await try_program(both, "echo", "and again") == "and again"
    assert both.process != before.pid


async def test_every_job_of_a_fork_server_that_dies_is_done_by_the_next(both):
    """Who comes second finds one that lives already, and is no less innocent."""
    before = both._process
    os.kill(before.pid, signal.SIGSTOP)
    waiting = [asyncio.create_task(try_program(both, "echo", n)) for n in range(5)]
    await asyncio.sleep(0.05)
    before.kill()
    assert await asyncio.gather(*waiting, return_exceptions=True) == [0, 1, 2, 3, 4]


async def test_fork_server_that_takes_no_jobs_is_given_up(both, monkeypatch):
    before = both._process
    assert await try_program(both, "echo", "quick") == "quick"
    os.kill(before.pid, signal.SIGSTOP)
    monkeypatch.setattr(programs, "DEAF_SECONDS", 3600)
    for what in ("unheard", "it may yet hear"):
        with pytest.raises(TimeoutError):
            await try_program(both, "echo", what, seconds=0.1)
    monkeypatch.setattr(programs, "DEAF_SECONDS", 0.1)
    assert await try_program(both, "echo", "heard") == "heard"
    assert before.returncode == -signal.SIGKILL


def test_fork_server_that_cannot_fork_says_so_and_goes_on(monkeypatch):
    def refuse():
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refuse)
    ours, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    job, theirs = socket.socketpair()
    with ours, control, job, theirs:
        lease, held = os.pipe()
        socket.send_fds(ours, [b"any"], [theirs.fileno(), lease])
        os.close(lease)
        assert fork_server._Server(control, {}, False)._begin()
        assert job.recv(100) == fork_server.ANSWER.pack(fork_server.NOT_BEGUN, 0)
        os.close(held)


async def test_child_that_cannot_be_begun_is_no_fault_of_the_input():
    made = Confinement([UNREADY])
    try:
        with pytest.raises(NotRun):
            await made.run(UNREADY, b"", seconds=PATIENCE)
    finally:
        made.stop()


async def test_fork_server_that_cannot_start_is_no_fault_of_the_input():
    cannot = Confinement(["portal.platform.confined.tests.nothing"])
    try:
        with pytest.raises(NotRun):
            await cannot.run("portal.platform.confined.tests.nothing", b"", seconds=PATIENCE)
    finally:
        cannot.stop()


async def test_fork_server_has_no_environment_and_one_descriptor(both):
    """Beside the three that everybody has: nowhere, nowhere and the log."""
    pid = both.process
    await until(lambda: alive(pid) == [])
    opened = [os.readlink(f"/proc/{pid}/fd/{number}") for number in sorted(os.listdir(f"/proc/{pid}/fd"), key=int)]
    assert environment(pid) == b""
    assert [one.partition(":")[0] for one in opened[:2] + opened[3:]] == ["/dev/null", "/dev/null", "socket"]


async def test_program_that_is_not_named_is_not_run(both):
    with pytest.raises(LookupError):
        await both.run("antigravity", b"", seconds=1)


# --- each wall alone -----------------------------------------------------------------------------------------

ALONE = """
import json, sys
from portal.platform.confined import walls
from portal.platform.confined.tests import hostile_program
wall, *tries = json.loads(sys.argv[1])
walls.drop_privileges()
getattr(walls, wall)()
print([json.loads(hostile_program.main(json.dumps(what).encode())) for what in tries])
"""


def try_behind(wall, *tries):
    """Try some things in a process that has built one wall and nothing else."""
    command = [sys.executable, "-c", ALONE, json.dumps([wall, *tries])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout)


REACHING = [
    ("read", settings.KEYS_FILE),
    ("read", f"/proc/{os.getpid()}/environ"),
    ("list", "/"),
    ("write", "/tmp/was-here"),
    ("exec",),
]


@pytest.mark.skipif(walls.SECCOMP in walls.missing(), reason="this kernel has no seccomp")
def test_seccomp_alone_forbids_files_connections_and_processes():
    tries = [*REACHING, ("fork",), ("kill", os.getpid()), ("connect", 1), ("code",)]
    assert try_behind("forbid_system_calls", *tries, ("sockets",)) == ["EPERM"] * len(tries) + [[]]


@pytest.mark.skipif(walls.landlock_version() < 6, reason="this kernel's Landlock knows nothing of signals")
def test_landlock_alone_forbids_files_connections_and_signals():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        tries = [*REACHING, ("connect", listening.getsockname()[1])]
        assert try_behind("forbid_files_and_connections", *tries, ("kill", os.getpid())) == [
            *["EACCES"] * len(tries),
            "EPERM",
        ]


# A kernel that lacks a wall, as a process sees it: a filter before ours says that there is no such call.
LACKING = """
import ctypes, struct, sys
lacking = int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
lines = [(0x20, 0, 0, 0), (0x15, 0, 1, lacking), (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7FFF0000)]
code = b"".join(struct.pack("=HBBI", *line) for line in lines)
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
program = Program(len(lines), ctypes.cast(code, ctypes.c_void_p))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0

import asyncio, os
import django
django.setup()
from django.core.checks import run_checks
from django.test import override_settings
from portal.platform.confined import fork_server, programs, walls

async def start(optional):
    made = programs.Confinement([], optional=optional)
    try:
        await made.start()
    except walls.NotConfined:
        return "refused"
    finally:
        made.stop()
    return "started"

print(walls.missing())
for optional in (True, False):
    with override_settings(CONFINEMENT_OPTIONAL=optional):
        print([one.id for one in run_checks()], asyncio.run(start(optional)))
"""


@pytest.mark.skipif(walls.missing() != [], reason="this kernel lacks a wall by itself")
def test_kernel_without_a_wall_is_refused_unless_told():
    done = subprocess.run(
        [sys.executable, "-c", LACKING, "444"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "['Landlock']",
        "['portal.W018'] started",
        "['portal.E018'] refused",
    ]


@pytest.mark.skipif(walls.missing() != [], reason="this kernel lacks a wall by itself")
def test_container_that_refuses_what_the_fork_server_needs_stops_the_start():
    """It is pidfd_open here: a trial that is answered before the fork server dies would say that all is well."""
    done = subprocess.run(
        [sys.executable, "-c", LACKING, "434"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["[]", "[] refused", "[] refused"]


# --- those who hold secrets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start", ["import portal.config.asgi", "import runpy; runpy.run_path('manage.py', run_name='__main__')"]
)
def test_who_holds_secrets_is_closed_to_others(start):
    said = "import ctypes, resource, atexit; "
    said += "atexit.register(lambda: print(ctypes.CDLL(None).prctl(3), resource.getrlimit(resource.RLIMIT_CORE))); "
    done = subprocess.run([sys.executable, "-c", said + start], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 (0, 0)"
