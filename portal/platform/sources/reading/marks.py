"""Record which parts of an answer a parse function reads, so that unread parts can be found (`leaves`).

The readers of this room add a mark for each part they read: the element for its text, `(element, name)` for an
attribute, `(id(object or list), name or index)` for a value of JSON. Outside `note_reads` nothing is recorded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_marks: ContextVar[set[Any] | None] = ContextVar("marks", default=None)

# Gives the marks of the answer that is being read; None outside `note_reads`.
current = _marks.get


@contextmanager
def note_reads() -> Iterator[set[Any]]:
    """Record what is read in the block; each thread and task has marks of its own."""
    marks: set[Any] = set()
    token = _marks.set(marks)
    try:
        yield marks
    finally:
        _marks.reset(token)
