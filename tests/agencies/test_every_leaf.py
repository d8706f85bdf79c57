"""Every published answer leads to an outcome that fits, and is shown to its last leaf; so is every sample."""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from portal.platform.sources.catalogue import Askable
from portal.platform.sources.reading import dates
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Nothing, Partial, Ready
from portal.platform.sources.reading.table import NO_END
from portal.platform.sources.reading.xml import Element, child, parse_xml, text_at, text_of

from .samples import ENTRIES, SHARED, answers_of, content_of, is_own, published_of, read

SAYS_NO_DATA = {"30001", "30101", "40000", "40046", "50030", "13202"}
PLACEHOLDERS = {"Code", "Omschrijving", "Tekst"}
FLAGS = {"1": ["ja"], "0": ["nee"], "true": ["ja"], "false": ["nee"]}
IN_WORDS = "staat er in woorden"  # the end of a reason: left out as it is written, but a fact all the same
SAYS_NOTHING = {"Niet beschikbaar", "Niet van toepassing", "NBS", "NVT"}

dataset = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
with_published = pytest.mark.skipif(not SHARED.exists(), reason="the published answers are not beside the project")


@with_published
@dataset
def test_published_answers_lead_to_an_outcome_that_fits(entry):
    for file in published_of(entry):
        content = content_of(file.read_bytes(), entry)
        outcome = read(file.read_bytes(), entry)
        if content is not None and any(_texts(content)):
            assert isinstance(outcome, Ready | Partial), (file, outcome)
        else:
            assert isinstance(outcome, Nothing | Down), (file, outcome)
            own = [e for e in parse_xml(file.read_bytes()).iter("Uitzondering") if is_own(e, entry)]
            codes = {text_at(e, "Identificatie") for e in own}
            assert isinstance(outcome, Down) or codes & SAYS_NO_DATA, (file, outcome)


@dataset
def test_answers_are_shown_to_the_last_leaf(entry):
    reasons = _reasons(entry)
    unseen: Counter[str] = Counter()
    used: set[str] = set()
    for content in _contents(entry):
        unseen.update(_unseen(content, list(entry.parse(content)), reasons, used))
    assert unseen == {}
    assert used, "no reason is used: is the list still true?"


@dataset
def test_there_are_as_many_facts_as_elements(entry):
    """Count in the XML, and compare: every leaf has as many facts as it occurs, or the element around it has.

    The second is so where one fact is made of several leaves (an address, a code with its description).
    """
    left_out = [pattern for pattern, reason in _reasons(entry).items() if not reason.endswith(IN_WORDS)]
    for content in _contents(entry):
        facts: Counter[tuple[str, str]] = Counter()
        for fact in entry.parse(content):
            facts[_INDEX.sub("", fact.path), fact.key] += 1
        shown = {(place, n) for (place, _), n in facts.items()}
        elements = _occurrences(content)
        for place, is_leaf in elements:
            if is_leaf and not any(fnmatchcase(place, pattern) for pattern in left_out):
                around = [place, *_around(place)]
                assert any((p, elements[p, p == place]) in shown for p in around), (place, elements[place, True])


_INDEX = re.compile(r"\[\d+\]")


def _occurrences(content: Element) -> Counter[tuple[str, bool]]:
    """Count, for each path without indexes, the leaves and the elements around them that say something."""
    found: Counter[tuple[str, bool]] = Counter()
    around: set[Element] = set()
    for element, attribute, _ in _texts(content):
        found[_plain(element) + (f"/@{attribute}" if attribute else ""), True] += 1
        around |= {e for e in element.iterancestors() if content in e.iterancestors()}
        if attribute or len(element):
            around.add(element)
    for element in around:
        found[_plain(element), False] += 1
    return found


def _around(place: str) -> Iterator[str]:
    while "/" in place:
        place = place.rpartition("/")[0]
        yield place


def _plain(element: Element) -> str:
    path = "/".join(str(e.tag) for e in (*reversed(list(element.iterancestors())), element))
    return path.partition("/Inhoud/")[2]


def _reasons(entry: Askable) -> dict[str, str]:
    """Read why which leaves are not shown: by any dataset, or (in a table of its own name) by this one."""
    written = tomllib.loads((entry.agency.folder / "samples" / "left_out.toml").read_text("utf-8"))
    for_all = {pattern: reason for pattern, reason in written.items() if isinstance(reason, str)}
    return {**written.get(entry.id, {}), **for_all}


def _contents(entry: Askable) -> Iterator[Element]:
    """Give what the parse function gets of every sample and every published answer."""
    for file in [*answers_of(entry), *published_of(entry)]:
        content = content_of(file.read_bytes(), entry)
        if content is not None:
            yield content


def _unseen(content: Element, facts: list[Fact], reasons: dict[str, str], used: set[str]) -> Iterator[str]:
    """Find the texts that stand in no fact at their own place or above it, and are not left out for a reason."""
    values: dict[tuple[Element, str], list[str]] = defaultdict(list)
    for fact in facts:
        place, _, attribute = fact.path.partition("/@")
        (element,) = content.xpath(place)  # a path leads back to where the fact stood
        values[element, attribute].append(fact.value.casefold())
    for element, attribute, said in _texts(content):
        above = [(e, "") for e in element.iterancestors()]
        places = [(element, attribute), (element, ""), *above]
        if any(way in value for way in _written(said) for place in places for value in values[place]):
            continue
        plain = _plain(element) + (f"/@{attribute}" if attribute else "")
        # A reason for all codes speaks of codes with words beside them; one of a narrower place is its own.
        narrow = next((p for p in reasons if p != "*/Code" and fnmatchcase(plain, p)), None)
        if plain.endswith("/Code") and narrow is None:
            # A code needs words beside it, unless the words themselves say nothing.
            name = child(element.getparent(), "Naam")
            if not any(values[place] for place in (*places[:3], (name, ""))) and text_of(name) not in SAYS_NOTHING:
                yield plain
                continue
        pattern = narrow or next((pattern for pattern in reasons if fnmatchcase(plain, pattern)), None)
        if pattern is None or (
            pattern.endswith(("Land/Naam", "Land/String")) and not said.upper().startswith("BELGI")
        ):
            yield plain
        else:
            used.add(pattern)


def _texts(content: Element) -> Iterator[tuple[Element, str, str]]:
    """Give every text: its element, its attribute or "", and what it says; but not those that say nothing."""
    for element in content.iterdescendants():
        texts = {name: value.strip() for name, value in element.items()}
        if len(element) == 0:
            texts[""] = text_of(element)
        for attribute, said in texts.items():
            if said and said not in PLACEHOLDERS | SAYS_NOTHING:
                yield element, attribute, said


def _written(said: str) -> set[str]:
    """List the ways in which a fact may write a text: an ISO date, ja or nee, a number without its first zeros."""
    when = dates.read(said)
    ways = {said.casefold(), *FLAGS.get(said, ())}
    if when:
        ways.add(NO_END if dates.is_never(when) else when.iso())
    if said.isdecimal():
        ways.add(said.lstrip("0") or "0")
    return ways
