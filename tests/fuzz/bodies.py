"""Answers of the bodies: no parse function may raise, and none may say "nothing" where there was something."""

from functools import partial
from pathlib import Path

from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.reading.outcomes import Nothing, Partial, Ready
from portal.platform.sources.reading.xml import UnreadableXml
from tests.agencies.samples import ENTRIES, JSON_ENTRIES, answers_of, content_of, published_of, read

from . import damage
from .case import Case, any_of


def cases() -> list[Case]:
    """List every sample, and every published answer where they are there.

    (A published answer has a refusal beside a "no data": without the refusal it rightly says "nothing".)
    """
    found: list[Case] = []
    for entry in (*ENTRIES, *JSON_ENTRIES):
        published = published_of(entry) if entry in ENTRIES else []
        files = (*answers_of(entry), *published)
        found += [_case(entry, file) for file in files if not file.name.endswith(".problem.json")]
    return found


def _case(entry: DatasetEntry, file: Path) -> Case:
    data = file.read_bytes()
    own = damage.harm_json if entry.dataset.transport == "rest" else damage.harm_xml
    says_something = isinstance(read(data, entry), Ready | Partial)
    return Case(
        f"{entry.name}, {file.name}",
        data,
        any_of(own, own, damage.harm_bytes),
        partial(_check, entry, says_something),
    )


def _check(entry: DatasetEntry, says_something: bool, data: bytes) -> None:
    outcome = read(data, entry)
    if says_something and isinstance(outcome, Nothing):
        raise AssertionError('damage was read as "nothing"')
    if entry.dataset.transport == "magda":
        try:
            content = content_of(data, entry)
        except UnreadableXml:
            return
        except Exception as error:
            # Damage that the transport detects never reaches a parse function.
            if type(error).__name__ == "_Unusable":
                return
            raise
        if content is not None:
            list(entry.parse(content))
