"""Rules about MAGDA answers: every text stands in a fact, as often as it occurs, or is left out for a reason.

They count in the XML itself, apart from what the readers note while they read (`reading.leaves`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading import dates, decimals, paths
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.table import FILLERS, NO_END
from portal.platform.sources.reading.xml import Element, child, text_of

from ..contents import failure_of
from .evidence import DatasetEvidence
from .readings import element_at
from .wording import some

FLAGS = {"1": ["ja"], "0": ["nee"], "true": ["ja"], "false": ["nee"]}
IN_WORDS = "staat er in woorden"  # how a reason ends when the leaf is not shown as written, but has become a fact
SAYS_NOTHING = {"Niet beschikbaar", "Niet van toepassing", "NBS", "NVT"}


def are_shown_to_the_last(of: DatasetEvidence) -> Iterator[str]:
    """Every text of an answer stands in a fact at its own place or around it, unless it is left out for a reason."""
    if not isinstance(of.entry.service, Magda):
        return
    unseen: dict[str, None] = {}
    used: set[str] = set()
    for _, content in of.contents():
        facts = facts_of(of, content)
        if facts is None:
            return
        unseen |= dict.fromkeys(_unseen(content, facts, of.entry.left_out, used))
    if unseen := {place: None for place in unseen if place not in of.unread}:
        yield f"texts that stand in no fact, and that samples/left_out.toml does not name: {some(list(unseen))}"
    if of.entry.left_out and not used:
        yield "samples/left_out.toml names nothing that stands in an answer of this dataset"


def are_facts_as_often_as_they_occur(of: DatasetEvidence) -> Iterator[str]:
    """Every leaf has as many facts as it occurs, or the element around it has.

    One fact may be made of several leaves (an address, a code with its description): then the element around them
    counts.
    """
    if not isinstance(of.entry.service, Magda):
        return
    left_out = [pattern for pattern, reason in of.entry.left_out.items() if not reason.endswith(IN_WORDS)]
    lost: dict[str, None] = {}
    for _, content in of.contents():
        facts = facts_of(of, content)
        if facts is None:
            return
        counted = Counter((paths.plain(fact.path), fact.key) for fact in facts)
        shown = {(place, times) for (place, _), times in counted.items()}
        elements = _occurrences(content)
        for place, is_leaf in elements:
            if is_leaf and not any(fnmatchcase(place, pattern) for pattern in left_out):
                around = [place, *_around(place)]
                if not any((one, elements[one, one == place]) in shown for one in around):
                    lost[f"{place} ({elements[place, True]} times)"] = None
    if lost := {place: None for place in lost if place.partition(" (")[0] not in of.unread}:
        yield f"what repeats is not a fact each time (is there a [] behind its name in parse.py?): {some(list(lost))}"


def facts_of(of: DatasetEvidence, content: Any) -> list[Fact] | None:
    """Give the facts of an answer; None where the body's code fails, as another rule says."""
    return None if failure_of(content, of.entry) else list(of.entry.parse(content))


def _occurrences(content: Element) -> Counter[tuple[str, bool]]:
    """Count, for each path without indexes, the leaves and the elements around them that say something."""
    found: Counter[tuple[str, bool]] = Counter()
    around: set[Element] = set()
    for element, attribute, _ in _texts(content):
        found[_plain(element) + (f"/@{attribute}" if attribute else ""), True] += 1
        around |= {one for one in element.iterancestors() if content in one.iterancestors()}
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
    path = "/".join(str(one.tag) for one in (*reversed(list(element.iterancestors())), element))
    return path.partition("/Inhoud/")[2]


def _unseen(content: Element, facts: Sequence[Fact], reasons: Mapping[str, str], used: set[str]) -> Iterator[str]:
    """Find the texts that stand in no fact at their own place or above it, and are not left out for a reason."""
    values: dict[tuple[Element, str], list[str]] = defaultdict(list)
    for fact in facts:
        place, _, attribute = fact.path.partition("/@")
        if (element := element_at(content, place)) is not None:
            values[element, attribute].append(fact.value.casefold())
    for element, attribute, text in _texts(content):
        above = [(one, "") for one in element.iterancestors()]
        places = [(element, attribute), (element, ""), *above]
        if any(way in value for way in _ways_to_write(text) for place in places for value in values[place]):
            continue
        plain = _plain(element) + (f"/@{attribute}" if attribute else "")
        # A reason given for all codes holds for a code that has words beside it; a narrower reason holds by itself.
        narrow = next((one for one in reasons if one != "*/Code" and fnmatchcase(plain, one)), None)
        if plain.endswith("/Code") and narrow is None:
            # A code needs words beside it, unless the words themselves say nothing.
            parent = element.getparent()
            name = child(parent, "Naam") if parent is not None else None
            beside = [*places[:3], *([] if name is None else [(name, "")])]
            if not any(values[place] for place in beside) and text_of(name) not in SAYS_NOTHING:
                yield plain
                continue
        pattern = narrow or next((one for one in reasons if fnmatchcase(plain, one)), None)
        if pattern is None or _is_abroad(pattern, text):
            yield plain
        else:
            used.add(pattern)


def _is_abroad(pattern: str, text: str) -> bool:
    """Tell whether a country is left out that is not Belgium."""
    return pattern.endswith(("Land/Naam", "Land/String")) and not text.upper().startswith("BELGI")


def _texts(content: Element) -> Iterator[tuple[Element, str, str]]:
    """Give every text: its element, its attribute or "", and what it says; but not those that say nothing."""
    for element in content.iterdescendants():
        texts = {str(name): str(value).strip() for name, value in element.items()}
        if len(element) == 0:
            texts[""] = text_of(element)
        for attribute, text in texts.items():
            if text and text not in FILLERS | SAYS_NOTHING:
                yield element, attribute, text


def _ways_to_write(text: str) -> set[str]:
    """List the ways in which a fact may write a text: an ISO date, ja or nee, a decimal comma, no first zeros."""
    when = dates.read(text)
    ways = {text.casefold(), *FLAGS.get(text, ())}
    if when:
        ways.add(NO_END if dates.is_never(when) else when.iso())
    if text.isdecimal():
        ways.add(text.lstrip("0") or "0")
    if (number := decimals.read(text)) is not None:
        ways.add(number)
    return ways
