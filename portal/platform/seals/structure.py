"""Small questions about objects of a PDF, asked without following anything."""

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
    """Tell whether two objects are written alike, references and bytes of streams included."""
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
    """Tell whether two dictionaries are the same but for some keys."""
    kept, those = [{key for key in each if key not in keys} for each in (one, other)]
    return kept == those and all(same(one.raw_get(key), other.raw_get(key)) for key in kept)


def value(dictionary: Any, key: str, default: Any = None) -> Any:
    """Give what stands under a key, followed when it is a reference; `get` of a dictionary follows none."""
    try:
        return dictionary[key]
    except KeyError:
        return default


def raw(dictionary: Any, key: str) -> Any:
    """Give what stands under a key, a reference unfollowed; None for nothing."""
    return dictionary.raw_get(key) if key in dictionary else None


def raw_items(array: Any) -> list[Any]:
    """List what an array holds, references unfollowed."""
    return [array.raw_get(at) for at in range(len(array))]


def parts(obj: Any) -> Iterator[Any]:
    """Give an object and all that stands in it, references unfollowed."""
    waiting = [obj]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, generic.DictionaryObject):
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, generic.ArrayObject):
            waiting += raw_items(one)
