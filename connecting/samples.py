"""Find each dataset's samples, read them, and compare or write the facts approved for them.

A sample is a body's answer about one person, or for a lookup about one company; KEY is the number of that person or
company. `KEY.facts.json` beside it holds the approved facts, which are what a citizen should see, or
`KEY.DATASET.facts.json` where several datasets of the body read the same answer. Of MAGDA a sample is `KEY.xml`; of a
JSON service it is `KEY.json`, `KEY.problem.json` for a failure, and `KEY.204`, an empty file, for "no data".
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.platform.sources.catalogue import Agency, Askable
from portal.platform.sources.datasets import inquiry_without_lookup
from portal.platform.sources.fetch import TRANSPORTS
from portal.platform.sources.inquiry import Inquiry
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.outcomes import Down, Nothing, Outcome, Partial, Ready, name_of
from portal.platform.sources.transports import mutual_tls
from portal.platform.sources.transports.answer import AnswerText, of_file

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)  # when samples count as asked, whatever the clock says
NOTFOUND = "notfound"
# How the name of a JSON service's failure ends, and that of an answer without a body.
PROBLEM, EMPTY = ".problem.json", ".204"
_FAILURE = 'a failure is written {"status": 502, "problem": {...}}'


def answers_of(entry: Askable) -> list[Path]:
    """List the files of a dataset's samples."""
    folder = place_of(entry)
    if entry.service.transport == "rest":
        files = [*folder.glob("*.json"), *folder.glob(f"*{EMPTY}")]
        return sorted(file for file in files if not file.name.endswith(".facts.json"))
    return sorted(folder.glob("*.xml"))


def place_of(entry: Askable) -> Path:
    """Give the folder of a dataset's samples."""
    samples = entry.agency.folder / "samples"
    return samples / "rest" / entry.name if entry.service.transport == "rest" else samples / path_of(entry)


def places_of(agency: Agency) -> dict[Path, set[str]]:
    """Give the folders of samples of a body, each with the ids of the datasets and lookups that read it."""
    samples = agency.folder / "samples"
    places: dict[Path, set[str]] = {}
    for dataset in agency.manifest.datasets:
        if dataset.rest:
            places.setdefault(samples / "rest" / f"{agency.id}.{dataset.id}", set()).add(dataset.id)
        if dataset.magda:
            places.setdefault(samples / _path(dataset.magda), set()).add(dataset.id)
        if dataset.lookup:
            places.setdefault(samples / _path(dataset.lookup.magda), set()).add(f"{dataset.id}_lookup")
    return places


def path_of(entry: Askable) -> Path:
    """Give the relative path of a MAGDA dataset's answers, below any folder of answers."""
    service = entry.service
    assert isinstance(service, Magda)  # noqa: S101 - chosen by the transport
    return _path(service)


def key_of(file: Path) -> str:
    """Give whom a sample is about: the number in the file's name, or NOTFOUND."""
    return file.name.partition(".")[0]


def read(
    data: bytes, entry: Askable, *, insz: str | None = None, asked_at: datetime = NOW, content_type: str = ""
) -> Outcome:
    """Read the bytes of an answer as the transport does; never raises.

    `insz` is the national number that the answer must be about, when that is to be checked.
    """
    return read_answer(of_file(data, asked_at, content_type), entry, insz=insz)


def read_answer(answer: AnswerText | Down, entry: Askable, *, insz: str | None = None) -> Outcome:
    """Read an answer of a dataset as the transport does; never raises."""
    if not isinstance(answer, AnswerText):
        return answer
    inquiry = inquiry_without_lookup(entry)
    outcome: Outcome = TRANSPORTS[inquiry.transport].read(answer, inquiry, insz)
    return outcome


def read_inquiry(answer: AnswerText | Down, inquiry: Inquiry[Any, Any], insz: str) -> Outcome[Any]:
    """Read an answer for a feature's own inquiry as the portal does, with its limits; never raises."""
    if not isinstance(answer, AnswerText):
        return answer
    outcome: Outcome[Any] = TRANSPORTS[inquiry.transport].read(answer, inquiry, insz)
    return inquiry.bound(outcome) if inquiry.bound else outcome


def read_sample(file: Path, entry: Askable, *, insz: str | None = None) -> Outcome:
    """Read a sample as the transport does: of a `.problem.json` only the status counts, a `.204` is "no data".

    Raises OSError; ValueError, KeyError or TypeError for a `.problem.json` of another form or a `.204` with content.
    """
    data = file.read_bytes()
    if file.name.endswith(PROBLEM):
        try:
            return mutual_tls.refusal(int(json.loads(data)["status"]))
        except (OverflowError, RecursionError) as error:
            raise ValueError(_FAILURE) from error
    if file.name.endswith(EMPTY):
        if data:
            raise ValueError("an answer with status 204 has no body; empty the file")
        return Nothing(NOW)
    return read(data, entry, insz=insz)


def reason_of(error: Exception) -> str:
    """Give in a few words why a sample cannot be read, from the exception of `read_sample`."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, KeyError | TypeError):
        return _FAILURE
    return str(error)


def describe_outcome(outcome: Outcome) -> dict[str, Any]:
    """Give an outcome as a file of approved facts holds it."""
    record: dict[str, Any] = {"outcome": name_of(outcome)}
    if isinstance(outcome, Down):
        record |= {"reason": outcome.reason, "detail": outcome.detail}
    if isinstance(outcome, Partial):
        record["missing"] = [[m.origin, m.code, m.reason] for m in outcome.missing]
    if isinstance(outcome, Ready | Partial):
        record["facts"] = [[f.key, f.label, f.value, f.kind, f.path] for f in outcome.value]
    return record


def read_approved(answer: Path, entry: Askable) -> dict[str, Any]:
    """Read the approved facts of a sample; raises OSError or ValueError when there are none that can be read."""
    record: dict[str, Any] = json.loads(facts_file(answer, entry).read_bytes())
    return record


def approve(answer: Path, entry: Askable) -> bool:
    """Write what is read of a sample now as its approved facts; tells whether the file changed."""
    record = describe_outcome(read_sample(answer, entry))
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
    """Give the file of a sample's approved facts."""
    if entry.service.transport == "rest":
        return answer.with_name(f"{key_of(answer)}.facts.json")
    datasets = entry.agency.manifest.datasets
    services = [it.magda for it in datasets] + [it.lookup.magda for it in datasets if it.lookup]
    sharing = [service for service in services if service and _path(service) == path_of(entry)]
    return answer.with_suffix(f".{entry.id}.facts.json" if len(sharing) > 1 else ".facts.json")


def _path(service: Magda) -> Path:
    return Path(service.domain, service.service, service.version)
