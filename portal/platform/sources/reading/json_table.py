"""Describe a JSON answer as a table, with the leaves of `table`: names of members, and the fact that each becomes.

    PATH = members({
        "startdatum": date("started_on", "Begonnen op"),
        "begeleider/naam": text("counsellor", "Begeleider"),
        "onderdelen[]": members({"naam": text("part", "Onderdeel")}),
    })

A name is a member; `a/b` a member of a member; `[]` after a name says that it is a list (indexes in a path are
1-based: `trajecten[2]/startdatum`). Facts come in the table's order, as the members of an object have none. A value
that the table does not name, or that has another form than the table says, is not read, and makes the answer partial
(`leaves`). Nothing here raises.
"""

from collections.abc import Callable, Mapping
from typing import Any

from . import marks
from .facts import Fact
from .table import Leaf

Reader = Callable[[Any, str, list[Fact]], None]


def members(table: Mapping[str, Leaf | Reader]) -> Reader:
    """Compile a table (see above) to a reader of the object it describes."""
    rows = [_row(name, reader) for name, reader in table.items()]

    def read(value: Any, path: str, facts: list[Fact]) -> None:
        if not isinstance(value, dict):
            return
        below = f"{path}/" if path else ""
        for names, is_list, reader in rows:
            holder: Any = None
            found: Any = value
            for name in names:
                holder, found = found, found.get(name) if isinstance(found, dict) else None
            place = below + "/".join(names)
            if not is_list:
                _read(reader, holder, names[-1], found, place, facts)
            elif isinstance(found, list):
                for n, each in enumerate(found):
                    _read(reader, found, n, each, f"{place}[{n + 1}]", facts)

    return read


def write(value: Any) -> str:
    """Write a single value as text, numbers and flags as JSON does; "" for null, an object and a list."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def value_at(content: Any, *way: str | int) -> str:
    """Write the single value at a path of names and indexes; "" when there is none."""
    holder: Any = None
    found: Any = content
    for step in way:
        holder = found
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
        else:
            found = None
    return _write_noted(holder, way[-1], found) if way else write(found)


def _row(name: str, reader: Leaf | Reader) -> tuple[tuple[str, ...], bool, Leaf | Reader]:
    return tuple(name.removesuffix("[]").split("/")), name.endswith("[]"), reader


def _read(reader: Leaf | Reader, holder: Any, key: str | int, value: Any, path: str, facts: list[Fact]) -> None:
    if isinstance(reader, Leaf):
        reader.show(_write_noted(holder, key, value), path, facts)
    else:
        reader(value, path, facts)


def _write_noted(holder: Any, key: str | int, value: Any) -> str:
    """Write a single value, and note in the marks that it was read."""
    text = write(value)
    if text and (read := marks.current()) is not None:
        read.add((id(holder), key))
    return text
