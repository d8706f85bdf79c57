"""The reference of an entry of the journal, by which a citizen asks about it and an operator finds it.

It encodes the number of the entry and 20 bits of a hash of its trace and operation, which only who has the entry can
know: a reference that was made up or misread names no entry.
"""

import hashlib
import re

from portal.platform.journal.types import Access
from portal.platform.kit.reference import BITS, LETTERS, pattern, write

PREFIX, GROUPS, GROUP_SIZE = "G", 3, 4
CHECK_BITS = 4 * BITS
# The largest number of an entry that fits; of a larger one, the highest bits would be missing.
LARGEST = 2 ** (GROUPS * GROUP_SIZE * BITS - CHECK_BITS) - 1
PATTERN: re.Pattern[str] = pattern(prefix=PREFIX, groups=GROUPS, group_size=GROUP_SIZE)


def reference_of(access: Access) -> str:
    """Write the reference of an access: G-0000-1ZK3-7QMX."""
    return write_reference(access.id, access.trace_id, access.operation_id)


def write_reference(entry_number: int, trace_id: bytes, operation_id: bytes) -> str:
    """Write the reference of an entry by its number, its trace and its operation."""
    number = (entry_number << CHECK_BITS) + _check(trace_id, operation_id)
    return write(number, prefix=PREFIX, groups=GROUPS, group_size=GROUP_SIZE)


def entry_id(reference: str) -> int | None:
    """Read the number in a reference; None for what does not have the form of one (capitals, with its hyphens).

    Whether the reference is right shows only with the entry: whoever calls this reads the entry, and compares its
    `reference_of` (or `write_reference`) with the reference.
    """
    if not PATTERN.fullmatch(reference):
        return None
    number = 0
    for letter in reference.removeprefix(PREFIX).replace("-", ""):
        number = number << BITS | LETTERS.index(letter)
    return number >> CHECK_BITS


def _check(trace_id: bytes, operation_id: bytes) -> int:
    return int.from_bytes(hashlib.sha256(trace_id + operation_id).digest()[:4]) >> (32 - CHECK_BITS)
