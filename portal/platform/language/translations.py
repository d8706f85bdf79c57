"""Texts that stand in a file in Dutch, and in tables beside it in other languages: a body's manifest, the help.

Who reads such a file marks what is text in its structs (`Text`). A table that is named after a language (`[en]`) has
the keys of the table that it stands in, as far as they are texts, and no others. What it leaves out is said in Dutch,
and known to be Dutch (`InDutch`), so that a page in another language can mark it.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from babel import localedata
from msgspec import inspect

from .offer import DUTCH

# A field of a struct that people read: it can be said in another language.
Text = Annotated[str, msgspec.Meta(extra={"is_text": True})]

_TAG = re.compile(r"[a-z]{2,3}")


class InDutch(str):
    """A text in Dutch, whatever the language of the page it stands on."""

    __slots__ = ()


class WrongTranslation(ValueError):
    """Refuse what a table of a language says; keys: where in that table; cure: what to do about it."""

    def __init__(self, keys: tuple[str, ...], what: str, cure: str) -> None:
        super().__init__(what)
        self.keys = keys
        self.cure = cure


def part(written: Mapping[str, Any], own: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part a table of a file in what it says itself, and its tables of languages: by those that the CLDR knows.

    own: its keys; of one that is the name of a language too (`id`) there can be no table.
    """
    tables = {key: value for key, value in written.items() if key not in own and _is_language(key)}
    return {key: value for key, value in written.items() if key not in tables}, tables


def _is_language(key: str) -> bool:
    return bool(_TAG.fullmatch(key)) and bool(localedata.exists(key))


def read[T: msgspec.Struct](written: object, kind: type[T], language: str) -> T:
    """Read a table of a file as a struct, in a language; what it says in others is checked all the same.

    Raise msgspec.ValidationError where it is no such struct, and WrongTranslation.
    """
    own, tables = part(written, _fields(kind)) if isinstance(written, dict) else (written, {})
    made = msgspec.convert(own, kind)
    said = {of: translated(made, table, of) for of, table in tables.items()}
    if language == DUTCH:
        return made
    return said[language] if language in said else translated(made, {}, language)


def translated[T: msgspec.Struct](written: T, table: object, language: str) -> T:
    """Give a struct in another language: its texts as a table says them, or else marked as Dutch.

    Raise WrongTranslation for a table that says anything but texts that the struct has.
    """
    if language == DUTCH:
        raise WrongTranslation((), "Dutch is what stands outside the tables of languages", "leave this table out")
    return _struct(written, _table(table, ()), ())


def like(text: str, made: str) -> str:
    """Say of what was made of a text that it is in Dutch, if the text is."""
    return InDutch(made) if isinstance(text, InDutch) else made


_Holds = Literal["text", "texts", "list", "more", "tables", ""]


# What a table of such values holds, each under a name of its own.
_OF_MANY: Mapping[_Holds, _Holds] = {"text": "texts", "more": "tables"}


class _Field(NamedTuple):
    name: str
    holds: _Holds


@cache
def _fields(struct: type[msgspec.Struct]) -> Mapping[str, _Field]:
    """Say of each key of a struct whether it is a text, texts (by name, or in a row), or holds some in tables."""
    described = inspect.type_info(struct)
    assert isinstance(described, inspect.StructType)  # noqa: S101 - it was asked about a struct
    return {field.encode_name: _Field(field.name, _holds(field.type)) for field in described.fields}


def _holds(described: inspect.Type) -> _Holds:
    if isinstance(described, inspect.Metadata):
        return "text" if (described.extra or {}).get("is_text") else _holds(described.type)
    if isinstance(described, inspect.DictType):
        return _OF_MANY.get(_holds(described.value_type), "")
    if isinstance(described, inspect.VarTupleType):
        return "list" if _holds(described.item_type) == "text" else ""
    if isinstance(described, inspect.UnionType):
        return next((holds for one in described.types if (holds := _holds(one))), "")
    if isinstance(described, inspect.StructType):
        return "more" if any(field.holds for field in _fields(described.cls).values()) else ""
    return ""


def _struct[T: msgspec.Struct](written: T, table: Mapping[str, Any], at: tuple[str, ...]) -> T:
    fields = {key: field for key, field in _fields(type(written)).items() if field.holds}
    for key in table:
        if key not in fields:
            what = f"`{key}` is no text that can be said in another language"
            raise WrongTranslation((*at, key), what, f"write one of: {', '.join(fields)}")
    said = {
        field.name: _value(getattr(written, field.name), field.holds, table.get(key), (*at, key))
        for key, field in fields.items()
    }
    return msgspec.structs.replace(written, **said)


def _value(written: Any, holds: _Holds, said: Any, at: tuple[str, ...]) -> Any:
    if said is not None and not written:
        raise WrongTranslation(
            at, f"`{at[-1]}` is not there in Dutch", "write it in Dutch first, or leave it out here"
        )
    if holds == "text":
        return _text(written, said, at)
    if holds == "list":
        return _row(written, said, at)
    table = _table({} if said is None else said, at)
    if holds == "more":
        return written if written is None else _struct(written, table, at)
    for key in table:
        if key not in written:
            raise WrongTranslation(
                (*at, key), f"`{key}` is not there in Dutch", f"write one of: {', '.join(written)}"
            )
    if holds == "tables":
        return {key: _struct(one, _table(table.get(key, {}), (*at, key)), (*at, key)) for key, one in written.items()}
    return {key: _text(text, table.get(key), (*at, key)) for key, text in written.items()}


def _row(written: tuple[str, ...], said: Any, at: tuple[str, ...]) -> tuple[str, ...]:
    if said is None:
        return tuple(map(InDutch, written))
    if not isinstance(said, list) or len(said) != len(written):
        raise WrongTranslation(
            at, f"`{at[-1]}` has {len(written)} texts in Dutch", "write as many, in the same order"
        )
    return tuple(_text(text, one, at) for text, one in zip(written, said, strict=True))


def _text(written: str, said: object, at: tuple[str, ...]) -> str:
    if said is None:
        return InDutch(written)
    if not isinstance(said, str) or not said.strip():
        raise WrongTranslation(at, f"`{at[-1]}` is no text", "write it between quotes, or leave it out")
    return said


def _table(said: object, at: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        what = f"`{at[-1]}` is no table" if at else "a language has a table"
        raise WrongTranslation(at, what, "write its texts in a table: `[...]`, each with its key")
    return said
