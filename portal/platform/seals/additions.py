"""What was added to a document after a seal, and whether that leaves the document unchanged.

The list of harmless additions is closed: the store of validation data (ISO 32000-2, 12.8.4.3), time stamps and later
seals that show nothing, and dates and names of programs in metadata. Any other difference from the revision before
makes the document changed, also where its sealer allowed it (forms, notes): its receiver cannot tell who made it.

An object of a revision is *explained* when it belongs to one of these additions; every object must be.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pyhanko.pdf_utils import generic

from . import metadata
from .errors import Altered
from .structure import parts, raw, raw_items, same, same_but, value
from .types import AdditionKind, VerdictReason

# Keys of the trailer and of the catalogue whose values may differ.
_TRAILER = (
    *("/Prev", "/Size", "/ID", "/Root", "/Info", "/Index", "/W", "/Filter", "/DecodeParms", "/Length", "/Type"),
    "/XRefStm",
)
_ROOT = ("/DSS", "/Extensions", "/AcroForm", "/Metadata", "/Version")
# The only keys that the store of validation data, its part for one seal, a field and the value of a field may have.
_STORE = {"/Type", "/Certs", "/OCSPs", "/CRLs", "/VRI"}
_OF_ONE_SEAL = {"/Type", "/Cert", "/OCSP", "/CRL", "/TU", "/TS"}
_FIELD = {"/FT", "/T", "/V", "/Type", "/Subtype", "/Rect", "/F", "/Ff", "/P", "/TU", "/AP", "/Parent", "/M", "/NM"}
_VALUE = {
    *("/Type", "/Filter", "/SubFilter", "/Contents", "/ByteRange", "/M", "/Name", "/Reason", "/Location", "/V"),
    *("/ContactInfo", "/Prop_Build", "/R"),
}
MOST_OF_STORE = 2_000  # objects


class _RevisionStep:
    """The step from one revision to the next: the objects that are new or replaced, and those explained so far."""

    def __init__(self, reader: Any, number: int) -> None:
        self.old, self.new = reader.get_historical_resolver(number - 1), reader.get_historical_resolver(number)
        self.reader, self.number = reader, number
        touched = self.new.explicit_refs_in_revision()
        self.added = {one for one in touched if reader.xrefs.get_historical_ref(one, number - 1) is None}
        self.replaced = touched - self.added
        self.explained: set[Any] = set()
        self.fields: set[Any] = set()
        self.annotations: set[Any] = set()  # arrays of annotations of pages that got such a field
        self.changes: set[AdditionKind] = set()

    def explain(self, one: Any, was: Any = None) -> Any:
        """Note that a reference is explained, and give the object behind it; give anything else unchanged.

        was: the object in the same place before. An object that existed before is only explained in its own place:
        else a page could be written anew and pass for validation data.
        """
        if not isinstance(one, generic.IndirectObject):
            return one
        is_kept = isinstance(was, generic.IndirectObject) and was.reference == one.reference
        if is_kept or one.reference in self.added:
            self.explained.add(one.reference)
        return self.new(one.reference)


class Addition(NamedTuple):
    """What a revision adds: kinds, numbers of new objects, and of objects rewritten where nothing is shown."""

    kinds: set[AdditionKind]
    new: set[int]
    rewritten: set[int]


def addition_of(reader: Any, number: int) -> Addition:
    """Find what a revision adds to the one before; raise Altered for anything that is not on the closed list."""
    step = _RevisionStep(reader, number)
    if step.new.refs_freed_in_revision():
        raise _alteration("objects were taken away")
    _explain_structure(step)
    _explain_trailer_and_root(step)
    _explain_store(step)
    _explain_form(step)
    rewritten = step.replaced & step.explained
    for reference in step.replaced - step.explained:
        _explain_replacement(step, reference)
    unexplained = (step.added | step.replaced) - step.explained
    if unexplained:
        raise _alteration(f"objects {sorted(one.idnum for one in unexplained)[:5]}")
    return Addition(step.changes, *({one.idnum for one in each} for each in (step.added, rewritten)))


def _alteration(about: str) -> Altered:
    """Make the error for an addition that is not on the list."""
    return Altered(VerdictReason.ADDED, about)


def _explain_structure(step: _RevisionStep) -> None:
    """Explain the streams by which a revision says where its objects are."""
    table = step.reader.xrefs.get_xref_container_info(step.number).stream_ref
    for reference in (*step.new.object_streams_used(), *([table] if table is not None else [])):
        if reference in step.added:
            step.explained.add(reference)


def _explain_trailer_and_root(step: _RevisionStep) -> None:
    old, new = step.old.trailer_view, step.new.trailer_view
    if not same_but(old, new, _TRAILER) or not same(old.raw_get("/Root"), new.raw_get("/Root")):
        raise _alteration("trailer")
    before, after = step.old.root, step.new.root
    if not same_but(before, after, _ROOT):
        raise _alteration("catalogue")
    step.explained.add(step.new.root_ref)
    if "/Extensions" in after:
        extensions = step.explain(after.raw_get("/Extensions"), raw(before, "/Extensions"))
        if any(isinstance(one, generic.StreamObject | generic.IndirectObject) for one in parts(extensions)):
            raise _alteration("extensions")
    if "/Version" in after and not isinstance(after.raw_get("/Version"), generic.NameObject):
        raise _alteration("version")
    _explain_metadata(step, before, after)


def _explain_metadata(step: _RevisionStep, before: Any, after: Any) -> None:
    """Explain a changed date or program in the document's information and metadata."""
    old, new = step.old.trailer_view, step.new.trailer_view
    if "/Info" in new:
        was = step.old(old.raw_get("/Info").reference) if "/Info" in old else generic.DictionaryObject()
        if not same_but(was, step.explain(new.raw_get("/Info"), raw(old, "/Info")), ("/ModDate", "/Producer")):
            raise _alteration("information")
    elif "/Info" in old:
        raise _alteration("information")
    if "/Metadata" in after:
        now = step.explain(after.raw_get("/Metadata"), raw(before, "/Metadata"))
        # `value` does not serve here: pyHanko reads this key as an object that its histories cannot copy.
        was = step.old(before.raw_get("/Metadata").reference) if "/Metadata" in before else None
        if was is None or not (same(was, now) or metadata.same(was.data, now.data)):
            raise _alteration("metadata")
    elif "/Metadata" in before:
        raise _alteration("metadata")


