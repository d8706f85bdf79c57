"""Rules about JSON answers: every value becomes a fact, or is left out for a reason."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from portal.platform.sources.manifest import Rest
from portal.platform.sources.reading import paths
from portal.platform.sources.transports.rest_answer import MISSING

from .evidence import DatasetEvidence
from .readings import value_at
from .wording import some
from .xml_leaves import facts_of


def become_facts(evidence: DatasetEvidence) -> Iterator[str]:
    """Every value of an answer becomes a fact with its path, is read by the transport, or is left out."""
    service = evidence.entry.service
    if not isinstance(service, Rest):
        return
    unseen: dict[str, None] = {}
    for _, content in evidence.contents():
        facts = facts_of(evidence, content)
        if facts is None:
            return
        shown = {fact.path for fact in facts}
        for path in places(content):
            plain = paths.plain(path)
            value = value_at(content, path)
            is_read = path in shown or plain in (service.subject, service.count) or plain.split("/")[0] == MISSING
            if isinstance(value, dict | list) or value in (None, "") or is_read:
                continue
            if not any(fnmatchcase(plain, pattern) for pattern in evidence.entry.left_out):
                unseen[plain] = None
    # What nothing reads at all is reported by `readings.is_read_whole`.
    if unseen := {place: None for place in unseen if place not in evidence.unread}:
        yield f"values of which no fact is made, and that samples/left_out.toml does not name: {some(list(unseen))}"


def places(content: Any, path: str = "") -> Iterator[str]:
    """Give the path of every member and element below a value: `a/b[2]/c`."""
    if isinstance(content, dict):
        for name, value in content.items():
            below = f"{path}/{name}" if path else name
            yield below
            yield from places(value, below)
    elif isinstance(content, list):
        for n, value in enumerate(content, 1):
            yield f"{path}[{n}]"
            yield from places(value, f"{path}[{n}]")
