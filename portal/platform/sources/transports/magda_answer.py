"""Read an answer of MAGDA into an outcome (contract `magda.md` 1.4 to 1.6).

It is Nothing only when the answer has a code that means so. An answer that is damaged, cut off, about somebody else
or not understood is Down.

A service can speak for several bodies (GeefHistoriekInschrijving). A dataset whose manifest names its `origins` then
reads only the items and exceptions of those; exceptions of MAGDA are about the whole question, so they count for
every dataset. When a whole answer does not mention an origin, its dataset is "down" ("silent"), never "nothing". Of
the 74 published answers most state that an origin has no data (code 30101), and 19 do not mention an origin. An
origin that was not asked, or whose answer was lost, is not mentioned either, so silence cannot mean "nothing".
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .. import unread
from ..inquiry import Inquiry
from ..manifest import Magda, Meaning
from ..reading import leaves
from ..reading.facts import Fact
from ..reading.outcomes import Down, Missing, Nothing, Outcome, Partial, Ready, Reason
from ..reading.table import plain_number
from ..reading.xml import (
    Element,
    UnreadableXml,
    child,
    local_name,
    namespace_of,
    parse_xml,
    text_at,
    text_of,
    without_namespaces,
)
from . import magda_codes

log = logging.getLogger("portal.sources")

# The codes that may be logged or shown as a reference: none that could be a national number.
_CODE = re.compile(r"(?!(?:[^0-9]*[0-9]){8})[A-Za-z0-9_.:/ -]{1,32}")


@dataclass(frozen=True, slots=True)
class _Exception:
    """One Uitzondering, classified. path: its place below the element that holds the Uitzonderingen.

    behind: the source behind MAGDA that it concerns, by its annotation, "" for none.
    """

    origin: str
    code: str
    meaning: Meaning
    path: str
    behind: str = ""

    @property
    def is_renewed_number(self) -> bool:
        """Tell whether it says that the person has a new number, which the code means only where MAGDA reports it."""
        is_of_magda = self.origin.casefold() == "magda"
        return is_of_magda and self.code == magda_codes.RENEWED_NUMBER and self.meaning == "note"

    def part(self, *, is_named_behind: bool) -> str:
        """Name the source whose part is missing; "?" for a name that may not be logged."""
        is_named = is_named_behind and _CODE.fullmatch(self.behind)
        return self.behind if is_named else _printable(self.origin)


class _Unusable(Exception):
    """The answer cannot be used; carries the outcome to `read_answer`, which returns it."""

    def __init__(self, outcome: Down) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


def read_answer[K, T](
    data: bytes,
    inquiry: Inquiry[K, T],
    *,
    asked_at: datetime,
    referte: str | None,
    insz: str | None,
    has_more: bool = False,
) -> Outcome[T]:
    """Read one answer, in a SOAP envelope or bare; never raises, whatever the bytes.

    referte: the reference of the question; an answer to another question is a mismatch. None: not checked.
    insz:    the person asked about; an answer about another is a mismatch, unless it says that the person
             has a new number. None: not checked.
    has_more: a multipart body had other parts, which are not read.
    """
    try:
        return _read(data, inquiry, asked_at, referte, insz, has_more)
    except UnreadableXml as error:
        return Down("unreadable", error.detail)
    except _Unusable as unusable:
        return unusable.outcome
    except Exception as error:
        # A bug of ours (a parse function that was not total) must not stop the page. Its message may be personal.
        log.error("%s: %s while reading an answer", inquiry.name, type(error).__name__)
        return Down("unreadable", type(error).__name__)


def _read[K, T](
    data: bytes, inquiry: Inquiry[K, T], asked_at: datetime, referte: str | None, insz: str | None, has_more: bool
) -> Outcome[T]:
    reply = _reply(parse_xml(data, has_document=inquiry.question.has_document), inquiry)
    answer = _answer(reply, referte)
    service = _service(inquiry)
    exceptions = _exceptions(reply, inquiry)
    content = None
    if answer is not None:
        exceptions += _exceptions(answer, inquiry)
        content = child(answer, "Inhoud")
    if service.origin and content is not None:
        empty_other_origins(content, service)
    missing = [
        Missing(e.part(is_named_behind=inquiry.names_behind), _printable(e.code), reason)
        for e in exceptions
        if (reason := magda_codes.FAILURES.get(e.meaning))
    ]
    made = inquiry.reader(content, _notes(exceptions)) if content is not None else None
    if made is not None and not made.is_empty and content is not None and answer is not None:
        _check_subject(content, inquiry, insz, exceptions)
        places = [place for place in made.unread if place not in (service.subject, service.origin)]  # we read these
        places += _beside(reply, answer) + ([unread.ATTACHMENT] if has_more else [])
        missing += unread.missing_parts(inquiry, places)
        return Partial(made.value, tuple(missing), asked_at) if missing else Ready(made.value, asked_at)
    if missing:
        return _failure(missing)
    if any(e.meaning == "nothing" for e in exceptions) and not _says_something(content):
        # Without an Antwoord the question can only be known by the receiver's reference, which mirrors ours.
        if answer is None and referte not in (None, text_at(reply, "Context", "Bericht", "Ontvanger", "Referte")):
            return Down("mismatch", "Referte")
        return Nothing(asked_at)
    others = [e for e in exceptions if e.meaning != "ignore"]
    if answer is not None and not others and {e.tag for e in answer} <= {"Referte", "Uitzonderingen"}:
        # Some services say "no data" in this way, but an answer that lost its content looks the same. So it is not
        # "nothing", and no trouble of the source either.
        return Down("silent")
    if service.origin and content is not None and not _says_something(content):
        return Down("silent")
    return Down("unreadable", "content" if content is not None else "no content")


def _notes(exceptions: list[_Exception]) -> list[Fact]:
    """List the remarks among the exceptions, as facts for the reader of the content."""
    return [
        Fact("note", "Opmerking", magda_codes.note(e.origin, e.code), "note", e.path)
        for e in exceptions
        if e.meaning == "note"
    ]


def response_in(root: Element) -> Element | None:
    """Find the element of the service or the Fault, in a SOAP envelope or bare; None for an empty envelope.

    By the contract nothing below it has a namespace; one that a gateway adds is removed in place.
    """
    response: Element | None = root
    if local_name(root) == "Envelope":
        body = next((e for e in root if local_name(e) == "Body"), None)
        response = next(iter(body), None) if body is not None else None
    if response is not None and (names := {namespace for e in response if (namespace := namespace_of(e))}):
        without_namespaces(response, names | {namespace_of(response)})
    return response


def _reply(root: Element, inquiry: Inquiry[Any, Any]) -> Element:
    """Find the Repliek; raises _Unusable with the reason when there is none.

    The root names the service. Context must be there, but its Naam is not compared: a published answer
    (GeefBewijs 90722500785) names another service in it.
    """
    response = response_in(root)
    if response is None:
        raise _Unusable(Down("unreadable", "empty envelope"))
    if local_name(response) == "Fault":
        code = next((text_of(e) for e in response.iter() if local_name(e) in ("faultcode", "Value")), "")
        raise _Unusable(Down("fault", _printable(code)))
    if local_name(response) != f"{_service(inquiry).service}Response":
        raise _Unusable(Down("unreadable", "root"))
    reply = child(response, "Repliek")
    if reply is None:
        raise _Unusable(Down("unreadable", "no Repliek"))
    if not text_at(reply, "Context", "Naam"):
        raise _Unusable(Down("unreadable", "no Context"))
    return reply


def _answer(reply: Element, referte: str | None) -> Element | None:
    """Find the one Antwoord, and check that it answers our question; None when the whole question was refused."""
    answers = [e for part in reply.iterchildren("Antwoorden") for e in part.iterchildren("Antwoord")]
    if not answers:
        return None
    if len(answers) > 1:
        raise _Unusable(Down("unreadable", "more than one Antwoord"))
    if referte is not None and text_at(answers[0], "Referte") != referte:
        raise _Unusable(Down("mismatch", "Referte"))
    return answers[0]


def _beside(reply: Element, answer: Element) -> list[str]:
    """List the places outside the Inhoud with content that the contract does not know, and a second Inhoud."""
    response: Any = reply.getparent()
    body: Any = response.getparent()
    around: list[tuple[str, Any, tuple[str, ...]]] = [
        *([("Body", body, (response.tag,))] if body is not None else []),
        ("Response", response, ("Repliek",)),
        ("Repliek", reply, ("Context", "Antwoorden", "Uitzonderingen")),
        ("Antwoord", answer, ("Inhoud", "Referte", "Uitzonderingen")),
    ]
    places: dict[str, None] = {}
    for name, holder, known in around:
        # Only the first element of the name that should stand there once is read.
        one = holder.find(known[0])
        for e in holder.iterchildren():
            if (e.tag not in known or (e.tag == known[0] and e is not one)) and _says_something(e):
                places[f"{name}/{leaves.printable(str(e.tag))}"] = None
    return list(places)


def _exceptions(holder: Element, inquiry: Inquiry[Any, Any]) -> list[_Exception]:
    """Classify the exceptions that concern the dataset; an exception without an origin might, so it counts."""
    service = _service(inquiry)
    concerned = {*_own_origins(service), "magda", ""}
    found: list[_Exception] = []
    each = (e for part in holder.iterchildren("Uitzonderingen") for e in part.iterchildren("Uitzondering"))
    for n, e in enumerate(each, 1):
        origin, code = text_at(e, "Oorsprong"), text_at(e, "Identificatie")
        behind = _behind(e)
        if service.origins and (behind or origin).casefold() not in concerned:
            continue
        meaning = magda_codes.classify(origin, code, text_at(e, "Type"), inquiry.agency.meanings)
        found.append(_Exception(origin, code, meaning, f"Uitzonderingen/Uitzondering[{n}]", behind))
    return found


def _behind(exception: Element) -> str:
    """Name the source behind MAGDA that an exception concerns, by its annotation; "" without one."""
    for part in exception.iterchildren("Annotaties"):
        for note in part.iterchildren("Annotatie"):
            if text_at(note, "Naam") == "Bron":
                return text_at(note, "Waarde")
    return ""


def _own_origins(service: Magda) -> set[str]:
    return {origin.casefold() for origin in service.origins}


def empty_other_origins(content: Element, service: Magda) -> None:
    """Empty the items of other origins in place, so that the paths of the remaining items stay true.

    An item without an origin might be of one of the dataset's, so _Unusable is raised for it.
    """
    own = _own_origins(service)
    *way, mark = service.origin.split("/")
    for item in _at(content, way):
        origin = text_at(item, mark).casefold()
        if not origin:
            raise _Unusable(Down("unreadable", "origin"))
        if origin not in own:
            item.clear()


def _check_subject(
    content: Element, inquiry: Inquiry[Any, Any], insz: str | None, exceptions: list[_Exception]
) -> None:
    """Raise _Unusable unless the content is about the person asked about, by the manifest's `subject`.

    Where that path leads to several numbers, one of them must be the person's: a household names everyone in it, and
    a document can have a number that the person had before.
    """
    subject = _service(inquiry).subject
    if insz is None or not subject:
        return
    if any(e.is_renewed_number for e in exceptions):
        return
    if not any(plain_number(text_of(element)) == insz for element in _at(content, subject.split("/"))):
        raise _Unusable(Down("mismatch", "INSZ"))


def _at(content: Element, way: Sequence[str]) -> Iterator[Element]:
    """Yield every element that a path of names leads to, in the order of the answer."""
    if not way:
        yield content
        return
    for below in content.iterchildren(way[0]):
        yield from _at(below, way[1:])


def _service(inquiry: Inquiry[Any, Any]) -> Magda:
    service = inquiry.service
    assert isinstance(service, Magda)  # noqa: S101 - chosen by the caller's table
    return service


def _failure(missing: list[Missing]) -> Down:
    """Give the outcome of an answer without content, by the worst of its missing parts."""
    reasons: list[Reason] = [m.reason for m in missing]
    reason = magda_codes.worst(reasons)
    named = next((m for m in missing if m.reason == reason), missing[0])
    return Down(reason, f"{named.origin} {named.code}")


def _says_something(content: Element | None) -> bool:
    return content is not None and any(text_of(e) for e in content.iter())


def _printable(code: str) -> str:
    return code if _CODE.fullmatch(code) else "?"
