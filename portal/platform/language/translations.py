"""Texts of TOML files (a body's manifest, the help), which are in Dutch with translations in tables beside them.

Whoever reads such a file marks the texts in its structs (`Text`). A table named after a language (`[en]`) may hold
only keys of the table around it that are texts. A text that it leaves out stays in Dutch, as an `InDutch`, so that a
page in another language can mark it.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from babel import localedata
from msgspec import inspect

from .offer import DUTCH

# The type of a struct's field that people read and that can be translated.
Text = Annotated[str, msgspec.Meta(extra={"is_text": True})]

_TAG = re.compile(r"[a-z]{2,3}")


class InDutch(str):
    """A text in Dutch, whatever the language of the page it stands on."""

    __slots__ = ()


class WrongTranslation(ValueError):
    """A table of translations is wrong. keys: the path to the wrong key in it; cure: what to do about it."""

    def __init__(self, keys: tuple[str, ...], problem: str, cure: str) -> None:
        super().__init__(problem)
        self.keys = keys
        self.cure = cure


def split_languages(written: Mapping[str, Any], own: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split a table of a file into its own content and its tables of languages, which are those that the CLDR knows.

    own: the keys that the table itself may have. A key that is also the code of a language (`id`) is never taken for
    a table of translations.
    """
    tables = {key: value for key, value in written.items() if key not in own and _is_language(key)}
    return {key: value for key, value in written.items() if key not in tables}, tables


def _is_language(key: str) -> bool:
    return bool(_TAG.fullmatch(key)) and bool(localedata.exists(key))


def read[T: msgspec.Struct](written: object, kind: type[T], language: str) -> T:
    """Read a table of a file as a struct, in a language; its translations into other languages are checked as well.

    Raise msgspec.ValidationError where it is no such struct, and WrongTranslation.
    """
    own, tables = split_languages(written, _fields(kind)) if isinstance(written, dict) else (written, {})
    in_dutch = msgspec.convert(own, kind)
    translations = {code: translate(in_dutch, table, code) for code, table in tables.items()}
    if language == DUTCH:
        return in_dutch
    return translations[language] if language in translations else translate(in_dutch, {}, language)


def translate[T: msgspec.Struct](written: T, table: object, language: str) -> T:
    """Give a struct in another language: its texts as a table has them, or else as `InDutch`.

    Raise WrongTranslation for a table that holds anything but texts of the struct.
    """
    if language == DUTCH:
        raise WrongTranslation((), "Dutch is what stands outside the tables of languages", "leave this table out")
    return _struct(written, _table(table, ()), ())


def mark_like(text: str, made: str) -> str:
    """Give `made`, which was made of a text, as `InDutch` if that text is."""
    return InDutch(made) if isinstance(text, InDutch) else made


# Where a field has texts: it is one, a dict of them, a tuple of them, a struct with some, a dict of such structs; or
# nowhere.
_TextShape = Literal["text", "texts", "list", "struct", "structs", ""]

# The shape of a dict, by the shape of its values.
_DICT_SHAPES: Mapping[_TextShape, _TextShape] = {"text": "texts", "struct": "structs"}


class _Field(NamedTuple):
    name: str
    shape: _TextShape


@cache
def _fields(struct: type[msgspec.Struct]) -> Mapping[str, _Field]:
    """Give the fields of a struct, by their keys in a file, each with the shape in which it has texts."""
    struct_type = inspect.type_info(struct)
    assert isinstance(struct_type, inspect.StructType)  # noqa: S101 - type_info gives it for every struct
    return {field.encode_name: _Field(field.name, _shape(field.type)) for field in struct_type.fields}


def _shape(field_type: inspect.Type) -> _TextShape:
    if isinstance(field_type, inspect.Metadata):
        return "text" if (field_type.extra or {}).get("is_text") else _shape(field_type.type)
    if isinstance(field_type, inspect.DictType):
        return _DICT_SHAPES.get(_shape(field_type.value_type), "")
    if isinstance(field_type, inspect.VarTupleType):
        return "list" if _shape(field_type.item_type) == "text" else ""
    if isinstance(field_type, inspect.UnionType):
        return next((shape for member in field_type.types if (shape := _shape(member))), "")
    if isinstance(field_type, inspect.StructType):
        return "struct" if any(field.shape for field in _fields(field_type.cls).values()) else ""
    return ""


# Each of the functions below takes a Dutch value, its translation (None for none) and the path to it in its table.


def _struct[T: msgspec.Struct](written: T, table: Mapping[str, Any], at: tuple[str, ...]) -> T:
    fields = {key: field for key, field in _fields(type(written)).items() if field.shape}
    for key in table:
        if key not in fields:
            problem = f"`{key}` is no text that can be said in another language"
            raise WrongTranslation((*at, key), problem, f"write one of: {', '.join(fields)}")
    values = {
        field.name: _value(getattr(written, field.name), field.shape, table.get(key), (*at, key))
        for key, field in fields.items()
    }
    return msgspec.structs.replace(written, **values)


def _value(written: Any, shape: _TextShape, translation: Any, at: tuple[str, ...]) -> Any:
    if translation is not None and not written:
        raise WrongTranslation(
            at, f"`{at[-1]}` is not there in Dutch", "write it in Dutch first, or leave it out here"
        )
    if shape == "text":
        return _text(written, translation, at)
    if shape == "list":
        return _list(written, translation, at)
    table = _table({} if translation is None else translation, at)
    if shape == "struct":
        return written if written is None else _struct(written, table, at)
    for key in table:
        if key not in written:
            raise WrongTranslation(
                (*at, key), f"`{key}` is not there in Dutch", f"write one of: {', '.join(written)}"
            )
    if shape == "structs":
        return {key: _struct(one, _table(table.get(key, {}), (*at, key)), (*at, key)) for key, one in written.items()}
    return {key: _text(text, table.get(key), (*at, key)) for key, text in written.items()}


def _list(written: tuple[str, ...], translation: Any, at: tuple[str, ...]) -> tuple[str, ...]:
    if translation is None:
        return tuple(map(InDutch, written))
    if not isinstance(translation, list) or len(translation) != len(written):
        raise WrongTranslation(
            at, f"`{at[-1]}` has {len(written)} texts in Dutch", "write as many, in the same order"
        )
    return tuple(_text(text, one, at) for text, one in zip(written, translation, strict=True))


def _text(written: str, translation: object, at: tuple[str, ...]) -> str:
    if translation is None:
        return InDutch(written)
    if not isinstance(translation, str) or not translation.strip():
        raise WrongTranslation(at, f"`{at[-1]}` is no text", "write it between quotes, or leave it out")
    return translation


def _table(translation: object, at: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(translation, dict):
        problem = f"`{at[-1]}` is no table" if at else "a language has a table"
        raise WrongTranslation(at, problem, "write its texts in a table: `[...]`, each with its key")
    return translation
