"""Record which parts of an answer a parse function reads, so that unread parts can be found (`leaves`).

The readers of this room note it by themselves: an element whose text was taken, `(element, name)` for an attribute,
`(id(object or list), name or index)` for a value of JSON. Outside `note_reads` nothing is noted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_marks: ContextVar[set[Any] | None] = ContextVar("marks", default=None)

# The marks of the answer that is being read; None when nobody collects them.
current = _marks.get


@contextmanager
def note_reads() -> Iterator[set[Any]]:
    """Note what is read in the block; each thread and task has marks of its own."""
    marks: set[Any] = set()
    token = _marks.set(marks)
    try:
        yield marks
    finally:
        _marks.reset(token)
