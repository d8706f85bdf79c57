"""What a document holds that can show or do something else than was sealed, and what waits for objects to come."""

from collections.abc import Set
from typing import Any

from pyhanko.pdf_utils import generic

from .errors import Altered
from .opening import Opened
from .structure import parts, value
from .types import VerdictReason

MOST_OBJECTS = 60_000
_SCRIPTS = {"/JS", "/JavaScript", "/XFA"}
_ATTACHMENTS = {"/EmbeddedFiles", "/EF", "/Collection"}
_ACTIONS = {
    *("/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/Rendition", "/Movie", "/Sound", "/Hide", "/GoToR"),
    *("/SetOCGState", "/RichMediaExecute", "/Trans", "/GoTo3DView", "/GoToE"),
}
# What shows parts of a page on a screen and not on paper, to some readers only, or when somebody asks for it.
_LAYERS = {"/PrintState", "/ViewState", "/ExportState", "/BaseState"}
_NO_VIEW = 32  # ISO 32000-2, 12.5.3: an annotation that is printed only
_MEDIA = {"/Screen", "/Movie", "/Sound", "/3D", "/RichMedia"}
# The worst first: it is said of a document that holds several.
_ORDER = (
    VerdictReason.SCRIPTS,
    VerdictReason.ACTIONS,
    VerdictReason.OUTSIDE,
    VerdictReason.ATTACHMENTS,
    VerdictReason.LAYERS,
)


def doubt(document: Opened, sealed: int, later: Set[int], rewritten: Set[int]) -> VerdictReason | None:
    """Look at every object of the sealed revision; tell what makes one doubt what is seen, if anything does.

    sealed: that revision; later: the numbers of objects that were added since; rewritten: those of objects that were
    written anew since, because they show nothing. Raise Altered when the sealed revision refers to one of the first,
    or to one of the second from where things are shown: it was made to be changed later.
    """
    reader = document.reader
    history, last = reader.get_historical_resolver(sealed), reader.xrefs.total_revisions - 1
    references = set().union(*(reader.xrefs.explicit_refs_in_revision(number) for number in range(sealed + 1)))
    if len(references) > MOST_OBJECTS:
        return VerdictReason.TOO_LARGE
    # Where such objects are named rightly: in the catalogue and the trailers, of which some are streams.
    plain = {reader.xrefs.get_xref_container_info(number).stream_ref for number in range(sealed + 1)}
    plain.add(history.root_ref)
    found: set[VerdictReason] = set()
    for reference in references:
        if sealed < last and reader.xrefs.get_last_change(reference) > sealed:
            one = history(reference)
        else:
            one = reader.get_object(reference)
        names_them = reference.idnum in rewritten or reference in plain
        _look(one, later if names_them else later | rewritten, found)
    _look(history.trailer_view, later, found)
    return next((why for why in _ORDER if why in found), None)


def _look(one: Any, later: Set[int], found: set[VerdictReason]) -> None:
    for part in parts(one):
        if isinstance(part, generic.IndirectObject):
            if part.idnum in later:
                raise Altered(VerdictReason.ADDED, f"object {part.idnum} was awaited")
        elif isinstance(part, generic.DictionaryObject):
            found |= _doubts(part)


def _doubts(part: Any) -> set[VerdictReason]:
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


def _has_layers(part: Any) -> bool:
    """Tell whether a dictionary makes some parts be seen at times only."""
    keys = part.keys()
    if any(value(part, key) in ("/OFF", "/Unchanged") for key in _LAYERS & keys):
        return True
    if isinstance(part, generic.StreamObject) and "/Alternates" in keys:
        return True
    if "/OCGs" in keys and "/D" in keys and value(part, "/Configs"):
        return True
    if "/OFF" in keys and value(part, "/OFF"):
        return True
    flags = value(part, "/F", 0) if "/Rect" in keys else 0
    return isinstance(flags, int) and bool(flags & _NO_VIEW)
