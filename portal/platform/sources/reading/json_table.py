"""Say what a JSON answer holds as a table, with the leaves of `table`: member names and what a citizen reads at each.

    PATH = members({
        "startdatum": date("started_on", "Begonnen op"),
        "begeleider/naam": text("counsellor", "Begeleider"),
        "onderdelen[]": members({"naam": text("part", "Onderdeel")}),
    })

A name is a member; `a/b` a member of a member; `[]` after a name says that it is a list (places in a path are
1-based: `trajecten[2]/startdatum`). Facts come in the table's order, as the members of an object have none. What the
table does not name is not read, and what has another form than the table says is passed over. Nothing here raises.
"""

from collections.abc import Callable, Mapping
from typing import Any

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
            found: Any = value
            for name in names:
                found = found.get(name) if isinstance(found, dict) else None
            place = below + "/".join(names)
            if not is_list:
                reader(found, place, facts)
            elif isinstance(found, list):
                for n, each in enumerate(found, 1):
                    reader(each, f"{place}[{n}]", facts)

    return read


def written(value: Any) -> str:
    """Write a single value as text: numbers and flags as JSON does; "" for null and for what is not single."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def _row(name: str, reader: Leaf | Reader) -> tuple[tuple[str, ...], bool, Reader]:
    is_list = name.endswith("[]")
    names = tuple(name.removesuffix("[]").split("/"))
    return names, is_list, _of_value(reader) if isinstance(reader, Leaf) else reader


def _of_value(leaf: Leaf) -> Reader:
    def read(value: Any, path: str, facts: list[Fact]) -> None:
        leaf.show(written(value), path, facts)

    return read
