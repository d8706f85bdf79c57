"""Find each dataset's samples, read them, and compare or write the facts approved for them.

A sample is an answer of a body, one a person (or, of a lookup, one a company); `KEY.facts.json` beside it is what a
citizen should see, or `KEY.DATASET.facts.json` where several datasets of the body read the same answer. A JSON
service's samples are `KEY.json`, its errors `KEY.problem.json`.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..catalogue import Askable
from ..datasets import alone
from ..fetch import TRANSPORTS
from ..manifest import Magda
from ..reading.outcomes import Down, Outcome, Partial, Ready, name_of
from ..transports import mutual_tls
from ..transports.answer import Answer, of_file

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
NOTFOUND = "notfound"


def answers_of(entry: Askable) -> list[Path]:
    """List a dataset's own samples."""
    folder = place_of(entry)
    if entry.service.transport == "rest":
        return sorted(file for file in folder.glob("*.json") if not file.name.endswith(".facts.json"))
    return sorted(folder.glob("*.xml"))


def place_of(entry: Askable) -> Path:
    """Name the folder of a dataset's samples."""
    samples = entry.agency.folder / "samples"
    return samples / "rest" / entry.name if entry.service.transport == "rest" else samples / path_of(entry)


def path_of(entry: Askable) -> Path:
    """Name the path of a MAGDA dataset's answers below any folder of answers."""
    service = entry.service
    assert isinstance(service, Magda)  # noqa: S101 - chosen by the transport
    return _path(service)


def key_of(file: Path) -> str:
    """Name whom a sample is about: the number in the file's name, or `notfound`."""
    return file.name.partition(".")[0]


def read(
    data: bytes, entry: Askable, *, insz: str | None = None, asked_at: datetime = NOW, content_type: str = ""
) -> Outcome:
    """Read an answer as it came, with its Content-Type if that is known, as the transport would; never raises."""
    answer = of_file(data, asked_at, content_type)
    if not isinstance(answer, Answer):
        return answer
    inquiry = alone(entry)
    outcome: Outcome = TRANSPORTS[inquiry.transport].read(answer, inquiry, insz)
    return outcome


def read_sample(file: Path, entry: Askable, *, insz: str | None = None) -> Outcome:
    """Read a sample as the transport would: a problem is known by its status alone.

    Raises OSError, and ValueError, KeyError or TypeError for a problem that is none.
    """
    if file.name.endswith(".problem.json"):
        return mutual_tls.refused(int(json.loads(file.read_bytes())["status"]))
    return read(file.read_bytes(), entry, insz=insz)


def seen(outcome: Outcome) -> dict[str, Any]:
    """Describe an outcome as the approved file does."""
    record: dict[str, Any] = {"outcome": name_of(outcome)}
    if isinstance(outcome, Down):
        record |= {"reason": outcome.reason, "detail": outcome.detail}
    if isinstance(outcome, Partial):
        record["missing"] = [[m.origin, m.code, m.reason] for m in outcome.missing]
    if isinstance(outcome, Ready | Partial):
        record["facts"] = [[f.key, f.label, f.value, f.kind, f.path] for f in outcome.value]
    return record


def approved(answer: Path, entry: Askable) -> dict[str, Any]:
    """Read what was approved for a sample; raises OSError or ValueError where nothing readable was."""
    found: dict[str, Any] = json.loads(facts_file(answer, entry).read_bytes())
    return found


def approve(answer: Path, entry: Askable) -> bool:
    """Write what is read of a sample now as what is approved; tells whether that is a change."""
    record = seen(read_sample(answer, entry))
    facts = record.pop("facts", None)
    text = json.dumps(record, ensure_ascii=False)
    if facts is not None:
        lines = ",\n".join(f"  {json.dumps(fact, ensure_ascii=False)}" for fact in facts)
        text = f'{text[:-1]}, "facts": [\n{lines}\n]}}'
    data, file = f"{text}\n".encode(), facts_file(answer, entry)
    if file.exists() and file.read_bytes() == data:
        return False
    file.write_bytes(data)
    return True


def facts_file(answer: Path, entry: Askable) -> Path:
    """Name the file of a sample's approved facts."""
    if entry.service.transport == "rest":
        return answer.with_name(f"{key_of(answer)}.facts.json")
    datasets = entry.agency.manifest.datasets
    asked = [dataset.magda for dataset in datasets] + [dataset.lookup.magda for dataset in datasets if dataset.lookup]
    sharing = [service for service in asked if service and _path(service) == path_of(entry)]
    return answer.with_suffix(f".{entry.id}.facts.json" if len(sharing) > 1 else ".facts.json")


def _path(service: Magda) -> Path:
    return Path(service.domain, service.service, service.version)
