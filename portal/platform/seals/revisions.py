"""Where each revision of a PDF ends, and whether the later ones hold nothing but the objects that they name.

A PDF is changed by adding to its end: new objects, a table of their places, and the place of that table.
"""

import re
from typing import Any, NamedTuple

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.xref import XRefSectionType, parse_xref_table, read_object_header

from .errors import Altered
from .opening import OpenedDocument
from .types import VerdictReason

_TAIL = re.compile(rb"startxref[ \t\r\n]+(\d{1,12})[ \t\r\n]+%%EOF")
_LINE_END = re.compile(rb"[ \t]*(?:\r\n|\r|\n)?")
# Only short comments, in which programs leave their name. The pattern is possessive, as strangers write the text.
_COMMENT = re.compile(rb"(?:[ \t\r\n\x00\f]|%[^\r\n]{0,100}[\r\n])*+\Z")


MOST_REVISIONS = 100  # after a seal


class Revision(NamedTuple):
    """One revision, by offsets: its cross-references begin at `table`, `startxref` at `tail`; it ends at `end`."""

    number: int
    table: int
    tail: int
    end: int


def last_revision_of(document: OpenedDocument, end: int) -> Revision:
    """Find the revision whose last byte is the last that a seal encloses; raise Altered when there is none."""
    for number in range(document.reader.xrefs.total_revisions):
        try:
            revision = _revision(document, number)
        except Altered:
            # A linearized file has two sections of cross-references in its first revision; the first has no end.
            continue
        line_end = _LINE_END.match(document.pdf, revision.end)
        if revision.end <= end <= (line_end.end() if line_end else revision.end):
            return revision._replace(end=end)
    raise Altered(VerdictReason.BYTES_AROUND, "no revision ends where the seal does")


def revisions_after(document: OpenedDocument, sealed: Revision) -> list[Revision]:
    """List the revisions after a sealed one; raise Altered for bytes that belong to none, or that none explains."""
    found, begin = [], sealed.end
    if document.reader.xrefs.total_revisions - sealed.number > MOST_REVISIONS:
        raise Altered(VerdictReason.ADDED, "more revisions than a document has")
    for number in range(sealed.number + 1, document.reader.xrefs.total_revisions):
        revision = _revision(document, number)
        line_end = _LINE_END.match(document.pdf, revision.end)
        revision = revision._replace(end=line_end.end() if line_end else revision.end)
        _check_only_objects(document, begin, revision)
        found.append(revision)
        begin = revision.end
    if begin != len(document.pdf):
        raise Altered(VerdictReason.BYTES_AROUND, "bytes after the end")
    return found


def _revision(document: OpenedDocument, number: int) -> Revision:
    meta = document.reader.xrefs.get_xref_container_info(number)
    tail = _TAIL.search(document.pdf, meta.end_location)
    if tail is None or int(tail[1]) != meta.declared_startxref:
        raise Altered(VerdictReason.BYTES_AROUND, f"revision {number} does not end")
    return Revision(number, meta.declared_startxref, tail.start(), tail.end())


def repeats(document: OpenedDocument, number: int) -> bool:
    """Tell whether a revision's table names an object twice: some programs take the first place, others the last."""
    meta = document.reader.xrefs.get_xref_container_info(number)
    if meta.xref_section_type is XRefSectionType.STREAM:
        return False  # pyHanko refuses it
    document.reader.stream.seek(meta.start_location)
    numbers = [entry.idnum for entry in parse_xref_table(document.reader.stream, strict=False)]
    return len(set(numbers)) < len(numbers)


def repeats_anywhere(document: OpenedDocument) -> bool:
    """Tell whether any table of the document names an object twice."""
    return any(repeats(document, number) for number in range(document.reader.xrefs.total_revisions))


def _check_only_objects(document: OpenedDocument, begin: int, revision: Revision) -> None:
    """Raise Altered unless a revision consists of objects that its own table names, the table, and the trailer."""
    pdf, xrefs = document.pdf, document.reader.xrefs
    meta = xrefs.get_xref_container_info(revision.number)
    is_stream = meta.xref_section_type is XRefSectionType.STREAM
    if repeats(document, revision.number):
        raise Altered(VerdictReason.BYTES_AROUND, "an object in two places")
    places = {}
    for reference in xrefs.explicit_refs_in_revision(revision.number):
        at = xrefs.get_historical_ref(reference, revision.number)
        if isinstance(at, int):
            places[at] = reference
    if is_stream and meta.stream_ref is not None:
        places[revision.table] = meta.stream_ref
    after = revision.tail if is_stream else revision.table
    reached = begin
    for at in sorted(places):
        if at < reached or not _COMMENT.match(pdf, reached, at):
            raise Altered(VerdictReason.BYTES_AROUND, f"bytes of no object before {at}")
        reached = _end_of_object(document, at, places[at])
    if reached > after or not _COMMENT.match(pdf, reached, after):
        raise Altered(VerdictReason.BYTES_AROUND, f"bytes of no object before {after}")
    if not is_stream:
        document.reader.stream.seek(meta.end_location)
        generic.DictionaryObject.read_from_stream(document.reader.stream, generic.TrailerReference(document.reader))
        if not _COMMENT.match(pdf, document.reader.stream.tell(), revision.tail):
            raise Altered(VerdictReason.BYTES_AROUND, "more than a trailer after a table")


def _end_of_object(document: OpenedDocument, at: int, reference: Any) -> int:
    stream = document.reader.stream
    stream.seek(at)
    number, generation = read_object_header(stream, strict=True)
    if (number, generation) != (reference.idnum, reference.generation):
        raise Altered(VerdictReason.BYTES_AROUND, "another object than the table says")
    generic.read_object(stream, generic.Reference(number, generation, document.reader))
    generic.read_non_whitespace(stream, seek_back=True)
    if stream.read(6) != b"endobj":
        raise Altered(VerdictReason.BYTES_AROUND, "an object that does not end")
    return int(stream.tell())
