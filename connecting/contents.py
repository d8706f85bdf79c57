"""The content of an answer, as a body's parse function gets it, and the place in the body's code that fails on it."""

import ast
import json
import traceback
from pathlib import Path
from typing import Any

import msgspec

from portal.platform.kit.errors import PortalError
from portal.platform.sources.catalogue import Askable
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading import json_text
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.xml import Element, UnreadableXml, child, parse_xml, text_at
from portal.platform.sources.transports.magda_answer import empty_other_origins, response_in
from portal.platform.wire.received import UnreadableBytes, decode


def content_of(data: bytes, entry: Askable) -> Any:
    """Give what the parse function gets of an answer, as transports decode it; None where there is none.

    That is the Inhoud of a MAGDA answer without items of other origins, or the object of a JSON answer.
    """
    service = entry.service
    try:
        text = decode(data).data
        if not isinstance(service, Magda):
            content = msgspec.json.decode(text)
            return content if isinstance(content, dict) else None
        answer = next(xml_of(text).iter("Antwoord"), None)
    except (PortalError, *json_text.FAILURES):
        return None
    content = child(answer, "Inhoud") if answer is not None else None
    if content is not None and service.origin:
        try:
            empty_other_origins(content, service)
        except Exception:  # An item has no origin: reading the answer reports that.
            return None
    return content


def xml_of(text: bytes) -> Element:
    """Parse a MAGDA answer, without the namespaces that a gateway adds; raises UnreadableXml."""
    root = parse_xml(text)
    response_in(root)
    return root


def text_of(data: bytes) -> bytes:
    """Give the text of an answer in UTF-8, as transports decode it; its bytes where they cannot."""
    try:
        return decode(data).data
    except UnreadableBytes:
        return data


def is_own(exception: Element, entry: Askable) -> bool:
    """Tell whether an Uitzondering is of one of the dataset's `origins`; any is, when the manifest names none."""
    service = entry.service
    origins = {origin.casefold() for origin in service.origins} if isinstance(service, Magda) else set()
    return not origins or text_at(exception, "Oorsprong").casefold() in origins


def crash_of(data: bytes, entry: Askable) -> str:
    """Tell where the body's code raises on an answer, with the line of code, or that it gives no facts.

    "" when all is well, or when the answer has no content.
    """
    content = content_of(data, entry)
    return "" if content is None else failure_of(content, entry)


def failure_of(content: Any, entry: Askable) -> str:
    """Tell where the body's code raises on the content of an answer (`content_of`), or that it gives no facts.

    "" when all is well.
    """
    try:
        facts = entry.parse(content)
        if facts is None:
            name = getattr(entry.parse, "__name__", "parse")
            return f"parse.py: {name} gives nothing back; end it with `return facts`"
        return _wrong_type(list(facts))
    except Exception as error:
        return _place(error, entry.agency.folder)


def code_of(file: Path) -> ast.Module:
    """Parse a Python file of a body; one that cannot be parsed counts as empty."""
    try:
        return ast.parse(file.read_text("utf-8"))
    except (SyntaxError, ValueError, OSError):
        return ast.Module([], [])


def names_in_code(folder: Path) -> set[str]:
    """List the steps (between slashes) of every string in a body's code: names of elements, members and fact keys."""
    names: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(code_of(file)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names |= {step.removesuffix("[]") for step in node.value.split("/")}
    return names


def damage_of(data: bytes, entry: Askable) -> str:
    """Tell why an answer cannot be decoded, or parsed as JSON or XML; "" when it can."""
    try:
        text = decode(data).data
        if isinstance(entry.service, Magda):
            xml_of(text)
        else:
            msgspec.json.decode(text)
    except UnreadableBytes as error:
        return f"no text that is read: {error.detail}"
    except UnreadableXml as error:
        return f"no XML that is read: {error.__cause__ or error}"
    except json_text.FAILURES as error:
        return f"no JSON: {_with_line(text, error)}"
    return ""


def _with_line(text: bytes, error: Exception) -> Exception:
    """Give the fault that names the line of a JSON text, where there is one; the portal's decoder counts bytes."""
    try:
        json.loads(text)
    except (ValueError, RecursionError) as named:
        return named
    return error


def _wrong_type(facts: list[Any]) -> str:
    other = next((fact for fact in facts if not isinstance(fact, Fact)), None)
    return "" if other is None else f"parse.py gives a {type(other).__name__} among its facts; each must be a Fact"


def _place(error: Exception, folder: Path) -> str:
    """Write an exception with the last line of the body's own code in its traceback."""
    message = f"{type(error).__name__}: {error}".rstrip(": ")
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).resolve().is_relative_to(folder.resolve())]
    if not own:
        return message
    last = own[-1]
    return f"{Path(last.filename).name}, line {last.lineno}, in {last.name}: {last.line}: {message}"
