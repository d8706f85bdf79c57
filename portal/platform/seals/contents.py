"""What in a sealed document can show or do something else than its reader sees, or refers to objects added later."""

from collections.abc import Set
from typing import Any

from pyhanko.pdf_utils import generic

from .errors import Altered
from .opening import OpenedDocument
from .structure import parts, value
from .types import VerdictReason

MOST_OBJECTS = 60_000
_SCRIPTS = {"/JS", "/JavaScript", "/XFA"}
_ATTACHMENTS = {"/EmbeddedFiles", "/EF", "/Collection"}
_ACTIONS = {
    *("/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/Rendition", "/Movie", "/Sound", "/Hide", "/GoToR"),
    *("/SetOCGState", "/RichMediaExecute", "/Trans", "/GoTo3DView", "/GoToE"),
}
# States by which parts of a page are shown on a screen only, on paper only, or when somebody asks for them.
_LAYERS = {"/PrintState", "/ViewState", "/ExportState", "/BaseState"}
# Categories by which a program shows or hides layers by itself (ISO 32000-2, 8.11.4.4), without any state.
_BY_ITSELF = {"/Zoom", "/Language", "/User"}
_HIDDEN, _PRINT, _NO_VIEW = 2, 4, 32  # ISO 32000-2, 12.5.3: flags of annotations
_MEDIA = {"/Screen", "/Movie", "/Sound", "/3D", "/RichMedia"}
# The worst first: for a document with several, that one is reported.
_ORDER = (
    VerdictReason.SCRIPTS,
    VerdictReason.ACTIONS,
    VerdictReason.OUTSIDE,
    VerdictReason.ATTACHMENTS,
    VerdictReason.LAYERS,
    VerdictReason.STRUCTURE,
)


def doubt(document: OpenedDocument, sealed: int, later: Set[int], rewritten: Set[int]) -> VerdictReason | None:
    """Look at every object of the sealed revision; give the worst reason to doubt what a reader sees, None for none.

    sealed: the number of that revision. later: the numbers of objects that were added after it. rewritten: the
    numbers of objects of the sealed revision that were written anew after it in a place where nothing is shown:
    catalogue, metadata, validation data, form (`additions.Addition`). Raise Altered when the sealed revision refers
    to an object of `later`, or, from a place where things are shown, to one of `rewritten`: such a document was
    prepared to be changed after sealing.
    """
    reader = document.reader
    history, last = reader.get_historical_resolver(sealed), reader.xrefs.total_revisions - 1
    references = set().union(*(reader.xrefs.explicit_refs_in_revision(number) for number in range(sealed + 1)))
    if len(references) > MOST_OBJECTS:
        return VerdictReason.TOO_LARGE
    # The catalogue and the trailers, of which some are streams, refer to rewritten objects rightly.
    rightful = {reader.xrefs.get_xref_container_info(number).stream_ref for number in range(sealed + 1)}
    rightful.add(history.root_ref)
    is_drawn_anew = _is_drawn_anew(history.root)
    doubts: set[VerdictReason] = set()
    for reference in references:
        # A history copies each object that it gives, so it is asked only for those that changed after the seal.
        if sealed < last and reader.xrefs.get_last_change(reference) > sealed:
            one = history(reference)
        else:
            one = reader.get_object(reference)
        may_refer = reference.idnum in rewritten or reference in rightful
        _look_at(one, later if may_refer else later | rewritten, doubts)
        if is_drawn_anew and any(map(_is_filled, parts(one))):
            doubts.add(VerdictReason.STRUCTURE)
    _look_at(history.trailer_view, later, doubts)
    return next((why for why in _ORDER if why in doubts), None)


def _look_at(one: Any, forbidden: Set[int], doubts: set[VerdictReason]) -> None:
    """Add the doubts about an object to `doubts`; raise Altered when it refers to an object of a forbidden number."""
    for part in parts(one):
        if isinstance(part, generic.IndirectObject):
            if part.idnum in forbidden:
                raise Altered(VerdictReason.ADDED, f"object {part.idnum} was awaited")
        elif isinstance(part, generic.DictionaryObject):
            doubts |= _doubts(part)


