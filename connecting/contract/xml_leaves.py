"""Rules about MAGDA answers: every text is in a fact, as often as it occurs, or is left out for a reason.

They look in the XML itself, and not at what the readers record while they read (`portal.platform.sources.reading`).
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
# The end of a reason for a leaf that is a fact in other words, and is counted as one.
IN_WORDS = "staat er in woorden"
SAYS_NOTHING = {"Niet beschikbaar", "Niet van toepassing", "NBS", "NVT"}


def are_shown_to_the_last(evidence: DatasetEvidence) -> Iterator[str]:
    """Every text of an answer is in a fact of its own place or of an element around it, or is left out."""
    if not isinstance(evidence.entry.service, Magda):
        return
    unseen: dict[str, None] = {}
    used: set[str] = set()
    for _, content in evidence.contents():
        facts = facts_of(evidence, content)
        if facts is None:
            return
        unseen |= dict.fromkeys(_unseen(content, facts, evidence.entry.left_out, used))
    # What nothing reads at all is reported by `readings.is_read_whole`.
    if unseen := {place: None for place in unseen if place not in evidence.unread}:
        yield f"texts that stand in no fact, and that samples/left_out.toml does not name: {some(list(unseen))}"
    if evidence.entry.left_out and not used:
        yield "samples/left_out.toml names nothing that stands in an answer of this dataset"


def are_facts_as_often_as_they_occur(evidence: DatasetEvidence) -> Iterator[str]:
    """There are as many facts of a leaf as there are leaves, or as many as elements around it.

    The second holds for a fact that is made of several leaves (an address, a code with its description). Leaves that
    are left out are not counted, but those of which a fact stands there in other words are.
    """
    if not isinstance(evidence.entry.service, Magda):
        return
    left_out = [pattern for pattern, reason in evidence.entry.left_out.items() if not reason.endswith(IN_WORDS)]
    lost: dict[str, None] = {}
    for _, content in evidence.contents():
        facts = facts_of(evidence, content)
        if facts is None:
            return
        counts = Counter((paths.plain(fact.path), fact.key) for fact in facts)
        shown = {(place, times) for (place, _), times in counts.items()}
        occurrences = _occurrences(content)
        for place, is_leaf in occurrences:
            if is_leaf and not any(fnmatchcase(place, pattern) for pattern in left_out):
                candidates = [place, *_around(place)]
                if not any((path, occurrences[path, path == place]) in shown for path in candidates):
                    lost[f"{place} ({occurrences[place, True]} times)"] = None
    if lost := {place: None for place in lost if place.partition(" (")[0] not in evidence.unread}:
        yield f"what repeats is not a fact each time (is there a [] behind its name in parse.py?): {some(list(lost))}"


def facts_of(evidence: DatasetEvidence, content: Any) -> list[Fact] | None:
    """Give the facts of an answer; None when the body's code fails, which `readings.can_be_read` reports."""
    return None if failure_of(content, evidence.entry) else list(evidence.entry.parse(content))


def _occurrences(content: Element) -> Counter[tuple[str, bool]]:
    """Count leaves with a text (path, True), and the elements around them (path, False), by path without indexes."""
    counts: Counter[tuple[str, bool]] = Counter()
    around: set[Element] = set()
    for element, attribute, _ in _texts(content):
        counts[_plain(element) + (f"/@{attribute}" if attribute else ""), True] += 1
        around |= {ancestor for ancestor in element.iterancestors() if content in ancestor.iterancestors()}
        if attribute or len(element):
            around.add(element)
    for element in around:
        counts[_plain(element), False] += 1
    return counts


def _around(place: str) -> Iterator[str]:
    """Give the paths of the elements around a path, innermost first."""
    while "/" in place:
        place = place.rpartition("/")[0]
        yield place


def _plain(element: Element) -> str:
    """Give the path of an element below Inhoud, without indexes."""
    path = "/".join(str(it.tag) for it in (*reversed(list(element.iterancestors())), element))
    return path.partition("/Inhoud/")[2]


def _unseen(content: Element, facts: Sequence[Fact], reasons: Mapping[str, str], used: set[str]) -> Iterator[str]:
    """Give the paths of texts that are in no fact and are not left out.

    reasons: why texts are left out, by pattern of their paths. used: gets the patterns that applied.
    """
    # The values of facts, by the element and the attribute ("" for its text) that they were read from.
    values: dict[tuple[Element, str], list[str]] = defaultdict(list)
    for fact in facts:
        place, _, attribute = fact.path.partition("/@")
        if (element := element_at(content, place)) is not None:
            values[element, attribute].append(fact.value.casefold())
    for element, attribute, text in _texts(content):
        above = [(ancestor, "") for ancestor in element.iterancestors()]
        places = [(element, attribute), (element, ""), *above]
        if any(way in value for way in _ways_to_write(text) for place in places for value in values[place]):
            continue
        plain = _plain(element) + (f"/@{attribute}" if attribute else "")
        # The pattern for all codes holds only for a code whose description is shown; a narrower one holds for any.
        narrow = next((pattern for pattern in reasons if pattern != "*/Code" and fnmatchcase(plain, pattern)), None)
        if plain.endswith("/Code") and narrow is None:
            # A code's description must be in a fact, unless the description itself says nothing.
            parent = element.getparent()
            name = child(parent, "Naam") if parent is not None else None
            beside = [*places[:3], *([] if name is None else [(name, "")])]
            if not any(values[place] for place in beside) and text_of(name) not in SAYS_NOTHING:
                yield plain
                continue
        pattern = narrow or next((it for it in reasons if fnmatchcase(plain, it)), None)
        if pattern is None or _is_abroad(pattern, text):
            yield plain
        else:
            used.add(pattern)


def _is_abroad(pattern: str, text: str) -> bool:
    """Tell whether the pattern leaves out a country, and the text is another than Belgium."""
    return pattern.endswith(("Land/Naam", "Land/String")) and not text.upper().startswith("BELGI")


def _texts(content: Element) -> Iterator[tuple[Element, str, str]]:
    """Give every text that says something, with its element and the name of its attribute, or ""."""
    for element in content.iterdescendants():
        texts = {str(name): str(value).strip() for name, value in element.items()}
        if len(element) == 0:
            texts[""] = text_of(element)
        for attribute, text in texts.items():
            if text and text not in FILLERS | SAYS_NOTHING:
                yield element, attribute, text


def _ways_to_write(text: str) -> set[str]:
    """List how a fact may write a text, in lower case.

    As it is, as an ISO date, as ja or nee, with a decimal comma, or without leading zeros.
    """
    when = dates.read(text)
    ways = {text.casefold(), *FLAGS.get(text, ())}
    if when:
        ways.add(NO_END if dates.is_never(when) else when.iso())
    if text.isdecimal():
        ways.add(text.lstrip("0") or "0")
    if (number := decimals.read(text)) is not None:
        ways.add(number)
    return ways
