"""What was added to a document after a seal: only what serves to check it later leaves it unchanged.

The list is closed: the store of validation data (ISO 32000-2, 12.8.4.3), time stamps and later seals that show
nothing, and dates and names of programs in what a document says of itself. Whatever else differs from the revision
before makes the document another one, also where its sealer allowed it (forms, notes): who received it cannot tell.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pyhanko.pdf_utils import generic

from . import described
from .errors import Altered
from .structure import parts, raw, raw_items, same, same_but, value
from .types import AdditionKind, VerdictReason

_TRAILER = (
    *("/Prev", "/Size", "/ID", "/Root", "/Info", "/Index", "/W", "/Filter", "/DecodeParms", "/Length", "/Type"),
    "/XRefStm",
)
_ROOT = ("/DSS", "/Extensions", "/AcroForm", "/Metadata", "/Version")
_STORE = {"/Type", "/Certs", "/OCSPs", "/CRLs", "/VRI"}
_OF_ONE_SEAL = {"/Type", "/Cert", "/OCSP", "/CRL", "/TU", "/TS"}
_FIELD = {"/FT", "/T", "/V", "/Type", "/Subtype", "/Rect", "/F", "/Ff", "/P", "/TU", "/AP", "/Parent", "/M", "/NM"}
_VALUE = {
    *("/Type", "/Filter", "/SubFilter", "/Contents", "/ByteRange", "/M", "/Name", "/Reason", "/Location", "/V"),
    *("/ContactInfo", "/Prop_Build", "/R"),
}
MOST_OF_STORE = 2_000  # objects


class _RevisionStep:
    """From one revision to the next: which objects are new, which stand in the place of another, and which of both
    are explained.
    """

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
        """Note that a reference is explained, and follow it; anything else stands for itself.

        was: what stood in the same place before. An object that was there already is only explained in its own
        place: else a page could be written anew and be called validation data.
        """
        if not isinstance(one, generic.IndirectObject):
            return one
        is_kept = isinstance(was, generic.IndirectObject) and was.reference == one.reference
        if is_kept or one.reference in self.added:
            self.explained.add(one.reference)
        return self.new(one.reference)


class Added(NamedTuple):
    """What a revision adds: the kinds of it, the numbers of new objects, and those of objects that it writes anew in
    places where nothing is shown.
    """

    kinds: set[AdditionKind]
    new: set[int]
    rewritten: set[int]


def changes(reader: Any, number: int) -> Added:
    """Tell what a revision adds to the one before; raise Altered."""
    step = _RevisionStep(reader, number)
    if step.new.refs_freed_in_revision():
        raise _find_addition("objects were taken away")
    _own_structure(step)
    _trailer_and_root(step)
    _store(step)
    _form(step)
    rewritten = step.replaced & step.explained
    for reference in step.replaced - step.explained:
        _explain_replacement(step, reference)
    unexplained = (step.added | step.replaced) - step.explained
    if unexplained:
        raise _find_addition(f"objects {sorted(one.idnum for one in unexplained)[:5]}")
    return Added(step.changes, *({one.idnum for one in each} for each in (step.added, rewritten)))


def _find_addition(about: str) -> Altered:
    return Altered(VerdictReason.ADDED, about)


def _own_structure(step: _RevisionStep) -> None:
    """Explain what a revision needs to say where its objects are."""
    table = step.reader.xrefs.get_xref_container_info(step.number).stream_ref
    for reference in (*step.new.object_streams_used(), *([table] if table is not None else [])):
        if reference in step.added:
            step.explained.add(reference)


def _trailer_and_root(step: _RevisionStep) -> None:
    old, new = step.old.trailer_view, step.new.trailer_view
    if not same_but(old, new, _TRAILER) or not same(old.raw_get("/Root"), new.raw_get("/Root")):
        raise _find_addition("trailer")
    before, after = step.old.root, step.new.root
    if not same_but(before, after, _ROOT):
        raise _find_addition("catalogue")
    step.explained.add(step.new.root_ref)
    if "/Extensions" in after:
        extensions = step.explain(after.raw_get("/Extensions"), raw(before, "/Extensions"))
        if any(isinstance(one, generic.StreamObject | generic.IndirectObject) for one in parts(extensions)):
            raise _find_addition("extensions")
    if "/Version" in after and not isinstance(after.raw_get("/Version"), generic.NameObject):
        raise _find_addition("version")
    _explain_metadata(step, before, after)


def _explain_metadata(step: _RevisionStep, before: Any, after: Any) -> None:
    """Explain a changed date or program in the document's information and metadata."""
    old, new = step.old.trailer_view, step.new.trailer_view
    if "/Info" in new:
        was = step.old(old.raw_get("/Info").reference) if "/Info" in old else generic.DictionaryObject()
        if not same_but(was, step.explain(new.raw_get("/Info"), raw(old, "/Info")), ("/ModDate", "/Producer")):
            raise _find_addition("information")
    elif "/Info" in old:
        raise _find_addition("information")
    if "/Metadata" in after:
        said = step.explain(after.raw_get("/Metadata"), raw(before, "/Metadata"))
        # Not by `value`: pyHanko reads what stands under this key in another way, which histories cannot copy.
        was = step.old(before.raw_get("/Metadata").reference) if "/Metadata" in before else None
        if was is None or not (same(was, said) or described.same(was.data, said.data)):
            raise _find_addition("metadata")
    elif "/Metadata" in before:
        raise _find_addition("metadata")


