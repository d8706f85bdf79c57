"""Read XML that strangers send: no entities, no network, no DTD, no huge trees.

Services use a namespace of their own for the root only; everything below it is unqualified. Readers
therefore match on local names.
"""

import re
from collections.abc import Collection

from lxml import etree

from portal.platform.kit.errors import PortalError

from . import marks

Element = etree._Element


class UnreadableXml(PortalError):
    """These bytes are not XML that we are willing to read."""

    code = "unreadable"


# One parser for all: lxml makes it safe to share between threads.
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    attribute_defaults=False,
    huge_tree=False,
    recover=False,
    remove_comments=True,
    remove_pis=True,
    # White space of layout is a third of the nodes, and no reader looks at it.
    remove_blank_text=True,
    collect_ids=False,
)


# The name of a namespace is written out with each element in it: a long one makes a small answer a large one here.
_LONG_NAMESPACE = re.compile(rb"""xmlns(?::[^\s=]{1,100})?[ \t\r\n]*=[ \t\r\n]*["'][^"']{1000}""")


def parse_xml(data: bytes) -> Element:
    """Parse a document and give its root; comments and processing instructions are gone.

    Raises UnreadableXml for anything that is not well-formed, says it has a DOCTYPE (and thus for every
    entity of its own), nests deeper than 256 elements, claims an encoding it is not in or has a namespace with a name
    of a thousand characters.
    """
    if _LONG_NAMESPACE.search(data):
        raise UnreadableXml("namespace")
    try:
        root = etree.fromstring(data, _PARSER)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise UnreadableXml(type(error).__name__) from error
    if root is None:
        raise UnreadableXml("no root")
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableXml("DOCTYPE")
    return root


def without_namespaces(root: Element, only: Collection[str] | None = None) -> Element:
    """Take the namespaces (or only these) off every element below and including `root`, in place; gives it back."""
    for element in root.iter():
        if only is None or namespace_of(element) in only:
            element.tag = local_name(element)
    return root


def namespace_of(element: Element) -> str:
    """Name the namespace of an element; "" for none."""
    return str(element.tag).rpartition("}")[0][1:]


def local_name(element: Element) -> str:
    """Name an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children_of(element: Element) -> list[Element]:
    """List the children. All in one go: for the few that a node has, half the price of iterating."""
    # The published stubs do not know this method.
    return element.getchildren()  # type: ignore[attr-defined,no-any-return]


def child(element: Element, name: str) -> Element | None:
    """Find the first child of that name."""
    for found in children_of(element):
        if found.tag == name:
            return found
    return None


def text_of(element: Element | None) -> str:
    """Give the text of a leaf, with white space of layout taken out; "" when it is empty or not there."""
    if element is None or (text := element.text) is None:
        return ""
    if (read := marks.current()) is not None:
        read.add(element)
    return " ".join(text.split())


def attribute_of(element: Element, name: str) -> str:
    """Give the value of an attribute, with white space around it taken off; "" when it is empty or not there."""
    value = element.get(name)
    if value is None:
        return ""
    if (read := marks.current()) is not None:
        read.add((element, name))
    return value.strip()


def text_at(element: Element, *names: str) -> str:
    """Give the text of the leaf that a path of first children leads to; "" when there is none."""
    found: Element | None = element
    for name in names:
        if found is None:
            return ""
        found = child(found, name)
    return text_of(found)
