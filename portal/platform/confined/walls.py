"""The walls that a process builds around itself: Landlock, seccomp, limits. None of them can be taken down again."""

import ctypes
import os
import resource

from . import syscalls
from .errors import NotConfined

LANDLOCK, SECCOMP = "Landlock", "seccomp"
BOTH = (LANDLOCK, SECCOMP)

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_SECCOMP_SET_MODE_FILTER, _SECCOMP_GET_ACTION_AVAIL, _SECCOMP_FILTER_FLAG_TSYNC = 1, 2, 1
_SECCOMP_RET_ERRNO = 0x00050000
# These numbers of system calls are the same on every architecture.
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446
_LANDLOCK_CREATE_RULESET_VERSION = 1
# By version of Landlock's ABI: how many rights to files it has.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NETWORK, _SCOPES = 0b11, 0b11
_LINUX_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def close_to_others() -> None:
    """Keep other processes of the same user out of this one's memory, and keep it out of core files.

    For processes that hold secrets. /proc/PID then belongs to root.
    """
    _prctl(_PR_SET_DUMPABLE, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_with_parent(parent: int, signal: int) -> None:
    """Have the kernel end this process when its parent ends; end at once when it has ended already."""
    _prctl(_PR_SET_PDEATHSIG, signal)
    if os.getppid() != parent:
        os._exit(1)


def missing() -> list[str]:
    """Name the walls that this kernel cannot build."""
    able = {LANDLOCK: landlock_version() > 0, SECCOMP: _has_seccomp()}
    return [wall for wall in BOTH if not able[wall]]


def limit(*, cpu_seconds: int, memory: int) -> None:
    """Limit processor time and address space (bytes); let nothing be written to a file or locked in memory."""
    for which, most in ((resource.RLIMIT_CPU, cpu_seconds), (resource.RLIMIT_AS, memory)):
        resource.setrlimit(which, (most, most))
    _none_of(resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE)


def forbid_more() -> None:
    """Let no more descriptors be opened, and no thread or process be started (except by root)."""
    _none_of(resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)


def drop_privileges() -> None:
    """Give up all capabilities, and every way to gain privileges again. Raise NotConfined."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(_LINUX_CAPABILITY_VERSION_3, 0)
    if _libc.capset(header, (ctypes.c_uint32 * 6)()):
        raise NotConfined(f"capset: {os.strerror(ctypes.get_errno())}")


def forbid_files_and_connections() -> None:
    """Build Landlock's wall around this thread and those it starts: no access to files, no TCP, no signals to others.

    Raise NotConfined.
    """
    version = landlock_version()
    rights = (1 << _RIGHTS[min(version, max(_RIGHTS))]) - 1 if version else 0
    handled = [rights, *([_NETWORK] if version >= 4 else []), *([_SCOPES] if version >= 6 else [])]
    attributes = (ctypes.c_uint64 * len(handled))(*handled)
    ruleset = _syscall(LANDLOCK, _LANDLOCK_CREATE_RULESET, attributes, ctypes.sizeof(attributes), 0)
    try:
        _syscall(LANDLOCK, _LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def forbid_system_calls() -> None:
    """Build seccomp's wall around all threads of this process: only what `syscalls` allows. Raise NotConfined."""
    machine = syscalls.here()
    if machine is None:
        raise NotConfined(f"{SECCOMP}: the numbers of this machine's system calls are not known")
    instructions = syscalls.filter_of(machine)
    program = _SockFprog(len(instructions) // 8, instructions)
    flags = _SECCOMP_FILTER_FLAG_TSYNC
    # A number above zero is that of a thread that could not be walled in.
    if _syscall(SECCOMP, machine.seccomp, _SECCOMP_SET_MODE_FILTER, flags, ctypes.byref(program)):
        raise NotConfined(f"{SECCOMP}: a thread stands outside")


class _SockFprog(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _none_of(*limits: int) -> None:
    for which in limits:
        resource.setrlimit(which, (0, 0))


def landlock_version() -> int:
    """Return the version of Landlock that this kernel has; 0 when it has none."""
    return max(0, int(_libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_CREATE_RULESET_VERSION)))


def _has_seccomp() -> bool:
    machine = syscalls.here()
    action = ctypes.c_uint32(_SECCOMP_RET_ERRNO)
    return (
        machine is not None
        and _libc.syscall(machine.seccomp, _SECCOMP_GET_ACTION_AVAIL, 0, ctypes.byref(action)) == 0
    )


def _syscall(wall: str, *arguments: object) -> int:
    # Plain numbers would be passed as 32 bits.
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    answer = int(_libc.syscall(*values))
    if answer < 0:
        raise NotConfined(f"{wall}: {os.strerror(ctypes.get_errno())}")
    return answer


def _prctl(*arguments: int) -> None:
    values = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:5]]
    if _libc.prctl(*values):
        raise NotConfined(f"prctl {arguments}: {os.strerror(ctypes.get_errno())}")
