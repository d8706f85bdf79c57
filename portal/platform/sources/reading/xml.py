"""Read XML from strangers: without entities, network, DTD and huge trees.

Readers match on tags without a namespace: services give one to the root only, or `without_namespaces` removed it.
"""

import re
from collections.abc import Callable, Collection

from lxml import etree

from portal.platform.kit.errors import PortalError

from . import marks

Element = etree._Element


class UnreadableXml(PortalError):
    """These bytes are no XML, or XML of a kind that is refused."""

    code = "unreadable"


def _parser(*, is_huge: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=is_huge,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        # White space between elements, a third of the nodes, which no reader needs.
        remove_blank_text=True,
        collect_ids=False,
    )


# One parser for all: lxml makes it safe to share between threads.
_PARSER = _parser(is_huge=False)
# libxml2 takes texts of more than 10 MB only without its other bounds, which hold back what a DTD may do.
_PARSER_OF_DOCUMENTS = _parser(is_huge=True)
_DOCTYPE = b"<!DOCTYPE"


# lxml repeats the name of a namespace in each element's tag: a long one would make a small answer large in memory.
_LONG_NAMESPACE = re.compile(rb"""xmlns(?::[^\s=]{1,100})?[ \t\r\n]*=[ \t\r\n]*["'][^"']{1000}""")


def parse_xml(data: bytes, *, has_document: bool = False) -> Element:
    """Parse a document and give its root, without comments and processing instructions.

    has_document: a text in it may be longer than 10 MB; elements may also nest deeper then.

    Raises UnreadableXml for a document that is not well-formed or not in the encoding it declares, has a DOCTYPE (so
    that it can define no entities), nests deeper than 256 elements, or has a namespace of 1000 characters or more.
    """
    if has_document and _DOCTYPE in data:
        raise UnreadableXml("DOCTYPE")
    if _LONG_NAMESPACE.search(data):
        raise UnreadableXml("namespace")
    try:
        root = etree.fromstring(data, _PARSER_OF_DOCUMENTS if has_document else _PARSER)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise UnreadableXml(type(error).__name__) from error
    if root is None:
        raise UnreadableXml("no root")
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableXml("DOCTYPE")
    return root


def without_namespaces(root: Element, only: Collection[str] | None = None) -> Element:
    """Remove all namespaces, or only these, from `root` and every element below it, in place; returns `root`."""
    for element in root.iter():
        if only is None or namespace_of(element) in only:
            element.tag = local_name(element)
    return root


def namespace_of(element: Element) -> str:
    """Give the namespace of an element; "" for none."""
    return str(element.tag).rpartition("}")[0][1:]


def local_name(element: Element) -> str:
    """Give the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


# Lists the children of an element. For the few that it has, this takes half the time of iterating; a function around
# the method would double that time.
children_of: Callable[[Element], list[Element]] = etree._Element.getchildren  # type: ignore[attr-defined]  # not in the stubs


def child(element: Element, name: str) -> Element | None:
    """Find the first child of that name; None without one."""
    for found in children_of(element):
        if found.tag == name:
            return found
    return None


def text_of(element: Element | None) -> str:
    """Give the text of a leaf, each run of white space as one space; "" when it is empty or not there."""
    if element is None or (text := element.text) is None:
        return ""
    if (marked := marks.current()) is not None:
        marked.add(element)
    return " ".join(text.split())


def attribute_of(element: Element, name: str) -> str:
    """Give the value of an attribute without white space around it; "" when it is empty or not there."""
    value = element.get(name)
    if value is None:
        return ""
    if (marked := marks.current()) is not None:
        marked.add((element, name))
    return value.strip()


def text_at(element: Element, *names: str) -> str:
    """Follow a path, at each step to the first child of that name, and give its text; "" when a step is missing."""
    found = element
    for name in names:
        for below in children_of(found):
            if below.tag == name:
                found = below
                break
        else:
            return ""
    return text_of(found)
