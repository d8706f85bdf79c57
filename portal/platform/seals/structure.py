"""Compare and walk objects of a PDF without following their references."""

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic

_PLAIN = (
    generic.NumberObject,
    generic.FloatObject,
    generic.BooleanObject,
    generic.NameObject,
    generic.NullObject,
    generic.IndirectObject,
)
_STRINGS = (generic.TextStringObject, generic.ByteStringObject)


def same(one: Any, other: Any) -> bool:
    """Tell whether two objects are equal, with equal references and encoded bytes of streams."""
    if isinstance(one, generic.StreamObject) or isinstance(other, generic.StreamObject):
        both = isinstance(one, generic.StreamObject) and isinstance(other, generic.StreamObject)
        return both and one.encoded_data == other.encoded_data and same_but(one, other, ())
    if isinstance(one, generic.DictionaryObject):
        return isinstance(other, generic.DictionaryObject) and same_but(one, other, ())
    if isinstance(one, generic.ArrayObject):
        return (
            isinstance(other, generic.ArrayObject)
            and len(one) == len(other)
            and all(same(a, b) for a, b in zip(raw_items(one), raw_items(other), strict=True))
        )
    if isinstance(one, _STRINGS):
        return isinstance(other, _STRINGS) and one.original_bytes == other.original_bytes
    return isinstance(one, _PLAIN) and type(one) is type(other) and bool(one == other)


def same_but(one: Any, other: Any, keys: tuple[str, ...]) -> bool:
    """Tell whether two dictionaries are equal but for the values of some keys."""
    own, others = [{key for key in each if key not in keys} for each in (one, other)]
    return own == others and all(same(one.raw_get(key), other.raw_get(key)) for key in own)


def value(dictionary: Any, key: str, default: Any = None) -> Any:
    """Give the value of a key, and the object behind it when it is a reference, which pyHanko's `get` does not."""
    try:
        return dictionary[key]
    except KeyError:
        return default


def raw(dictionary: Any, key: str) -> Any:
    """Give the value of a key as written, which may be a reference; None for no such key."""
    return dictionary.raw_get(key) if key in dictionary else None


def raw_items(array: Any) -> list[Any]:
    """List the items of an array as written, with their references."""
    return [array.raw_get(at) for at in range(len(array))]


def parts(obj: Any) -> Iterator[Any]:
    """Give an object and all objects inside it; references are given and not followed."""
    waiting = [obj]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, generic.DictionaryObject):
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, generic.ArrayObject):
            waiting += raw_items(one)
