"""Check a JSON value against a JSON Schema, as far as bodies' schemas go.

What only describes (`title`, `format`, ...) is passed over; any other word that is not known here is a fault itself:
a schema that is checked in part would pass for one that is checked.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]

_DESCRIBES = {"$schema", "$id", "$comment", "$defs", "definitions"}
_DESCRIBES |= {"title", "description", "examples", "default", "format", "deprecated"}
_KINDS: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    # To Python a flag is a number, to JSON it is not.
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


class UnknownSchemaError(Exception):
    """A schema says something that cannot be checked here."""


def faults(value: Any, schema: Schema, whole: Schema, place: str = "$") -> Iterator[str]:
    """Give what is wrong with a value, by place; `whole` is the document that `$ref` leads into.

    A fault names no value: it may be somebody's. Raises UnknownSchemaError.
    """
    for word, rule in schema.items():
        if word == "$ref":
            yield from faults(value, _referred(rule, whole), whole, place)
        elif word in _RULES:
            yield from _RULES[word](value, rule, schema, whole, place)
        elif word not in _DESCRIBES:
            raise UnknownSchemaError(f"the schema says {word!r}, which is not checked here")


def _referred(reference: str, whole: Schema) -> Schema:
    found: Any = whole
    for step in reference.removeprefix("#").strip("/").split("/"):
        found = found.get(step) if isinstance(found, dict) else None
    if not reference.startswith("#/") or not isinstance(found, dict):
        raise UnknownSchemaError(f"the schema has no {reference!r}")
    return found


def _type(value: Any, rule: Any, schema: Schema, whole: Schema, place: str) -> Iterator[str]:
    kinds = [rule] if isinstance(rule, str) else rule
    if not any(_KINDS[kind](value) for kind in kinds):
        yield f"{place}: no {' or '.join(kinds)}"


def _members(value: Any, rule: Any, schema: Schema, whole: Schema, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in value.keys() & rule.keys():
            yield from faults(value[name], rule[name], whole, f"{place}.{name}")


def _others(value: Any, rule: Any, schema: Schema, whole: Schema, place: str) -> Iterator[str]:
    for name in value.keys() - schema.get("properties", {}).keys() if isinstance(value, dict) else ():
        if isinstance(rule, dict):
            yield from faults(value[name], rule, whole, f"{place}.{name}")
        elif rule is False:
            yield f"{place}.{name} is unknown"


def _items(value: Any, rule: Any, schema: Schema, whole: Schema, place: str) -> Iterator[str]:
    for n, each in enumerate(value if isinstance(value, list) else ()):
        yield from faults(each, rule, whole, f"{place}[{n}]")


def _simple(word: str, of: type | tuple[type, ...], is_right: Callable[[Any, Any], bool]) -> Any:
    """Make a rule that concerns values of some types only."""

    def check(value: Any, rule: Any, schema: Schema, whole: Schema, place: str) -> Iterator[str]:
        if isinstance(value, of) and not is_right(value, rule):
            yield f"{place}: {word}"

    return check


def _missing(value: Any, rule: Any, schema: Schema, whole: Schema, place: str) -> Iterator[str]:
    yield from (f"{place}.{name} is missing" for name in rule if isinstance(value, dict) and name not in value)


def _several(is_right: Callable[[int, int], bool]) -> Any:
    """Make a rule about how many of several schemas fit."""

    def check(value: Any, rule: Any, schema: Schema, whole: Schema, place: str) -> Iterator[str]:
        fitting = sum(not any(faults(value, one, whole, place)) for one in rule)
        if not is_right(fitting, len(rule)):
            yield f"{place}: fits {fitting} of {len(rule)}"

    return check


_RULES: dict[str, Any] = {
    "type": _type,
    "required": _missing,
    "properties": _members,
    "additionalProperties": _others,
    "items": _items,
    "enum": _simple("none of the enum", object, lambda value, rule: value in rule),
    "const": _simple("not the constant", object, lambda value, rule: value == rule),
    "pattern": _simple("not of the pattern", str, lambda value, rule: re.search(rule, value) is not None),
    "minLength": _simple("too short", str, lambda value, rule: len(value) >= rule),
    "maxLength": _simple("too long", str, lambda value, rule: len(value) <= rule),
    "minItems": _simple("too few", list, lambda value, rule: len(value) >= rule),
    "maxItems": _simple("too many", list, lambda value, rule: len(value) <= rule),
    "minimum": _simple("too small", (int, float), lambda value, rule: value >= rule),
    "maximum": _simple("too large", (int, float), lambda value, rule: value <= rule),
    "allOf": _several(lambda fitting, count: fitting == count),
    "anyOf": _several(lambda fitting, count: fitting >= 1),
    "oneOf": _several(lambda fitting, count: fitting == 1),
}