def _store(step: _RevisionStep) -> None:
    """Explain the store of validation data: certificates, lists and answers, of which nothing is shown."""
    if "/DSS" not in step.new.root:
        if "/DSS" in step.old.root:
            raise _find_addition("validation data were taken away")
        return
    root = step.old.root
    store, was = step.explain(step.new.root.raw_get("/DSS"), raw(root, "/DSS")), _dictionary(root, "/DSS")
    _only(store, _STORE)
    held = _of_lists(step, store, was, ("/Certs", "/OCSPs", "/CRLs"))
    if "/VRI" in store:
        of_seals, were = step.explain(store.raw_get("/VRI"), raw(was, "/VRI")), _dictionary(was, "/VRI")
        for name in of_seals:
            if name == "/Type":
                continue
            of_one = step.explain(of_seals.raw_get(name), raw(were, name))
            _only(of_one, _OF_ONE_SEAL)
            held += _of_lists(step, of_one, _dictionary(were, name), ("/Cert", "/OCSP", "/CRL"))
            held += [of_one.raw_get("/TS")] if "/TS" in of_one else []
    for one in held:
        if not isinstance(step.explain(one), generic.StreamObject):
            raise _find_addition("validation data of another kind")
    if step.added & step.explained or step.replaced & step.explained:
        step.changes.add(AdditionKind.VALIDATION_DATA)


def _dictionary(one: Any, key: str) -> Any:
    """Give the dictionary under a key, or an empty one."""
    found = value(one, key)
    return found if isinstance(found, generic.DictionaryObject) else generic.DictionaryObject()


def _of_lists(step: _RevisionStep, now: Any, was: Any, keys: tuple[str, ...]) -> list[Any]:
    found: list[Any] = []
    for key in keys:
        if key not in now:
            continue
        array = step.explain(now.raw_get(key), raw(was, key))
        if not isinstance(array, generic.ArrayObject) or len(array) > MOST_OF_STORE:
            raise _find_addition("validation data of another kind")
        found += raw_items(array)
    return found


def _only(one: Any, keys: set[str]) -> None:
    if not isinstance(one, generic.DictionaryObject) or isinstance(one, generic.StreamObject) or set(one) - keys:
        raise _find_addition("validation data of another kind")


