"""A program that does what somebody would try who took over a decoder, and answers with the result."""

import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CPU_SECONDS = 1
MEMORY = 1 << 30

libc = ctypes.CDLL(None, use_errno=True)


def main(given: bytes) -> bytes:
    """Do one thing, named first, with its arguments; answer with JSON: what it gave, or the name of the error."""
    name, *arguments = json.loads(given)
    try:
        return json.dumps(TRIES[name](*arguments)).encode()
    except OSError as error:
        return json.dumps(errno.errorcode.get(error.errno or 0, str(error))).encode()
    except MemoryError:
        return b'"no memory"'


def read(path: str) -> str:
    return Path(path).read_bytes()[:100].decode("latin-1")


def write(path: str) -> str:
    Path(path).write_text("was here")
    return "written"


def sockets() -> list[str]:
    """Name the families of sockets that can be made, or are refused otherwise than by EPERM or EACCES."""
    had = []
    for family in range(64):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            try:
                socket.socket(family, kind).close()
            except PermissionError:
                continue
            except OSError as error:
                had.append(f"{family}: {error}")
                continue
            had.append(f"{family}: open")
    return had


def connect(port: int) -> str:
    with socket.socket() as one:
        one.connect(("127.0.0.1", port))
    return "connected"


def calls(allowed: list[int], most: int) -> dict[int, str]:
    """Make every system call that is not allowed; tell of each that was not refused."""
    answers = {}
    for number in set(range(most)) - set(allowed):
        ctypes.set_errno(0)
        made = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(0)] * 6)
        if (made, ctypes.get_errno()) != (-1, errno.EPERM):
            answers[number] = f"{made} {ctypes.get_errno()}"
    return answers


def call(number: int) -> int:
    return int(libc.syscall(ctypes.c_long(number), *[ctypes.c_long(0)] * 6))


def kill(pid: int) -> str:
    """See whether a process could be signalled; a signal that did harm would do it to these tests."""
    os.kill(pid, 0)
    return "signalled"


def code() -> str:
    mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    return "memory for code"


def code_later() -> str:
    """Make memory that is there already executable."""
    memory = mmap.mmap(-1, mmap.PAGESIZE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    if libc.mprotect(ctypes.c_void_p(address), mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC):
        raise OSError(ctypes.get_errno(), "mprotect")
    return "memory for code"


def bomb() -> int:
    """Fork until there is no more; say how many there are."""
    made = 0
    while made < 50:
        if os.fork() == 0:
            time.sleep(2)
            os._exit(0)
        made += 1
    return made


def descriptors() -> list[int]:
    """Say what is open, beside the three that lead to nowhere."""
    found = []
    for number in range(3, 4096):
        try:
            os.lseek(number, 0, os.SEEK_CUR)
        except OSError as error:
            if error.errno == errno.EBADF:
                continue
        found.append(number)
    return found


def memory() -> int:
    return len(bytearray(8 << 30))


def loop() -> None:
    while True:
        pass


def loop_deaf() -> None:
    """Loop on after the limit's warning."""
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    loop()


def silent() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
    time.sleep(60)


def leave() -> None:
    os._exit(0)


def boast(length: int, sent: int) -> None:
    """Say that so many bytes follow, and send fewer."""
    os.write(3, bytes([0]) + length.to_bytes(4, "big") + bytes(sent))
    os._exit(0)


def flood() -> None:
    """Answer without end."""
    os.write(3, bytes([0]) + (100).to_bytes(4, "big"))
    while True:
        os.write(3, bytes(1 << 20))


TRIES: dict[str, Callable[..., Any]] = {
    "parent": os.getppid,
    "begin": lambda: len(os.sched_getaffinity(0)),
    "fork": os.fork,
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "read": read,
    "write": write,
    "list": os.listdir,
    "sockets": sockets,
    "connect": connect,
    "calls": calls,
    "call": call,
    "kill": kill,
    "code": code,
    "code later": code_later,
    "bomb": bomb,
    "descriptors": descriptors,
    "memory": memory,
    "loop": loop,
    "loop deaf": loop_deaf,
    "silent": silent,
    "leave": leave,
    "boast": boast,
    "flood": flood,
    "echo": lambda text: text,
}
