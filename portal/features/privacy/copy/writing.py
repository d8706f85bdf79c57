"""Write the files of a copy: records as JSON (`schema.json`, `context.jsonld`), its contents and its read-me.

It reads nothing but files of this folder and templates; `making` puts what is written into the ZIP.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.translation import gettext as _
from lxml import html

from portal.platform.feature import installed
from portal.platform.feature.types import Record
from portal.platform.kit.unprinted import Unprinted
from portal.platform.language import dates
from portal.platform.ui import zipping

CONTEXT = "../uitleg/context.jsonld"
EXPLANATIONS = ("schema.json", "context.jsonld")  # files of this folder, which stand in the ZIP too
END = b"\n]}\n"
INLINE = {"a", "abbr", "b", "code", "em", "i", "span", "strong", "wbr"}  # elements of HTML that end no word


class CopyPart(Unprinted, frozen=True):
    """One part of a copy: the records of a keeper, its files, or the summary. count: how many.

    file: the name in the ZIP of the file, or of the folder with the files; "" where the part is missing: then why
    says the reason, in words for its citizen.
    """

    id: str
    title: str
    file: str
    count: int
    why: str = ""


@cache
def explanation(name: str) -> bytes:
    """Read one of the EXPLANATIONS."""
    return (Path(__file__).parent / name).read_bytes()


def beginning(part: str, title: str) -> bytes:
    """Write the beginning of a part's file; after it come its records, and END."""
    head = msgspec.json.encode({"@context": CONTEXT, "onderdeel": part, "titel": title})
    return head[:-1] + b',"gegevens":['


def write_record(record: Record, words: str, consent: str, file: str, *, is_first: bool) -> bytes:
    """Write a record as JSON.

    words: for its kind. consent: what the text of that name says, or "". file: the name of the file with its bytes,
    or "".
    """
    value = None if isinstance(record.value, bytes) else record.value
    fields: dict[str, object] = {"soort": record.kind, "benaming": words, "sinds": record.since, "waarde": value}
    if file:
        fields["bestand"] = file
    if record.consent:
        fields["toestemming"] = {"kenmerk": record.consent, "tekst": consent}
    return (b"\n" if is_first else b",\n") + msgspec.json.encode(fields)


def contents(parts: Sequence[CopyPart], at: datetime) -> bytes:
    """Write `inhoud.json`: which parts are in the ZIP, and which are missing."""
    rows = [
        {"onderdeel": part.id, "titel": part.title, "bestand": part.file, "aantal": part.count, "ontbreekt": part.why}
        for part in parts
    ]
    is_whole = not any(part.why for part in parts)
    return msgspec.json.format(
        msgspec.json.encode({"gemaakt": at, "volledig": is_whole, "onderdelen": rows}), indent=2
    )


def consent_text(name: str) -> str:
    """Give the text of a consent as plain words, by its template's name; "" for one that no feature has any more."""
    for feature in installed.every_feature():
        try:
            template = get_template(f"{feature.id}/consent/{name}.html")
        except TemplateDoesNotExist:
            continue
        return plain(str(template.render({})))
    return ""


def plain(markup: str) -> str:
    """Give the words of a text in HTML: a line for each paragraph, list or heading, and for what stands between."""
    pieces = html.fragment_fromstring(markup, create_parent="div", parser=html.HTMLParser(remove_comments=True))
    texts = [pieces.text or ""]
    for piece in pieces:
        words, tail = "".join(_words_in(piece)), piece.tail or ""
        if piece.tag in INLINE:
            texts[-1] += words + tail
        else:
            texts += [words, tail]
    lines = (" ".join(text.split()) for text in texts)
    return "\n".join(line for line in lines if line)


def _words_in(piece: html.HtmlElement) -> Iterator[str]:
    """Yield the text in an element, with spaces around what is a cell, an item or a line of its own."""
    yield piece.text or ""
    for inner in piece:
        space = "" if inner.tag in INLINE else " "
        yield space
        yield from _words_in(inner)
        yield space
        yield inner.tail or ""


def missing_text(part: CopyPart, at: datetime) -> bytes:
    """Write the text that stands in the place of a part."""
    lines = (
        _("%(part)s ontbreekt in dit bestand.") % {"part": part.title},
        part.why,
        _("Haal uw gegevens later opnieuw op. Geprobeerd op %(time)s.") % {"time": dates.moment(at)},
    )
    return zipping.read_me(lines)


def read_me(parts: Sequence[CopyPart], at: datetime) -> bytes:
    """Write the read-me: what this ZIP is, what is missing if anything is, and what is in it."""
    return zipping.read_me(_lines(parts, at))


def _lines(parts: Sequence[CopyPart], at: datetime) -> Iterator[str]:
    yield _("Alles wat Mijn Burgerprofiel over u bewaart, opgehaald op %(time)s") % {"time": dates.moment(at)}
    yield ""
    missing_parts = [part for part in parts if part.why]
    if missing_parts:
        yield _("LET OP: dit is niet alles. Wat ontbreekt:")
        for part in missing_parts:
            yield f"- {part.title}: {part.why}"
        yield ""
    yield _("In dit bestand:")
    for part in parts:
        if not part.why:
            yield f"- {part.title}: {part.file}"
    yield ""
    yield _("Wat overheidsdiensten zelf over u bewaren, staat hier niet in. Dat ziet u in Mijn Burgerprofiel.")
    yield _(
        "Voor programma’s: uitleg/schema.json zegt hoe elk bestand is opgebouwd, "
        "uitleg/context.jsonld wat elk woord betekent."
    )


def words_of(words: Mapping[str, str], kind: str) -> str:
    """Name a kind of record in the citizen's language; by its code where nobody declared a word for it."""
    return _(words[kind]) if kind in words else kind
