"""Start the portal: `python -m portal.config.serve`, which serves pages in WORKERS processes (default 1).

With WORKERS=1 this process serves. With more, it is the parent of the processes that serve: it serves nothing itself
and holds no secret but its environment. The parent owns the socket from which all of them accept connections, so that
waiting connections outlive any one process. It restarts a process that crashed, kills one that was silent for too
long, and stops them all. When the parent dies, they die.
"""

import argparse
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

from portal.platform.confined import walls

from . import environment, shared_counts

TICK_SECONDS = 0.1  # between two looks of the parent at its processes
# No handler blocks the event loop for so long, and no start takes so long: a process that is silent longer hangs.
SILENT_SECONDS = 60.0
# A process that served for LEAST_SECONDS is restarted at once; one that ended sooner, after PAUSE_SECONDS.
LEAST_SECONDS, PAUSE_SECONDS = 10.0, 5.0
# Seconds beyond the grace in which a process closes its pools.
CLOSING_SECONDS = 6.0

PROGRAM = (sys.executable, "-m", "portal.config.serving")

log = logging.getLogger("portal.processes")


@dataclass
class _Process:
    """A process that serves. beats: the descriptor of the pipe from which the parent reads its signs of life.

    last_beat, served_since: seconds of the monotonic clock.
    """

    number: int
    child: subprocess.Popen[bytes]
    beats: int
    last_beat: float
    served_since: float | None = None


class Parent:
    """Starts a number of processes and watches them until a signal stops it."""

    def __init__(
        self, listener: socket.socket, processes: int, grace: int, *, program: Sequence[str] = PROGRAM
    ) -> None:
        """program: what each process runs; its last argument is JSON, the arguments of `serving.serve_for`."""
        self._program = program
        self._listener = listener
        self._counts = shared_counts.CountMemory(processes)
        self._grace = grace
        self._processes: dict[int, _Process] = {}
        # When to start each process that does not run, by number.
        self._start_at = dict.fromkeys(range(1, processes + 1), 0.0)
        self._has_served = False
        self._exit_code: int | None = None

    def run(self) -> int:
        """Run until stopped. Return the exit code: 0 after a signal, another when no process could begin to serve."""
        for stop_signal in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(stop_signal, self._stop_soon)
        while self._exit_code is None:
            now = time.monotonic()
            for number in [number for number, moment in self._start_at.items() if moment <= now]:
                self._start(number)
            for process in list(self._processes.values()):
                self._look_after(process)
            time.sleep(TICK_SECONDS)
        self._stop_all()
        return self._exit_code

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        self._exit_code = 0

    def _start(self, number: int) -> None:
        del self._start_at[number]
        try:
            self._processes[number] = self._spawn(number)
        except OSError as error:
            # The machine is out of memory, processes or open files. That is no reason to end those that serve.
            log.critical("process %d cannot be started: %s", number, error.strerror)
            if self._has_served:
                self._start_at[number] = time.monotonic() + PAUSE_SECONDS
            else:
                self._exit_code = 1

    def _spawn(self, number: int) -> _Process:
        beats, write_end = os.pipe()
        arguments = {
            "parent": os.getpid(),
            "listener": self._listener.fileno(),
            "counts": self._counts.descriptor,
            "beats": write_end,
            "grace": self._grace,
        }
        try:
            child = subprocess.Popen(  # noqa: S603 - no argument comes from outside
                [*self._program, json.dumps(arguments)],
                env={**os.environ, "WORKER": str(number)},
                stdin=subprocess.DEVNULL,
                pass_fds=[self._listener.fileno(), self._counts.descriptor, write_end],
            )
        except OSError:
            os.close(beats)
            raise
        finally:
            os.close(write_end)
        os.set_blocking(beats, False)
        return _Process(number, child, beats, time.monotonic())

    def _look_after(self, process: _Process) -> None:
        now = time.monotonic()
        with suppress(BlockingIOError):
            if os.read(process.beats, 1 << 16):
                process.last_beat = now
                if process.served_since is None:
                    process.served_since, self._has_served = now, True
                    log.info("process %d (pid %d) serves", process.number, process.child.pid)
        if process.child.poll() is not None:
            self._handle_end(process, now)
        elif now - process.last_beat > SILENT_SECONDS:
            log.critical("process %d (pid %d) was silent for long and is ended", process.number, process.child.pid)
            process.child.kill()

    def _handle_end(self, process: _Process, now: float) -> None:
        os.close(process.beats)
        del self._processes[process.number]
        self._counts.empty(process.number - 1)
        end = _end_in_words(process.child.returncode)
        if not self._has_served:
            # The settings are wrong, so every process would fail: exit, and let the operator see it.
            log.critical("process %d (pid %d) %s before it served", process.number, process.child.pid, end)
            self._exit_code = process.child.returncode if process.child.returncode > 0 else 1
            return
        served = 0.0 if process.served_since is None else now - process.served_since
        pause = 0.0 if served >= LEAST_SECONDS else PAUSE_SECONDS
        self._start_at[process.number] = now + pause
        line = "process %d (pid %d) %s; it is started again in %.0f s"
        log.error(line, process.number, process.child.pid, end, pause)

    def _stop_all(self) -> None:
        self._listener.close()
        for process in self._processes.values():
            process.child.terminate()
        until = time.monotonic() + self._grace + CLOSING_SECONDS
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.child.wait(max(0.0, until - time.monotonic()))
            process.child.kill()
            process.child.wait()


def _end_in_words(code: int) -> str:
    return f"fell (signal {-code})" if code < 0 else f"ended by itself (code {code})"


def main() -> int:
    """Serve as the arguments and the environment say; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m portal.config.serve", description="Serve the portal.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=environment.number("PORT", 8000, most=65535))
    parser.add_argument("--grace", type=int, default=10, help="seconds that open answers get when it stops (10)")
    options = parser.parse_args()
    processes = environment.number("WORKERS", 1)
    if environment.problems:
        sys.exit("\n".join(problem for _, problem in environment.problems))
    os.environ["PORT"] = str(options.port)
    if processes == 1:
        # Imported here: the parent of several processes needs none of it.
        from . import serving

        with suppress(KeyboardInterrupt):
            serving.make_server(grace=options.grace, host=options.host, port=options.port).run()
        return 0
    # Others of the same user must not read the parent's memory: its environment has the passwords of the databases.
    walls.close_to_others()
    # The parent's log lines stand among those of the processes, which are in the portal's time zone.
    os.environ["TZ"] = "Europe/Brussels"
    time.tzset()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)
    return Parent(_bind(options.host, options.port), processes, options.grace).run()


def _bind(host: str, port: int) -> socket.socket:
    """Bind the port, or exit. Listening begins when the first process can serve."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if bound.family == socket.AF_INET6:
        # As a single process has it: a proxy that came over IPv4 would have another address than in its list.
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        sys.exit(f"{host}:{port} cannot be listened at: {error.strerror}")
    return bound


if __name__ == "__main__":
    sys.exit(main())
