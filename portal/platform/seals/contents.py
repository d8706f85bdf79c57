"""What a document holds that can show or do something else than was sealed, and what waits for objects to come."""

from collections.abc import Set
from typing import Any

from pyhanko.pdf_utils import generic

from .errors import Altered
from .opening import Opened
from .structure import parts, value
from .types import Why

MOST_OBJECTS = 60_000
_SCRIPTS = {"/JS", "/JavaScript", "/XFA"}
_ATTACHMENTS = {"/EmbeddedFiles", "/EF"}
_ACTIONS = {
    *("/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/Rendition", "/Movie", "/Sound", "/Hide", "/GoToR"),
    *("/SetOCGState", "/RichMediaExecute", "/Trans", "/GoTo3DView", "/GoToE"),
}
_MEDIA = {"/Screen", "/Movie", "/Sound", "/3D", "/RichMedia"}
# The worst first: it is said of a document that holds several.
_ORDER = (Why.SCRIPTS, Why.ACTIONS, Why.OUTSIDE, Why.ATTACHMENTS)


def doubt(document: Opened, sealed: int, later: Set[int]) -> Why | None:
    """Look at every object of the sealed revision; tell what makes one doubt what is seen, if anything does.

    sealed: that revision; later: the numbers of objects that were added since. Raise Altered when the sealed revision
    refers to one of those: it was made to be filled in later.
    """
    reader = document.reader
    history, last = reader.get_historical_resolver(sealed), reader.xrefs.total_revisions - 1
    references = set().union(*(reader.xrefs.explicit_refs_in_revision(number) for number in range(sealed + 1)))
    if len(references) > MOST_OBJECTS:
        return Why.TOO_LARGE
    found: set[Why] = set()
    for reference in references:
        if sealed < last and reader.xrefs.get_last_change(reference) > sealed:
            one = history(reference)
        else:
            one = reader.get_object(reference)
        _look(one, later, found)
    _look(history.trailer_view, later, found)
    return next((why for why in _ORDER if why in found), None)


def _look(one: Any, later: Set[int], found: set[Why]) -> None:
    for part in parts(one):
        if isinstance(part, generic.IndirectObject):
            if part.idnum in later:
                raise Altered(Why.ADDED, f"object {part.idnum} was awaited")
        elif isinstance(part, generic.DictionaryObject):
            found |= _doubts(part)


def _doubts(part: Any) -> set[Why]:
    keys, found = part.keys(), set()
    if keys & _SCRIPTS:
        found.add(Why.SCRIPTS)
    if keys & _ATTACHMENTS:
        found.add(Why.ATTACHMENTS)
    action, subtype = (value(part, key) if key in keys else None for key in ("/S", "/Subtype"))
    # What belongs to the structure of a tagged text has a name under the same key, and its parent under /P.
    if "/AA" in keys or (isinstance(action, str) and action in _ACTIONS and "/P" not in keys):
        found.add(Why.ACTIONS)
    if action == "/JavaScript":
        found.add(Why.SCRIPTS)
    if subtype == "/FileAttachment":
        found.add(Why.ATTACHMENTS)
    if isinstance(subtype, str) and subtype in _MEDIA:
        found.add(Why.ACTIONS)
    if isinstance(part, generic.StreamObject) and keys & {"/F", "/FFilter", "/Ref", "/OPI"}:
        found.add(Why.OUTSIDE)
    return found
