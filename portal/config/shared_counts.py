"""Counts of what each citizen or network has under way, in all processes that serve pages on this machine.

The counts are in memory that the processes share, so that a limit holds for all processes together and is read
without asking another process. Each process writes its own part and reads all parts, without a lock: two processes
may take the last place in the same microsecond, and then one more is let in than the limit says. The parent (`serve`)
empties the part of a process that ended.

A keyed hash gives each name a slot. Two names in one slot share one limit, but because of the key nobody can choose
whose slot they fill. Beside what is held, each slot has the moment until which its pace (of turns in a second) is
used up, as GCRA counts it; all processes write it. `quotas`, `uploads` and `budgets` use these counts.

The memory is, in this order: a page that begins with the key, a part with the moments, and a part of each process.
"""

import mmap
import os
from collections.abc import Hashable
from enum import IntEnum
from hashlib import blake2b

SLOTS = 1 << 16
_KEY_BYTES = 16  # of the hash's key, at the beginning of the first page of memory


class CountKind(IntEnum):
    """What is counted, each kind in slots of its own."""

    PAGES = 0
    VISITORS = 1
    RETURNS = 2
    UPLOADS = 3
    BYTES = 4
    STREAMS = 5


_STRIDE = len(CountKind) * SLOTS  # slots of one part
_PART = _STRIDE * 8  # bytes of one part: a double or a 64-bit integer for each slot


def size(processes: int) -> int:
    """Give how many bytes so many processes share; pages of slots that are never used take no memory."""
    return mmap.PAGESIZE + (1 + processes) * _PART


class CountTable:
    """The shared memory, as one process sees it.

    paid: by slot, until when the pace is used up, in seconds. held: by process and slot, how much is held: requests
    or bytes. own: where the part of this process begins in `held`.
    """

    def __init__(self, memory: mmap.mmap, own: int) -> None:
        """own: the index of this process's part, from 0."""
        self.key = memory[:_KEY_BYTES]
        parts = memoryview(memory)[mmap.PAGESIZE :]
        self.paid = parts[:_PART].cast("d")
        self.held = parts[_PART:].cast("Q")
        self.own = own * _STRIDE

    @classmethod
    def attach(cls, descriptor: int, own: int) -> "CountTable":
        """Map the memory that a parent made (`CountMemory`), by its descriptor here."""
        return cls(mmap.mmap(descriptor, 0), own)

    @classmethod
    def alone(cls) -> "CountTable":
        """Make a table for a process that shares nothing."""
        memory = mmap.mmap(-1, size(1))
        memory[:_KEY_BYTES] = os.urandom(_KEY_BYTES)
        return cls(memory, 0)


class Counts:
    """The counts of one kind: how much each name holds, and until when its pace is used up."""

    def __init__(self, kind: CountKind, table: CountTable) -> None:
        self._table = table
        self._first = kind * SLOTS

    def slot(self, name: Hashable) -> int:
        """Give the slot of a name, as the other methods take it; names with the same `str` have the same slot."""
        digest = blake2b(str(name).encode(), digest_size=4, key=self._table.key).digest()
        return self._first + int.from_bytes(digest) % SLOTS

    def total_held(self, slot: int) -> int:
        """Add up what all processes hold in a slot."""
        return sum(self._table.held[slot::_STRIDE])

    def add(self, slot: int, more: int) -> None:
        """Add to what this process holds in a slot; a negative number takes away, at most what was added."""
        self._table.held[self._table.own + slot] += more

    def paid_until(self, slot: int) -> float:
        """Give until when the pace of a slot is used up, in seconds of the caller's clock."""
        return self._table.paid[slot]

    def pay(self, slot: int, until: float) -> None:
        """Set until when the pace of a slot is used up. until: of a clock that all processes share (monotonic)."""
        self._table.paid[slot] = until


_table = CountTable.alone()


def join(descriptor: int, own: int) -> None:
    """Use the memory that a parent made. To be called before `counts`, whose results keep the memory that they have.

    own: the index of this process's part, from 0.
    """
    global _table
    _table = CountTable.attach(descriptor, own)


def counts(kind: CountKind) -> Counts:
    """Give counts of a kind that this process shares with the others."""
    return Counts(kind, _table)


class CountMemory:
    """The parent's side of the shared memory: makes it, and empties the part of a process that ended."""

    def __init__(self, processes: int) -> None:
        self.descriptor = os.memfd_create("portal-counts")
        os.ftruncate(self.descriptor, size(processes))
        self._memory = mmap.mmap(self.descriptor, 0)
        self._memory[:_KEY_BYTES] = os.urandom(_KEY_BYTES)

    def empty(self, own: int) -> None:
        """Set all that a process held to zero; its index, from 0, says whose part it is."""
        self._memory.madvise(mmap.MADV_REMOVE, mmap.PAGESIZE + (1 + own) * _PART, _PART)
