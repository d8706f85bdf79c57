"""The metadata of a document (XMP, ISO 16684-1), compared without regard to dates and names of programs."""

from collections import Counter
from typing import Any

from lxml import etree

LONGEST = 1 << 20  # bytes
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
# Properties that programs write anew whenever they save.
_MAY_DIFFER = {
    f"{_XMP}ModifyDate",
    f"{_XMP}MetadataDate",
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    "{http://ns.adobe.com/xap/1.0/mm/}InstanceID",
}


def same(one: bytes, other: bytes) -> bool:
    """Tell whether two XMP packets say the same; a packet that cannot be read is never the same."""
    if max(len(one), len(other)) > LONGEST:
        return False
    try:
        return _statements(one) == _statements(other)
    except (etree.XMLSyntaxError, ValueError):
        return False


def _statements(packet: bytes) -> Counter[tuple[Any, ...]]:
    """Read the properties of a packet, as pairs of name and values; raise ValueError for a document type."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(packet.strip(b"\x00 \t\r\n"), parser)
    if b"<!DOCTYPE" in packet:
        raise ValueError("a document type in metadata")
    properties: list[tuple[Any, ...]] = []
    for description in root.iter(f"{_RDF}Description"):
        properties += [
            (key, ((value.strip(),),))
            for key, value in description.attrib.items()
            if key != f"{_RDF}about" and key not in _MAY_DIFFER
        ]
        for child in description:
            if isinstance(child.tag, str) and child.tag not in _MAY_DIFFER:
                properties.append((child.tag, tuple(_values(child))))
    return Counter(properties)


def _values(element: Any) -> list[tuple[Any, ...]]:
    """List the texts in and below an element, each with the tag and attributes of the element that holds it."""
    values: list[tuple[Any, ...]] = []
    for one in element.iter():
        if isinstance(one.tag, str):
            text = (one.text or "").strip()
            attributes = tuple(sorted((key, value) for key, value in one.attrib.items()))
            if text and len(one) == 0:
                # A plain value is the same whether it is written as an attribute or as an element.
                plain = one is element and not attributes
                values.append((text,) if plain else (one.tag, attributes, text))
            elif one is not element:
                values.append((one.tag, attributes, ""))
    return values
