"""Rules about damaged answers: reading a damaged answer never raises, and never gives "there is nothing"."""

import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from lxml import etree

from portal.platform.sources.catalogue import Askable
from portal.platform.sources.manifest import Rest
from portal.platform.sources.reading.outcomes import Down, Nothing, name_of
from portal.platform.sources.reading.xml import Element

from .. import samples
from ..contents import crash_of, failure_of, is_own, text_of, xml_of
from ..masking import mask
from .choices import ByChance, Choices
from .evidence import DatasetEvidence

# How often the command damages the samples of a dataset in each way.
TIMES = 20
EMPTY_TEXTS = ("", " ", "?")
STRANGE_TEXTS = ("", " ", "?", "0", "-1", "00000000", "2026-13-45", "é", "\u0301", "x" * 5000)
STRANGE_VALUES: tuple[Any, ...] = (None, True, -1, 1.5, 1e400, "", "?", "x" * 5000, [], {}, [None], {"": ""}, [[0]])

type Damage = Callable[[DatasetEvidence, Choices], Iterator[str]]


def survives_damage(evidence: DatasetEvidence) -> Iterator[str]:
    """However an answer is damaged, reading it does not raise, and does not give "there is nothing"."""
    for damage in DAMAGES:
        choices = ByChance()
        faults = dict.fromkeys(fault for _ in range(TIMES) for fault in damage(evidence, choices))
        yield from list(faults)[:1]


def _some(evidence: DatasetEvidence, *outcomes: str) -> list[bytes]:
    return [text_of(sample.data) for sample in evidence.read_as(*outcomes)]


def _is_wrong(data: bytes, entry: Askable, what: str) -> Iterator[str]:
    """Give the fault of a damaged answer: the body's code fails on it, or it is taken for "there is nothing"."""
    if crash := crash_of(data, entry):
        yield f"{what}: {mask(crash)}"
    elif isinstance(samples.read(data, entry), Nothing):
        yield f'{what} is taken for "there is nothing"'


def cut_short(evidence: DatasetEvidence, choices: Choices) -> Iterator[str]:
    """An answer of which the end is missing cannot be read."""
    if answers := _some(evidence, "ready", "nothing"):
        answer = choices.one_of(answers)
        begin = answer[: choices.between(0, len(answer.rstrip()) - 1)]
        outcome = samples.read(begin, evidence.entry)
        if not isinstance(outcome, Down) or outcome.reason != "unreadable":
            yield f"an answer of which the end is missing is read as {name_of(outcome)}"


def with_other_bytes(evidence: DatasetEvidence, choices: Choices) -> Iterator[str]:
    """An answer in which some bytes are changed is read, or cannot be read, and nothing raises."""
    if answers := _some(evidence, "ready"):
        answer = bytearray(choices.one_of(answers))
        for _ in range(choices.between(1, 5)):
            answer[choices.between(0, len(answer) - 1)] ^= choices.between(1, 255)
        yield from _is_wrong(bytes(answer), evidence.entry, "an answer with other bytes")


def without_a_part(evidence: DatasetEvidence, choices: Choices) -> Iterator[str]:
    """An answer without one of its elements or members does not say that there is nothing."""
    is_json = isinstance(evidence.entry.service, Rest)
    answers = _some(evidence, "ready", "nothing") if is_json else _some(evidence, "ready", "down")
    if not answers:
        return
    answer = choices.one_of(answers)
    if is_json:
        content = json.loads(answer)
        path = choices.one_of(list(paths_in(content)))
        del _at(content, path[:-1])[path[-1]]
        yield from _is_wrong(json.dumps(content).encode(), evidence.entry, f"an answer without {_names_in(path)}")
        return
    root = xml_of(answer)
    element = choices.one_of(list(root.iterdescendants()))
    name = element.tag
    _remove(element)
    yield from _is_wrong(etree.tostring(root), evidence.entry, f"an answer without {name}")