def _doubts(part: Any) -> set[VerdictReason]:
    """Give the reasons to doubt a dictionary."""
    keys, found = part.keys(), set()
    if keys & _SCRIPTS:
        found.add(VerdictReason.SCRIPTS)
    if keys & _ATTACHMENTS:
        found.add(VerdictReason.ATTACHMENTS)
    action, subtype = (value(part, key) if key in keys else None for key in ("/S", "/Subtype"))
    if "/AA" in keys or (isinstance(action, str) and action in _ACTIONS) or _opens_something(part):
        found.add(VerdictReason.ACTIONS)
    if _has_layers(part):
        found.add(VerdictReason.LAYERS)
    if action == "/JavaScript":
        found.add(VerdictReason.SCRIPTS)
    if subtype == "/FileAttachment":
        found.add(VerdictReason.ATTACHMENTS)
    if isinstance(subtype, str) and subtype in _MEDIA:
        found.add(VerdictReason.ACTIONS)
    if isinstance(part, generic.StreamObject) and keys & {"/F", "/FFilter", "/Ref", "/OPI"}:
        found.add(VerdictReason.OUTSIDE)
    return found


def _opens_something(part: Any) -> bool:
    """Tell whether opening the document does more than show a place in it."""
    action = value(part, "/OpenAction")
    is_plain = not isinstance(action, generic.DictionaryObject) or value(action, "/S") == "/GoTo"
    return not is_plain or (isinstance(action, generic.DictionaryObject) and "/Next" in action)


def _is_drawn_anew(root: Any) -> bool:
    """Tell whether programs should draw the fields of a form by their values (ISO 32000-2, 12.7.3).

    Some do, and others show the pictures that the document has of them.
    """
    form = value(root, "/AcroForm")
    is_form = isinstance(form, generic.DictionaryObject)
    return is_form and bool(value(form, "/NeedAppearances") == generic.BooleanObject(True))


def _is_filled(part: Any) -> bool:
    """Tell whether an object is a field with a value that is no seal."""
    if not isinstance(part, generic.DictionaryObject) or "/V" not in part:
        return False
    return bool(part.keys() & {"/FT", "/T", "/Parent"}) and bool(value(part, "/FT") != "/Sig")


def _has_layers(part: Any) -> bool:
    """Tell whether a dictionary hides parts of a page in some views, or shows others there."""
    keys = part.keys()
    if any(value(part, key) in ("/OFF", "/Unchanged") for key in _LAYERS & keys):
        return True
    if isinstance(part, generic.StreamObject) and "/Alternates" in keys:
        return True
    if "/OCGs" in keys and "/D" in keys and value(part, "/Configs"):
        return True
    if "/OFF" in keys and value(part, "/OFF"):
        return True
    return _has_rules(part) or ("/Rect" in keys and _differs_by_view(part))


def _has_rules(part: Any) -> bool:
    """Tell whether a dictionary shows layers by rules: where others are off, or as the state of the program is."""
    keys = part.keys()
    if "/VE" in keys or ("/OCGs" in keys and value(part, "/P") in ("/AllOff", "/AnyOff")):
        return True
    found = value(part, "/Category") if "/Category" in keys else None
    categories = [found[at] for at in range(len(found))] if isinstance(found, generic.ArrayObject) else [found]
    return any(isinstance(one, generic.NameObject) and one in _BY_ITSELF for one in categories)


def _differs_by_view(annotation: Any) -> bool:
    """Tell whether an annotation differs between screen and paper, or under the pointer."""
    flags, pictures = value(annotation, "/F", 0), value(annotation, "/AP")
    if not isinstance(flags, int):
        return False
    if flags & _NO_VIEW:
        return True
    if not isinstance(pictures, generic.DictionaryObject) or flags & _HIDDEN:
        return False
    if "/R" in pictures:
        return True
    # Fields rightly are on screens only, and look otherwise while they are pressed.
    return value(annotation, "/Subtype") != "/Widget" and ("/D" in pictures or not flags & _PRINT)