def _form(step: _RevisionStep) -> None:
    """Explain fields of time stamps and seals that show nothing; no other part of the form may differ."""
    before, after = (value(one.root, "/AcroForm") for one in (step.old, step.new))
    if before is None and after is None:
        return
    if not isinstance(before, generic.DictionaryObject) or not isinstance(after, generic.DictionaryObject):
        raise _find_addition("form")
    if not same_but(before, after, ("/Fields", "/SigFlags")):
        raise _find_addition("form")
    was, flags = (int(value(one, "/SigFlags", 0)) for one in (before, after))
    if flags | was != flags:
        raise _find_addition("form")
    step.explain(step.new.root.raw_get("/AcroForm"), raw(step.old.root, "/AcroForm"))
    fields = raw_items(step.explain(after.raw_get("/Fields"), raw(before, "/Fields")))
    known = raw_items(before["/Fields"])
    if len(fields) < len(known) or not all(same(a, b) for a, b in zip(known, fields, strict=False)):
        raise _find_addition("fields")
    names = {value(one.get_object(), "/T") for one in known if isinstance(one, generic.IndirectObject)}
    for one in fields[len(known) :]:
        if not isinstance(one, generic.IndirectObject) or one.reference not in step.added:
            raise _find_addition("a field that was there before")
        field = step.explain(one)
        # Of two fields by one name, some programs see the first, some the last.
        if (name := value(field, "/T")) in names:
            raise _find_addition("a second field of a name")
        names.add(name)
        step.fields.add(one.reference)
        _only_invisible(step, field)
        annotations = raw(value(field, "/P", {}), "/Annots")
        if isinstance(annotations, generic.IndirectObject):
            step.annotations.add(annotations.reference)
        _value(step, field)


def _only_invisible(step: _RevisionStep, field: Any) -> None:
    if not isinstance(field, generic.DictionaryObject) or set(field) - _FIELD or field.get("/FT") != "/Sig":
        raise _find_addition("a field that is no time stamp")
    if "/Parent" in field or field.get("/Subtype") not in (None, "/Widget"):
        raise _find_addition("a field that is no time stamp")
    if not _shows_nothing(field):
        raise _find_addition("a field that shows something")
    for one in parts(field.raw_get("/AP")) if "/AP" in field else ():
        if isinstance(one, generic.IndirectObject) and one.reference in step.added:
            step.explain(one)


def _shows_nothing(field: Any) -> bool:
    rectangle = value(field, "/Rect")
    if rectangle is None:
        return "/Subtype" not in field
    if not isinstance(rectangle, generic.ArrayObject) or len(rectangle) != 4:
        return False
    numbers = list(rectangle)
    return all(isinstance(one, int | float | generic.FloatObject) for one in numbers) and (
        numbers[0] == numbers[2] and numbers[1] == numbers[3]
    )


def _value(step: _RevisionStep, field: Any) -> None:
    if "/V" not in field:
        raise _find_addition("an empty field")
    given = field.raw_get("/V")
    if not isinstance(given, generic.IndirectObject) or given.reference not in step.added:
        raise _find_addition("a field with a value that was there before")
    seal = step.explain(given)
    if not isinstance(seal, generic.DictionaryObject) or set(seal) - _VALUE:
        raise _find_addition("a value that is no time stamp")
    if any(isinstance(one, generic.IndirectObject) for one in parts(seal)):
        raise _find_addition("a value that leads elsewhere")
    step.changes.add(AdditionKind.TIME_STAMP if seal.get("/Type") == "/DocTimeStamp" else AdditionKind.SEAL)


def _explain_replacement(step: _RevisionStep, reference: Any) -> None:
    """Explain an object in the place of another: written alike, or with only the new fields beside what it had."""
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
    """Tell whether an empty field for a seal, which shows nothing, got its seal."""
    if not isinstance(before, generic.DictionaryObject) or not isinstance(after, generic.DictionaryObject):
        return False
    if before.get("/FT") != "/Sig" or "/V" in before or not same_but(before, after, ("/V",)):
        return False
    if not _shows_nothing(before):
        return False
    _value(step, after)
    return True
