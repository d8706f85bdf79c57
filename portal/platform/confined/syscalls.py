"""The system calls that a confined program may make, as a filter for seccomp.

A list of what is allowed, because every new kernel has calls that nobody here thought of. The numbers are those of
Linux on x86-64 (`arch/x86/entry/syscalls/syscall_64.tbl`) and on 64-bit ARM (`include/uapi/asm-generic/unistd.h`).
"""

import errno
import platform
import struct
from dataclasses import dataclass

# Calls that read and write open descriptors, manage memory without code, wait, and end; and those with which a thread
# begins: one that was started before the walls may make them only afterwards.
_X86_64 = {
    "read": 0,
    "write": 1,
    "close": 3,
    "lseek": 8,
    "munmap": 11,
    "brk": 12,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "rt_sigreturn": 15,
    "sched_yield": 24,
    "mremap": 25,
    "madvise": 28,
    "nanosleep": 35,
    "getpid": 39,
    "exit": 60,
    "gettimeofday": 96,
    "getrusage": 98,
    "sigaltstack": 131,
    "gettid": 186,
    "futex": 202,
    "sched_getaffinity": 204,
    "restart_syscall": 219,
    "clock_gettime": 228,
    "clock_getres": 229,
    "clock_nanosleep": 230,
    "exit_group": 231,
    "set_robust_list": 273,
    "getrandom": 318,
    "rseq": 334,
}
_AARCH64 = {
    "close": 57,
    "lseek": 62,
    "read": 63,
    "write": 64,
    "exit": 93,
    "exit_group": 94,
    "futex": 98,
    "set_robust_list": 99,
    "nanosleep": 101,
    "clock_gettime": 113,
    "clock_getres": 114,
    "clock_nanosleep": 115,
    "sched_getaffinity": 123,
    "sched_yield": 124,
    "restart_syscall": 128,
    "sigaltstack": 132,
    "rt_sigaction": 134,
    "rt_sigprocmask": 135,
    "rt_sigreturn": 139,
    "getrusage": 165,
    "gettimeofday": 169,
    "getpid": 172,
    "gettid": 178,
    "brk": 214,
    "munmap": 215,
    "mremap": 216,
    "madvise": 233,
    "getrandom": 278,
    "rseq": 293,
}


@dataclass(frozen=True)
class Processor:
    """An architecture: its number in the kernel's audit (AUDIT_ARCH_…), and the numbers of its system calls."""

    audit: int
    allowed: dict[str, int]
    mmap: int
    mprotect: int
    seccomp: int


MACHINES = {
    "x86_64": Processor(0xC000003E, _X86_64, mmap=9, mprotect=10, seccomp=317),
    "aarch64": Processor(0xC00000B7, _AARCH64, mmap=222, mprotect=226, seccomp=277),
}

# The second set of system calls of x86-64 (x32) has numbers from here on.
_X32 = 0x40000000
# Offsets in struct seccomp_data, which holds the call's number, the architecture, the instruction pointer, and six
# arguments of 64 bits. The low half of the third argument of mmap and mprotect is the protection.
_NUMBER, _AUDIT, _PROTECTION = 0, 4, 32
_PROT_EXEC = 4
# Classic BPF: load a word, jump if equal, if at least, if a bit is set, return.
_LOAD, _EQUAL, _AT_LEAST, _BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE = 0x00050000 | errno.EPERM


def here() -> Processor | None:
    """Return the architecture that this process runs on; None when we do not know its numbers."""
    return MACHINES.get(platform.machine()) if struct.calcsize("P") == 8 else None


def filter_of(machine: Processor) -> bytes:
    """Write the filter as a BPF program: calls that are not allowed get EPERM, those of another architecture kill.

    mmap and mprotect are allowed without PROT_EXEC.
    """
    lines = [
        (_LOAD, 0, 0, _AUDIT),
        (_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _KILL),
    ]
    for number in sorted(machine.allowed.values()):
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    lines += [
        (_EQUAL, 2, 0, machine.mmap),
        (_EQUAL, 1, 0, machine.mprotect),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _PROTECTION),
        (_BIT, 0, 1, _PROT_EXEC),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
