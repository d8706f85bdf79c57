"""The process that forks a child for each job. It never holds a secret, nor anybody's input.

It is started with an empty environment and one descriptor of its parent's: a socket on which each message names a
program and carries the job's own socket and a lease. When the lease's other end is closed, the child is killed. It
reads nothing that a child wrote, and ends when its parent closes the socket or dies.
"""

import gc
import importlib
import os
import select
import signal
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from types import ModuleType
from typing import Any

from . import walls

# A child answers once: a status (one byte), the length of the content (four bytes), and the content. NOT_BEGUN: the
# program was not run, and the input is not at fault.
ANSWER = struct.Struct(">BI")
DONE, FAILED, NOT_BEGUN = 0, 1, 2
LONGEST_MESSAGE = 4096
NICE = 10
_JOB = 3  # the one descriptor that a child keeps, beside the three that lead to nowhere


def main(control: int, parent: int, programs: Iterable[str], optional: bool) -> None:
    """Import the programs, then fork children until the parent is gone.

    control: the descriptor of the socket. parent: its process id. programs: names of modules. optional: whether walls
    that this kernel cannot build may be missing.
    """
    walls.end_with_parent(parent, signal.SIGKILL)
    # Whoever stops the portal signals its whole group; jobs under way end with their leases.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # When memory runs out, the kernel kills a child first. Once `close_to_others` was called, only root could write
    # it.
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")
    # `serve` needs these two calls. A kernel without them raises here, at the start, instead of at the first job.
    itself = os.pidfd_open(os.getpid())
    signal.pidfd_send_signal(itself, 0)
    os.close(itself)
    # Pages go before programs.
    os.nice(NICE)
    walls.close_to_others()
    modules = {name: importlib.import_module(name) for name in programs}
    for module in modules.values():
        if prime := getattr(module, "prime", None):
            prime()
    gc.collect()
    gc.freeze()
    _Server(socket.socket(fileno=control), modules, optional).serve()


class _Server:
    def __init__(self, control: socket.socket, modules: dict[str, ModuleType], optional: bool) -> None:
        self.control, self.modules, self.optional = control, modules, optional
        self.pid = os.getpid()
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN)
        self.child_of: dict[int, int] = {}  # by lease
        self.lease_of: dict[int, int] = {}  # by child

    def serve(self) -> None:
        """Begin and end jobs until the parent is gone."""
        while True:
            ready = [descriptor for descriptor, _ in self.poll.poll()]
            # Ends come first: a job that begins may get the number of a descriptor that was just closed.
            for descriptor in ready:
                if descriptor in self.child_of:
                    self._kill(descriptor)
            for descriptor in ready:
                if descriptor in self.lease_of:
                    self._forget(descriptor)
            if self.control.fileno() in ready and not self._begin():
                return

    def _begin(self) -> bool:
        """Read a message and fork its child; False when the parent closed the socket."""
        message, descriptors, _, _ = socket.recv_fds(self.control, LONGEST_MESSAGE, 2)
        if not message:
            return False
        job, lease = descriptors
        try:
            pid = os.fork()
        except OSError:
            with suppress(OSError):
                os.write(job, ANSWER.pack(NOT_BEGUN, 0))
            os.close(job)
            os.close(lease)
            return True
        if pid == 0:
            _work(self.modules[message.decode()], job, self.optional, self.pid)
        os.close(job)
        child = os.pidfd_open(pid)
        self.child_of[lease], self.lease_of[child] = child, lease
        for descriptor in (child, lease):
            self.poll.register(descriptor, select.POLLIN)
        return True

    def _kill(self, lease: int) -> None:
        """Kill the child of a lease that ended. `_forget` reaps it later, so that no other job waits for its end."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.child_of.pop(lease), signal.SIGKILL)
        self.poll.unregister(lease)

    def _forget(self, child: int) -> None:
        """Reap a child that ended, and close what belongs to it."""
        os.waitid(os.P_PIDFD, child, os.WEXITED)
        lease = self.lease_of.pop(child)
        if self.child_of.pop(lease, None) is not None:
            self.poll.unregister(lease)
        self.poll.unregister(child)
        os.close(child)
        os.close(lease)


def _work(program: Any, job: int, optional: bool, server: int) -> None:
    """Wall this child in, read one input, answer once, and end."""
    try:
        os.dup2(job, _JOB)
        os.dup2(0, 1)
        os.dup2(0, 2)
        os.closerange(_JOB + 1, 1 << 30)
        walls.end_with_parent(server, signal.SIGKILL)
        try:
            confine(program, optional)
        except BaseException:
            _write(ANSWER.pack(NOT_BEGUN, 0))
            raise
        given = b"".join(iter(lambda: os.read(_JOB, 1 << 20), b""))
        try:
            status, content = DONE, program.main(given)
        except BaseException as error:
            status, content = FAILED, type(error).__name__.encode()
        _write(ANSWER.pack(status, len(content)))
        _write(content)
    finally:
        os._exit(0)


def confine(program: Any, optional: bool) -> None:
    """Build all walls around this process; the program starts its threads before the last wall stands."""
    missing = walls.missing() if optional else []
    walls.limit(cpu_seconds=program.CPU_SECONDS, memory=program.MEMORY)
    walls.drop_privileges()
    if walls.LANDLOCK not in missing:
        walls.forbid_files_and_connections()
    if prepare := getattr(program, "prepare", None):
        prepare()
    walls.forbid_more()
    if walls.SECCOMP not in missing:
        walls.forbid_system_calls()


def _write(content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(_JOB, rest) :]
