"""Find each dataset's samples and the facts approved for them; write them anew when asked.

A sample is an answer of a body, one a person (or, of a lookup, one a company); `KEY.facts.json` beside it is what a
citizen should see, or `KEY.DATASET.facts.json` where several datasets of the body read the same answer. A JSON
service's samples are `KEY.json`, its errors `KEY.problem.json`. After a change that is meant, `python -m
tests.agencies.samples` writes the facts again: read the difference before it lands.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Entry
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, Ready, name_of
from portal.platform.sources.reading.xml import Element, child, parse_xml, text_at
from portal.platform.sources.transports import rest_answer, wire
from portal.platform.sources.transports.answer import Answer
from portal.platform.sources.transports.magda_answer import keep_own, read_answer

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
INSTALLED = catalogue.load([ROOT / "agencies"])
LOOKUPS = INSTALLED.lookups
ENTRIES = (*(entry for entry in INSTALLED.entries if entry.dataset.transport == "magda"), *LOOKUPS)
JSON_ENTRIES = tuple(entry for entry in INSTALLED.entries if entry.dataset.transport == "rest")
NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)


def answers_of(entry: Entry) -> list[Path]:
    """List a dataset's own samples."""
    if entry.dataset.transport == "rest":
        folder = entry.agency.folder / "samples" / "rest" / entry.name
        return sorted(file for file in folder.glob("*.json") if not file.name.endswith(".facts.json"))
    return sorted(_folder(entry.agency.folder / "samples", entry).glob("*.xml"))


def published_of(entry: Entry) -> list[Path]:
    """List the published answers of a dataset's service; none without ../shared."""
    return sorted(_folder(SHARED / "magda" / "simulator", entry).glob("*.xml"))


def read(data: bytes, entry: Entry, *, insz: str | None = None, referte: str | None = None) -> Outcome:
    """Read an answer at a fixed moment."""
    if entry.dataset.transport == "rest":
        return rest_answer.read(Answer(data, None, NOW), entry, insz)
    return read_answer(data, entry, asked_at=NOW, referte=referte, insz=insz)


def read_sample(file: Path, entry: Entry, *, insz: str | None = None) -> Outcome:
    """Read a sample as the transport would: a problem is known by its status alone."""
    if file.name.endswith(".problem.json"):
        return wire.refused(json.loads(file.read_text("utf-8"))["status"])
    return read(file.read_bytes(), entry, insz=insz)


def key_of(file: Path) -> str:
    """Name whom a sample is about: the number in the file's name, or `notfound`."""
    return file.name.partition(".")[0]


def seen(outcome: Outcome) -> dict[str, Any]:
    """Describe an outcome as the approved file does."""
    record: dict[str, Any] = {"outcome": name_of(outcome)}
    if isinstance(outcome, Down):
        record |= {"reason": outcome.reason, "detail": outcome.detail}
    if isinstance(outcome, Partial):
        record["missing"] = [[m.origin, m.code, m.reason] for m in outcome.missing]
    if isinstance(outcome, Ready | Partial):
        record["facts"] = [[f.key, f.label, f.value, f.kind, f.path] for f in outcome.facts]
    return record


def approved(answer: Path, entry: Entry) -> dict[str, Any]:
    """Read what was approved for a sample."""
    found: dict[str, Any] = json.loads(_facts_file(answer, entry).read_text("utf-8"))
    return found


def content_of(data: bytes, entry: Entry) -> Element | None:
    """Find what a parse function gets of an answer: its Inhoud, with nothing of other origins in it."""
    answer = next(parse_xml(data).iter("Antwoord"), None)
    content = child(answer, "Inhoud") if answer is not None else None
    service = entry.dataset.service
    if content is not None and isinstance(service, Magda) and service.origin:
        keep_own(content, service)
    return content


def is_own(exception: Element, entry: Entry) -> bool:
    """See whether an Uitzondering is of the dataset's own origins, when it has such."""
    origins = {origin.casefold() for origin in entry.dataset.service.origins}
    return not origins or text_at(exception, "Oorsprong").casefold() in origins


def _facts_file(answer: Path, entry: Entry) -> Path:
    if entry.dataset.transport == "rest":
        return answer.with_name(f"{key_of(answer)}.facts.json")
    sharing = [e for e in ENTRIES if e.agency.id == entry.agency.id and _folder(Path(), e) == _folder(Path(), entry)]
    return answer.with_suffix(f".{entry.dataset.id}.facts.json" if len(sharing) > 1 else ".facts.json")


def _folder(root: Path, entry: Entry) -> Path:
    service = entry.dataset.service
    assert isinstance(service, Magda)
    return root / service.domain / service.service / service.version


def _approve(answer: Path, entry: Entry) -> None:
    record = seen(read_sample(answer, entry))
    facts = record.pop("facts", None)
    text = json.dumps(record, ensure_ascii=False)
    if facts is not None:
        lines = ",\n".join(f"  {json.dumps(fact, ensure_ascii=False)}" for fact in facts)
        text = f'{text[:-1]}, "facts": [\n{lines}\n]}}'
    _facts_file(answer, entry).write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    for each in (*ENTRIES, *JSON_ENTRIES):
        for sample in answers_of(each):
            _approve(sample, each)