def _explain_store(step: _RevisionStep) -> None:
    """Explain the store of validation data: certificates, lists and answers, of which nothing is shown."""
    if "/DSS" not in step.new.root:
        if "/DSS" in step.old.root:
            raise _alteration("validation data were taken away")
        return
    root = step.old.root
    store, was = step.explain(step.new.root.raw_get("/DSS"), raw(root, "/DSS")), _dictionary(root, "/DSS")
    _check_keys(store, _STORE)
    held = _list_items(step, store, was, ("/Certs", "/OCSPs", "/CRLs"))
    if "/VRI" in store:
        of_seals, were = step.explain(store.raw_get("/VRI"), raw(was, "/VRI")), _dictionary(was, "/VRI")
        for name in of_seals:
            if name == "/Type":
                continue
            of_one = step.explain(of_seals.raw_get(name), raw(were, name))
            _check_keys(of_one, _OF_ONE_SEAL)
            held += _list_items(step, of_one, _dictionary(were, name), ("/Cert", "/OCSP", "/CRL"))
            held += [of_one.raw_get("/TS")] if "/TS" in of_one else []
    for one in held:
        if not isinstance(step.explain(one), generic.StreamObject):
            raise _alteration("validation data of another kind")
    if step.added & step.explained or step.replaced & step.explained:
        step.changes.add(AdditionKind.VALIDATION_DATA)


def _dictionary(one: Any, key: str) -> Any:
    """Give the dictionary under a key, or an empty one."""
    found = value(one, key)
    return found if isinstance(found, generic.DictionaryObject) else generic.DictionaryObject()


def _list_items(step: _RevisionStep, now: Any, was: Any, keys: tuple[str, ...]) -> list[Any]:
    """Explain the arrays under some keys of a store, and give their items."""
    items: list[Any] = []
    for key in keys:
        if key not in now:
            continue
        array = step.explain(now.raw_get(key), raw(was, key))
        if not isinstance(array, generic.ArrayObject) or len(array) > MOST_OF_STORE:
            raise _alteration("validation data of another kind")
        items += raw_items(array)
    return items


def _check_keys(one: Any, keys: set[str]) -> None:
    if not isinstance(one, generic.DictionaryObject) or isinstance(one, generic.StreamObject) or set(one) - keys:
        raise _alteration("validation data of another kind")


def _explain_form(step: _RevisionStep) -> None:
    """Explain fields of time stamps and seals that show nothing; no other part of the form may differ."""
    before, after = (value(one.root, "/AcroForm") for one in (step.old, step.new))
    if before is None and after is None:
        return
    if not isinstance(before, generic.DictionaryObject) or not isinstance(after, generic.DictionaryObject):
        raise _alteration("form")
    if not same_but(before, after, ("/Fields", "/SigFlags")):
        raise _alteration("form")
    was, flags = (int(value(one, "/SigFlags", 0)) for one in (before, after))
    if flags | was != flags:
        raise _alteration("form")
    step.explain(step.new.root.raw_get("/AcroForm"), raw(step.old.root, "/AcroForm"))
    fields = raw_items(step.explain(after.raw_get("/Fields"), raw(before, "/Fields")))
    known = raw_items(before["/Fields"])
    if len(fields) < len(known) or not all(same(a, b) for a, b in zip(known, fields, strict=False)):
        raise _alteration("fields")
    names = {value(one.get_object(), "/T") for one in known if isinstance(one, generic.IndirectObject)}
    for one in fields[len(known) :]:
        if not isinstance(one, generic.IndirectObject) or one.reference not in step.added:
            raise _alteration("a field that was there before")
        field = step.explain(one)
        # Of two fields with one name, some programs see the first, some the last.
        if (name := value(field, "/T")) in names:
            raise _alteration("a second field of a name")
        names.add(name)
        step.fields.add(one.reference)
        _check_invisible(step, field)
        annotations = raw(value(field, "/P", {}), "/Annots")
        if isinstance(annotations, generic.IndirectObject):
            step.annotations.add(annotations.reference)
        _explain_value(step, field)