def without_a_text(evidence: DatasetEvidence, choices: Choices) -> Iterator[str]:
    """A MAGDA answer in which one text is empty or "?" does not say that there is nothing."""
    if isinstance(evidence.entry.service, Rest) or not (answers := _some(evidence, "ready")):
        return
    root = xml_of(choices.one_of(answers))
    element = choices.one_of(list(root.iterdescendants()))
    element.text = choices.one_of(EMPTY_TEXTS)
    yield from _is_wrong(etree.tostring(root), evidence.entry, f"an answer without a text in {element.tag}")


def with_strange_values(evidence: DatasetEvidence, choices: Choices) -> Iterator[str]:
    """An answer with other values or names in some places does not make the body's code raise."""
    answers = _some(evidence, "ready")
    if not answers:
        return
    answer = choices.one_of(answers)
    if isinstance(evidence.entry.service, Rest):
        yield from _with_values(evidence.entry, evidence.entry.service, json.loads(answer), choices)
        return
    root = xml_of(answer)
    elements = list(root.iterdescendants())
    names: list[str] = []
    for _ in range(choices.between(1, 4)):
        element, other = choices.one_of(elements), choices.one_of(elements)
        names.append(str(element.tag))
        element.tag, element.text = other.tag, choices.one_of(STRANGE_TEXTS)
        element.attrib.update(dict(other.attrib))
    what = f"an answer with something else in {', '.join(dict.fromkeys(names))}"
    yield from _is_wrong(etree.tostring(root), evidence.entry, what)
    # The transport may refuse such an answer before: the body's own function must not raise on it either.
    for content in root.iter("Inhoud"):
        yield from _parses(evidence.entry, content, what)


def _with_values(entry: Askable, service: Rest, content: Any, choices: Choices) -> Iterator[str]:
    names = []
    for _ in range(choices.between(1, 3)):
        path = choices.one_of(list(paths_in(content)))
        _at(content, path[:-1])[path[-1]] = deepcopy(choices.one_of(STRANGE_VALUES))
        names.append(_names_in(path))
    what = f"an answer with something else in {', '.join(names)}"
    yield from _parses(entry, content, what)
    is_empty = (_member(content, service.empty), _member(content, service.count)) == ([], 0)
    if not is_empty and service.empty and (service.count or _member(content, service.empty) != []):
        yield from _is_wrong(json.dumps(content).encode(), entry, what)


def _parses(entry: Askable, content: Any, what: str) -> Iterator[str]:
    if failure := failure_of(content, entry):
        yield f"{what}: {mask(failure)}"


def without_its_reason(evidence: DatasetEvidence, choices: Choices) -> Iterator[str]:
    """A MAGDA answer "there is nothing" cannot be read without the exception that says so."""
    if isinstance(evidence.entry.service, Rest) or not (answers := _some(evidence, "nothing")):
        return
    root = xml_of(choices.one_of(answers))
    own = next((it for it in root.iter("Uitzondering") if is_own(it, evidence.entry)), None)
    if own is None:
        return
    inside = ("Identificatie", "Oorsprong", "Type", "Uitzondering")
    name = choices.one_of((*inside, "Uitzonderingen", "Antwoord", "Repliek", "Context"))
    _remove(next((own if name in inside else root).iter(name)))
    if not isinstance(samples.read(etree.tostring(root), evidence.entry), Down):
        yield f'an answer without {name} is taken for "there is nothing"'


DAMAGES: Sequence[Damage] = (
    cut_short,
    with_other_bytes,
    without_a_part,
    without_a_text,
    with_strange_values,
    without_its_reason,
)


def paths_in(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path (names and indexes) to every member and element below a value."""
    inside = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, value in inside:
        yield (*path, name)
        yield from paths_in(value, (*path, name))


def _at(content: Any, path: Sequence[Any]) -> Any:
    for name in path:
        content = content[name]
    return content


def _member(content: Any, path: str) -> Any:
    for name in path.split("/"):
        content = content.get(name) if isinstance(content, dict) else None
    return content


def _names_in(path: Sequence[Any]) -> str:
    return "/".join(name for name in path if isinstance(name, str))


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
