"""Damage the content of a SOAP answer as a fault says."""

import copy
import re
from collections.abc import Callable

from lxml import etree

from .strangers import stranger

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
# The exceptions of an answer when a source behind MAGDA did not answer.
SOURCE_FAILED = (
    "<Uitzonderingen><Uitzondering><Identificatie>60006</Identificatie><Oorsprong>MAGDA</Oorsprong>"
    "<Type>FOUT</Type><Diagnose>Geen antwoord van bron</Diagnose></Uitzondering></Uitzonderingen>"
)


def damaged_xml(mode: str, body: bytes, number: str) -> bytes:
    """Give the body with what is wrong in this mode (`switches.Mode`); a mode that is not about content changes
    nothing.

    `number` is the national number that was asked about.
    """
    if mode == "broken":
        return body[: len(body) // 2]
    if mode == "other-person":
        return body.replace(number.encode(), stranger(number).encode()) if number else body
    if mode == "wrong-encoding":
        # Invalid as the declared encoding and as UTF-8, so that no guess makes it right.
        declared = re.sub(rb"^<\?xml[^>]*\?>", b'<?xml version="1.0" encoding="UTF-16"?>', body)
        at = declared.rfind(b"<")
        return declared[:at] + b"\xff\xfe" + declared[at:]
    change = _CHANGES.get(mode)
    if change is None:
        return body
    root = etree.fromstring(body, _PARSER)
    return etree.tostring(change(root), encoding="UTF-8", xml_declaration=True)


def padding_at(body: bytes) -> int:
    """Give the offset at which spaces change nothing: before the last end tag."""
    return body.rfind(b"<")


def _partial(root: etree._Element) -> etree._Element:
    for answer in root.iter("Antwoord"):
        content, others = answer.find("Inhoud"), answer.find("Uitzonderingen")
        exceptions = etree.fromstring(SOURCE_FAILED)
        if others is not None:
            # Also beside "nothing found", which is then not certain any more.
            others.extend(list(exceptions))
        elif content is not None:
            content.addnext(exceptions)
    return root


def _twice(root: etree._Element) -> etree._Element:
    for answer in list(root.iter("Antwoord")):
        answer.addnext(copy.deepcopy(answer))
    return root


def _wrong_root(root: etree._Element) -> etree._Element:
    """Rename the envelope and the reply in it; a reader that searches for elements anywhere would still find them."""
    for element in (root, *root.iterfind("./*/*")):
        element.tag = "{urn:modelstad}Iets"
    return root


_CHANGES: dict[str, Callable[[etree._Element], etree._Element]] = {
    "partial": _partial,
    "twice": _twice,
    "wrong-root": _wrong_root,
}