def _check_invisible(step: _RevisionStep, field: Any) -> None:
    if not isinstance(field, generic.DictionaryObject) or set(field) - _FIELD or field.get("/FT") != "/Sig":
        raise _alteration("a field that is no time stamp")
    if "/Parent" in field or field.get("/Subtype") not in (None, "/Widget"):
        raise _alteration("a field that is no time stamp")
    if not _shows_nothing(field):
        raise _alteration("a field that shows something")
    for one in parts(field.raw_get("/AP")) if "/AP" in field else ():
        if isinstance(one, generic.IndirectObject) and one.reference in step.added:
            step.explain(one)


def _shows_nothing(field: Any) -> bool:
    """Tell whether a field has no place on a page, or one without a size."""
    rectangle = value(field, "/Rect")
    if rectangle is None:
        return "/Subtype" not in field
    if not isinstance(rectangle, generic.ArrayObject) or len(rectangle) != 4:
        return False
    numbers = list(rectangle)
    return all(isinstance(one, int | float | generic.FloatObject) for one in numbers) and (
        numbers[0] == numbers[2] and numbers[1] == numbers[3]
    )


def _explain_value(step: _RevisionStep, field: Any) -> None:
    """Explain the time stamp or seal that is the value of a field."""
    if "/V" not in field:
        raise _alteration("an empty field")
    given = field.raw_get("/V")
    if not isinstance(given, generic.IndirectObject) or given.reference not in step.added:
        raise _alteration("a field with a value that was there before")
    seal = step.explain(given)
    if not isinstance(seal, generic.DictionaryObject) or set(seal) - _VALUE:
        raise _alteration("a value that is no time stamp")
    if any(isinstance(one, generic.IndirectObject) for one in parts(seal)):
        raise _alteration("a value that leads elsewhere")
    step.changes.add(AdditionKind.TIME_STAMP if seal.get("/Type") == "/DocTimeStamp" else AdditionKind.SEAL)


def _explain_replacement(step: _RevisionStep, reference: Any) -> None:
    """Explain an object that replaces another, if it is equal or only gets the new fields."""
    before, after = step.old(reference), step.new(reference)
    if _same_with_fields(step, reference, before, after):
        step.explained.add(reference)


def _same_with_fields(step: _RevisionStep, reference: Any, before: Any, after: Any) -> bool:
    if same(before, after) or (reference in step.annotations and _has_more_fields(step, before, after)):
        return True
    is_page = isinstance(before, generic.DictionaryObject) and before.get("/Type") == "/Page"
    if is_page and isinstance(after, generic.DictionaryObject) and same_but(before, after, ("/Annots",)):
        step.explain(raw(after, "/Annots"), raw(before, "/Annots"))
        return _has_more_fields(step, _annotations(before), _annotations(after))
    return _is_filled(step, before, after)


def _annotations(page: Any) -> Any:
    return value(page, "/Annots", generic.ArrayObject())


def _has_more_fields(step: _RevisionStep, before: Any, after: Any) -> bool:
    """Tell whether an array of annotations differs by new fields at its end only."""
    if not isinstance(before, generic.ArrayObject) or not isinstance(after, generic.ArrayObject):
        return False
    known, now = raw_items(before), raw_items(after)
    more = list(_references(now[len(known) :]))
    return (
        len(more) == len(now) - len(known)
        and all(same(a, b) for a, b in zip(known, now, strict=False))
        and set(more) <= step.fields
    )


def _references(items: list[Any]) -> Iterator[Any]:
    for one in items:
        if isinstance(one, generic.IndirectObject):
            yield one.reference


def _is_filled(step: _RevisionStep, before: Any, after: Any) -> bool:
    """Explain the seal in a field that was empty before and shows nothing; tell whether this is such a field."""
    if not isinstance(before, generic.DictionaryObject) or not isinstance(after, generic.DictionaryObject):
        return False
    if before.get("/FT") != "/Sig" or "/V" in before or not same_but(before, after, ("/V",)):
        return False
    if not _shows_nothing(before):
        return False
    _explain_value(step, after)
    return True
