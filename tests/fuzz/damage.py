"""Ways in which bytes, XML and JSON come to harm."""

import copy
import json
import random
from typing import Any

from lxml import etree

# Texts that parsers trip over: numbers that are none, dates that are none, markup, other scripts, nothing.
NASTY = [
    "",
    " ",
    "?",
    "0",
    "-1",
    "99999999999",
    "0000-00-00",
    "2026-13-45",
    "31.02.2026",
    "<x/>",
    "&",
    "é" * 40,
    "\u202e",
    "true",
    "a\r\nb: c",
    "https://[a/",
]

# Members of JSON that are of another kind, or that no counting or writing can bear.
ODD: list[Any] = [None, True, 3.5, [], {}, [[]], {"a": 1}, -1, 10**400, float("inf"), float("nan"), "\ud800"]


def harm_bytes(data: bytes, chance: random.Random) -> bytes:
    """Cut, flip, repeat or replace a piece."""
    at = chance.randrange(len(data) + 1)
    match chance.randrange(5):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        case 2:
            until = min(len(data), at + chance.randrange(1, 200))
            return data[:until] + data[at:until] + data[until:]
        case 3:
            until = min(len(data), at + chance.randrange(1, 200))
            return data[:at] + data[until:]
        case _:
            return data[:at] + chance.choice(NASTY).encode() + data[at:]


def harm_xml(data: bytes, chance: random.Random) -> bytes:
    """Remove, repeat, rename, move or refill elements; the document stays well-formed."""
    root = etree.fromstring(data)
    for _ in range(chance.randint(1, 3)):
        below = [element for element in root.iterdescendants() if isinstance(element.tag, str)]
        if not below:
            break
        element = chance.choice(below)
        parent = element.getparent()
        match chance.randrange(5):
            case 0:
                parent.remove(element)
            case 1:
                parent.append(copy.deepcopy(element))
            case 2:
                element.tag = chance.choice([other.tag for other in below])
            case 3:
                element.text = "".join(c for c in chance.choice(NASTY) if c.isprintable())
            case _:
                element.set(chance.choice(["DatumBegin", "IsFictief", "nil"]), "x")
    return etree.tostring(root)


def harm_json(data: bytes, chance: random.Random) -> bytes:
    """Remove, retype or refill members at any depth."""
    content = json.loads(data)
    for _ in range(chance.randint(1, 3)):
        places: list[tuple[Any, Any]] = []
        _collect(content, places)
        if not places:
            break
        holder, key = chance.choice(places)
        match chance.randrange(3):
            case 0:
                del holder[key]
            case 1:
                holder[key] = copy.deepcopy(chance.choice(ODD))
            case _:
                holder[key] = chance.choice(NASTY)
    return json.dumps(content).encode()


def _collect(content: Any, places: list[tuple[Any, Any]]) -> None:
    keys = list(content) if isinstance(content, dict) else range(len(content)) if isinstance(content, list) else ()
    for key in keys:
        places.append((content, key))
        _collect(content[key], places)
