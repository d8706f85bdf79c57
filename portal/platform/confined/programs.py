"""Run a program on input of strangers, in a process that can do nothing but answer: the side of the portal."""

import asyncio
import atexit
import fcntl
import json
import logging
import os
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from portal.platform.feature import installed as declared

from . import fork_server, trial, walls
from .errors import NotConfined, NotRun, ProgramFailed

# A program that tests the walls; it answers with the names of what it could reach.
TRIAL = trial.__name__
TRIAL_SECONDS = 60.0  # only a start waits so long: the fork server reads all programs first, on a busy machine too
DEAF_SECONDS = 20.0  # after which a fork server that takes no job is replaced
LARGEST = 16 * 1024 * 1024  # bytes of an answer

log = logging.getLogger("portal.confined")


class Confinement:
    """A fork server and its programs. The server is started when needed, and again when it died."""

    def __init__(self, programs: Iterable[str], *, optional: bool = False) -> None:
        """programs: names of modules. optional: whether walls that this kernel cannot build may be missing."""
        self.programs = (TRIAL, *programs)
        self.optional = optional
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._trial: asyncio.Task[bytes] | None = None  # the first job of the fork server
        self._heard = 0.0  # when all jobs were last seen to be taken

    @property
    def process(self) -> int | None:
        """Return the number of the fork server's process; None before it was started."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the fork server and test the walls of a child; raise NotConfined when one is missing."""
        try:
            reached = await (await self._have_server())
        except (ProgramFailed, TimeoutError) as error:
            raise NotConfined(str(error)) from None
        lacking = walls.missing()
        if reached and not (self.optional and trial.may_be_reached(reached, lacking)):
            raise NotConfined(f"a confined program reached: {reached.decode()}")
        if lacking:
            log.warning("programs run without %s", " and ".join(lacking))
        else:
            log.info("programs are walled in by %s", " and ".join(walls.BOTH))

    async def run(self, program: str, given: bytes, *, seconds: float, most: int = LARGEST) -> bytes:
        """Run a program on bytes, and return its answer.

        program: the name of its module. seconds: that it may take, not counting the start of a fork server. most:
        bytes of the answer. Raise TimeoutError; ProgramFailed when the program ended without an answer (it reached a
        limit, or the input broke it); NotRun when it was not run at all. When this call is cancelled, the program is
        killed.
        """
        if program not in self.programs:
            raise LookupError(f"no feature declares the program {program}")
        await self._have_server()
        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                return await self._answer(program, given, most)
        except NotRun:
            # The fork server is gone, and took every child with it; none of that is this job's doing.
            seconds -= time.monotonic() - began
        await self._have_server()
        async with asyncio.timeout(seconds):
            return await self._answer(program, given, most)

    def stop(self) -> None:
        """End the fork server, and with it every child."""
        if self._control:
            self._control.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._control = self._process = self._trial = None

    async def _have_server(self) -> asyncio.Task[bytes]:
        """Start a fork server where none takes jobs, and return its trial once that ended, however it did.

        A new fork server reads all programs before it takes a job. That time is no job's, so all wait for it here.
        """
        try:
            # Before its first job was taken, it is slow and not deaf: the trial has a deadline of its own.
            if self._trial is None or (self._trial.done() and not self._takes_jobs()):
                self._spawn()
                self._trial = asyncio.create_task(self._try())
                # Who waits goes on in any case, and finds out by itself: a trial's error may be nobody's to read.
                self._trial.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        except OSError as error:
            raise NotRun(f"no fork server can be started: {error.strerror}") from None
        started = self._trial
        # One that is done may be of a loop that is closed. Unlike `await`, this leaves the trial to the others when
        # whoever waits here is cancelled.
        if not started.done():
            await asyncio.wait([started])
        return started

    async def _try(self) -> bytes:
        async with asyncio.timeout(TRIAL_SECONDS):
            return await self._answer(TRIAL, b"", LARGEST)

    async def _answer(self, program: str, given: bytes, most: int) -> bytes:
        ours, theirs, lease, held = _channel(program)
        try:
            server = self._begin(program, theirs, lease)
            # From here on the transport closes it.
            reader, writer = await asyncio.open_unix_connection(sock=ours)
        except BaseException:
            ours.close()
            os.close(held)
            raise
        finally:
            theirs.close()
            os.close(lease)
        try:
            writer.write(given)
            writer.write_eof()
            status, length = fork_server.ANSWER.unpack(await reader.readexactly(fork_server.ANSWER.size))
            if length > most:
                raise ProgramFailed(f"{program}: an answer of {length} bytes")
            content = await reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError):
            if server is not self._process or not self._lives():
                raise NotRun("the fork server ended") from None
            raise ProgramFailed(f"{program}: no answer") from None
        finally:
            writer.transport.abort()
            os.close(held)
        if status == fork_server.NOT_BEGUN:
            raise NotRun(f"{program}: no child could be begun")
        if status != fork_server.DONE:
            # Whoever broke the program may have chosen this text: it is cut and escaped.
            raise ProgramFailed(f"{program}: {content[:60]!a}")
        return content

    def _begin(self, program: str, job: socket.socket, lease: int) -> subprocess.Popen[bytes] | None:
        """Give a job to the fork server; return the process that has it."""
        if self._control is None:
            raise NotRun("the fork server was stopped")
        try:
            socket.send_fds(self._control, [program.encode()], [job.fileno(), lease])
        except OSError as error:
            raise NotRun(f"the fork server takes no job: {error.strerror}") from None
        return self._process

    def _takes_jobs(self) -> bool:
        return self._control is not None and self._lives() and not self._is_deaf(self._control)

    def _lives(self) -> bool:
        """Tell whether the fork server lives: it never writes to the socket, which closes when it ends."""
        if self._control is None:
            return False
        try:
            self._control.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def _is_deaf(self, control: socket.socket) -> bool:
        """Tell whether jobs have waited too long to be taken: somebody stopped the fork server, or it hangs."""
        now = time.monotonic()
        if not int.from_bytes(fcntl.ioctl(control, termios.TIOCOUTQ, bytes(4)), sys.byteorder):
            self._heard = now
        return now - self._heard > DEAF_SECONDS

    def _spawn(self) -> None:
        if self._process:
            log.error("the fork server was gone, or took no jobs; it is started again")
        self.stop()
        self._heard = time.monotonic()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        arguments = {
            "control": theirs.fileno(),
            "parent": os.getpid(),
            "programs": self.programs,
            "optional": self.optional,
        }
        # Isolated (-I), so it does not find our code by itself.
        start = f"import json, sys; sys.path[:0] = {_roots(self.programs)!r}; from {__package__} import fork_server; "
        start += "fork_server.main(**json.loads(sys.argv[1]))"
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - nothing in it is anybody else's
                [sys.executable, "-I", "-c", start, json.dumps(arguments)],
                env={},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )


