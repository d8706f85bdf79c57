"""How much each person or network has under way, in all processes of this portal on this machine together.

The counts are in memory that the processes share: with several processes a limit is still one limit, and reading it
costs no message. Each process writes its own part and reads all parts, without a lock: within the same microsecond,
each may take the last place. The parent (`serve`) empties the part of a process that ended.

A name has the slot that its keyed hash leads to. Two names in one slot share one limit. Only a name whose slot
another fills notices, and nobody can choose whose slot they fill.
"""

import mmap
import os
from collections.abc import Hashable
from enum import IntEnum
from hashlib import blake2b

SLOTS = 1 << 16
_KEY = 16  # bytes, at the beginning of the first page


class CountKind(IntEnum):
    """What is counted, each kind in slots of its own."""

    PAGES = 0
    VISITORS = 1
    RETURNS = 2
    UPLOADS = 3
    BYTES = 4
    STREAMS = 5


_STRIDE = len(CountKind) * SLOTS
_PART = _STRIDE * 8


def size(processes: int) -> int:
    """Give the bytes that so many processes share; slots that are never used take no memory."""
    return mmap.PAGESIZE + (1 + processes) * _PART


class CountTable:
    """The memory, as one of so many processes sees it: the pace that is used up, and what each of them holds."""

    def __init__(self, memory: mmap.mmap, own: int) -> None:
        """own: which part is this process's, from 0."""
        self.key = memory[:_KEY]
        parts = memoryview(memory)[mmap.PAGESIZE :]
        self.paid = parts[:_PART].cast("d")
        self.held = parts[_PART:].cast("Q")
        self.own = own * _STRIDE

    @classmethod
    def attach(cls, descriptor: int, own: int) -> "CountTable":
        """See the memory that a parent made."""
        return cls(mmap.mmap(descriptor, 0), own)

    @classmethod
    def alone(cls) -> "CountTable":
        """Make one for a process that shares nothing."""
        memory = mmap.mmap(-1, size(1))
        memory[:_KEY] = os.urandom(_KEY)
        return cls(memory, 0)


class Counts:
    """How much each name holds of one kind, and until when its pace is used up."""

    def __init__(self, kind: CountKind, table: CountTable) -> None:
        self._table = table
        self._first = kind * SLOTS

    def slot(self, name: Hashable) -> int:
        """Find the slot of a name, which the other methods take."""
        found = blake2b(str(name).encode(), digest_size=4, key=self._table.key).digest()
        return self._first + int.from_bytes(found) % SLOTS

    def total_held(self, slot: int) -> int:
        """Add up what all processes hold."""
        return sum(self._table.held[slot::_STRIDE])

    def add(self, slot: int, more: int) -> None:
        """Hold so much more in this process, or less."""
        self._table.held[self._table.own + slot] += more

    def paid_until(self, slot: int) -> float:
        """Tell until when the pace is used up, in seconds of the clock that `pay` was given."""
        return self._table.paid[slot]

    def pay(self, slot: int, until: float) -> None:
        """Write until when the pace is used up."""
        self._table.paid[slot] = until


_table = CountTable.alone()


def join(descriptor: int, own: int) -> None:
    """Share from now on the memory that a parent made; before any `counts` are made, which keep what they were given.

    own: which part is this process's, from 0.
    """
    global _table
    _table = CountTable.attach(descriptor, own)


def counts(kind: CountKind) -> Counts:
    """Give what this process counts together with the others."""
    return Counts(kind, _table)


def counts_alone(kind: CountKind) -> Counts:
    """Give counts that nobody else has."""
    return Counts(kind, CountTable.alone())


class CountMemory:
    """The parent's side: it makes the memory, and empties the part of a process that ended."""

    def __init__(self, processes: int) -> None:
        self.descriptor = os.memfd_create("portal-counts")
        os.ftruncate(self.descriptor, size(processes))
        self._memory = mmap.mmap(self.descriptor, 0)
        self._memory[:_KEY] = os.urandom(_KEY)

    def empty(self, own: int) -> None:
        """Empty the part of a process that ended, in whichever way."""
        self._memory.madvise(mmap.MADV_REMOVE, mmap.PAGESIZE + (1 + own) * _PART, _PART)
