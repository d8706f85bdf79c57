"""Records as JSON (`schema.json`, with `context.jsonld`), and the texts that come with them. No I/O but templates."""

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
EXPLAINED = ("schema.json", "context.jsonld")  # files of this folder, which stand in the ZIP too
END = b"\n]}\n"


class CopyPart(Unprinted, frozen=True):
    """What came of one part of a copy. file: "" where it is missing, and then why says so in the citizen's words."""

    id: str
    title: str
    file: str
    count: int
    why: str = ""


@cache
def explanation(name: str) -> bytes:
    """Read a file of EXPLAINED."""
    return (Path(__file__).parent / name).read_bytes()


def beginning(part: str, title: str) -> bytes:
    """Write the beginning of a part's file; after it come its records, and END."""
    head = msgspec.json.encode({"@context": CONTEXT, "onderdeel": part, "titel": title})
    return head[:-1] + b',"gegevens":['


def write(record: Record, named: str, consent: str, file: str, *, is_first: bool) -> bytes:
    """Write a record. named: its kind in words. consent: the text agreed to. file: where its bytes stand, or ""."""
    value = None if isinstance(record.value, bytes) else record.value
    said: dict[str, object] = {"soort": record.kind, "benaming": named, "sinds": record.since, "waarde": value}
    if file:
        said["bestand"] = file
    if record.consent:
        said["toestemming"] = {"kenmerk": record.consent, "tekst": consent}
    return (b"\n" if is_first else b",\n") + msgspec.json.encode(said)


def contents(parts: Sequence[CopyPart], at: datetime) -> bytes:
    """Write what is in the ZIP, and what is missing."""
    listed = [
        {"onderdeel": one.id, "titel": one.title, "bestand": one.file, "aantal": one.count, "ontbreekt": one.why}
        for one in parts
    ]
    is_whole = not any(one.why for one in parts)
    return msgspec.json.format(
        msgspec.json.encode({"gemaakt": at, "volledig": is_whole, "onderdelen": listed}), indent=2
    )


def consent_text(name: str) -> str:
    """Read the text to which somebody agreed, as plain words; "" for one that no feature has any more."""
    for feature in installed.every_feature():
        try:
            template = get_template(f"{feature.id}/consent/{name}.html")
        except TemplateDoesNotExist:
            continue
        return plain(str(template.render({})))
    return ""


def plain(markup: str) -> str:
    """Write what a text in markup says: a line for each paragraph, list or heading."""
    pieces = html.fragment_fromstring(markup, create_parent="div")
    return "\n".join(" ".join(piece.text_content().split()) for piece in pieces)


def missing(part: CopyPart, at: datetime) -> bytes:
    """Write the text that stands in the place of a part."""
    lines = (
        _("%(part)s ontbreekt in dit bestand.") % {"part": part.title},
        part.why,
        _("Haal uw gegevens later opnieuw op. Geprobeerd op %(time)s.") % {"time": dates.moment(at)},
    )
    return zipping.read_me(lines)


def read_me(parts: Sequence[CopyPart], at: datetime) -> bytes:
    """Write what this file is, what is in it, and first of all whether something is missing."""
    return zipping.read_me(_lines(parts, at))


def _lines(parts: Sequence[CopyPart], at: datetime) -> Iterator[str]:
    yield _("Alles wat Mijn Burgerprofiel over u bewaart, opgehaald op %(time)s") % {"time": dates.moment(at)}
    yield ""
    missing_parts = [one for one in parts if one.why]
    if missing_parts:
        yield _("LET OP: dit is niet alles. Wat ontbreekt:")
        for one in missing_parts:
            yield f"- {one.title}: {one.why}"
        yield ""
    yield _("In dit bestand:")
    for one in parts:
        if not one.why:
            yield f"- {one.title}: {one.file}"
    yield ""
    yield _("Wat overheidsdiensten zelf over u bewaren, staat hier niet in. Dat ziet u in Mijn Burgerprofiel.")
    yield _(
        "Voor programma’s: uitleg/schema.json zegt hoe elk bestand is opgebouwd, "
        "uitleg/context.jsonld wat elk woord betekent."
    )


def words_of(words: Mapping[str, str], kind: str) -> str:
    """Name a kind of record in the citizen's language; by its code where nobody declared a word for it."""
    return _(words[kind]) if kind in words else kind
