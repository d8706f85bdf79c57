"""What a body never sent before is never lost: wherever it stands, the answer is partial and the rest stays."""

import json
from copy import deepcopy
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from portal.platform.sources.reading.outcomes import Missing, Partial, Ready
from portal.platform.sources.reading.xml import Element, parse_xml

from .samples import ENTRIES, JSON_ENTRIES, answers_of, content_of, read, read_approved

dataset = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
json_dataset = pytest.mark.parametrize("entry", JSON_ENTRIES, ids=lambda entry: entry.name)
a_few = settings(max_examples=15)


@cache
def whole(entry_name: str) -> tuple[bytes, ...]:
    """List the samples in which all is read."""
    entry = next(e for e in (*ENTRIES, *JSON_ENTRIES) if e.name == entry_name)
    return tuple(file.read_bytes() for file in answers_of(entry) if read_approved(file, entry)["outcome"] == "ready")


def in_content(data: bytes, entry) -> tuple[Element, list[Element]]:
    """Find the elements of an answer that are the dataset's own, by their places in the whole."""
    root = parse_xml(data)
    content = next(root.iter("Inhoud"))
    own = content_of(data, entry)
    # Items of other origins are empty there, and so are their places.
    kept = {own.getroottree().getpath(e) for e in own.iter() if len(e) or e.text}
    return root, [e for e in content.iter() if root.getroottree().getpath(e) in kept]


@dataset
@a_few
@given(data=st.data())
def test_an_element_or_attribute_that_nobody_knows_is_told_and_the_rest_is_shown(entry, data):
    answer = data.draw(st.sampled_from(whole(entry.name)))
    before = read(answer, entry)
    assert isinstance(before, Ready)
    root, elements = in_content(answer, entry)
    around = data.draw(st.sampled_from(elements))
    path = "/".join(str(e.tag) for e in (*reversed(list(around.iterancestors())), around)).partition("Inhoud")[2]
    name = data.draw(st.sampled_from(["{urn:x}Naam", "{urn:x}Nieuw", "Nieuw", "@Nieuw"]))
    place = f"{path}/{name.replace('urn:x', '*')}".strip("/")
    assume(not entry.leaves_out(place))
    if name == "@Nieuw":
        around.set("Nieuw", "iets")
    else:
        stranger = etree.Element(name)
        stranger.text = "iets"
        around.insert(data.draw(st.integers(0, len(around))), stranger)
    missing = (Missing(entry.agency.manifest.name, place, "unread"),)
    assert read(etree.tostring(root), entry) == Partial(before.value, missing, before.asked_at)


@json_dataset
@a_few
@given(data=st.data())
def test_a_member_that_nobody_knows_is_told_and_the_rest_is_shown(entry, data):
    answer = data.draw(st.sampled_from(whole(entry.name)))
    content = json.loads(answer)
    before = read(answer, entry)
    objects = [("", content)]
    for path, holder in objects:
        for name, value in holder.items():
            several = value if isinstance(value, list) else [value]
            objects += [(f"{path}/{name}", one) for one in several if isinstance(one, dict)]
    path, around = data.draw(st.sampled_from(objects))
    value, deeper = data.draw(st.sampled_from([("iets", ""), (0, ""), ([True], ""), ({"a": [{"b": "c"}]}, "/a/b")]))
    around["nieuw"] = deepcopy(value)
    place = f"{path}/nieuw{deeper}".strip("/")
    missing = (Missing(entry.agency.manifest.name, place, "unread"),)
    assert read(json.dumps(content).encode(), entry) == Partial(before.value, missing, before.asked_at)