def _channel(program: str) -> tuple[socket.socket, socket.socket, int, int]:
    """Make the two ends of a job's socket, ours first, and those of its lease: the child's, and the one we hold."""
    try:
        ours, theirs = socket.socketpair()
        try:
            return ours, theirs, *os.pipe()
        except OSError:
            ours.close()
            theirs.close()
            raise
    except OSError as error:
        raise NotRun(f"{program}: no channel can be made: {error.strerror}") from None


def _roots(programs: Iterable[str]) -> list[str]:
    """List the folders from which the programs are imported: a feature may lie outside this repository."""
    specs = [find_spec(package) for package in {program.partition(".")[0] for program in programs}]
    return sorted({str(Path(spec.origin).parents[1]) for spec in specs if spec and spec.origin})


def program_names() -> list[str]:
    """Name the programs of all features."""
    return [program for feature in declared.features() for program in feature.programs]


@cache
def installed() -> Confinement:
    """Return the confinement of this process, which runs the programs of all features."""
    confinement = Confinement(program_names(), optional=settings.CONFINEMENT_OPTIONAL)
    atexit.register(confinement.stop)
    return confinement


async def run(program: str, given: bytes, *, seconds: float, most: int = LARGEST) -> bytes:
    """Run a program that a feature declares: see `Confinement.run`."""
    return await installed().run(program, given, seconds=seconds, most=most)
