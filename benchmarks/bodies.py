"""Make the sources of a benchmark's overview: real bodies, and invented ones to make up the number.

They stand in a folder for AGENCIES_PATH, made anew for each run; the portal then has no other sources
(`benchmarks.settings`). A real body takes part when each of its datasets is a MAGDA source of its own: with a shared
question or a lookup, tiles and questions would not be equal in number. The invented bodies have a manifest, parse
functions, questions and answers as real ones have; their answers grow in even steps from 2 to 20 kB.
"""

import random
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.body import words

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT / "agencies"
BODY = Path(words.__file__).parent
SMALLEST, LARGEST = 2_000, 20_000  # bytes of an answer
# Lies Verhaegen of the real bodies' samples: each of them has much to say about her.
PERSON = "84651421235"
THEMES = ("gezin", "werk", "onderwijs", "voordelen")
VERSION = "01.00.0000"


@dataclass(frozen=True)
class SourceMix:
    """Which sources a benchmark wants. magda, rest: how many of either kind.

    has_real: whether real bodies take part. deadline_s: of the invented sources. steps: in how many steps the answers
    of a kind grow from 2 to 20 kB before they begin again; 0 for as many as there are invented sources of the kind.
    people: national numbers that the invented sources know beside PERSON.
    """

    magda: int = 20
    rest: int = 0
    has_real: bool = True
    deadline_s: float = 2.0
    steps: int = 0
    people: tuple[str, ...] = ()


def adult_number(nth: int) -> str:
    """Make the test national number (birth month + 60) of the nth of some ten thousand adults."""
    nine = f"70{nth // 28 % 12 + 61:02}{nth % 28 + 1:02}{nth // 336 + 1:03}"
    return f"{nine}{97 - int(nine) % 97:02}"


@dataclass(frozen=True)
class Source:
    """A dataset as the town has it. name: AGENCY.DATASET. service: name or path, version. answer: about PERSON."""

    name: str
    switch: str
    transport: str
    service: tuple[str, str]
    answer: Path


def sources_of(folder: Path) -> list[Source]:
    """List the datasets of all manifests below the folder; raise LookupError where PERSON has no answer."""
    sources: list[Source] = []
    for manifest in sorted(folder.glob("*/agency.toml")):
        sources += [_source(manifest.parent, dataset) for dataset in _datasets(manifest)]
    return sources


def gather(folder: Path, wanted: SourceMix) -> None:
    """Put the wanted bodies below a folder: links to real ones, and invented ones of at most six datasets each."""
    real = _plain() if wanted.has_real else []
    for body in real:
        (folder / body.name).symlink_to(body)
    magda = wanted.magda - len(sources_of(folder))
    if magda < 0:
        raise LookupError(f"the real bodies alone have {wanted.magda - magda} sources; {wanted.magda} are wanted")
    _invent(folder, range(magda), wanted, is_json=False)
    _invent(folder, range(magda, magda + wanted.rest), wanted, is_json=True)


def gather_own(folder: Path) -> None:
    """Put links to real bodies below a folder: those of which the town has every answer about PERSON.

    Bodies with a lookup are left out: how many questions that leads to depends on the answer.
    """
    for manifest in sorted(REAL.glob("*/agency.toml")):
        body, datasets = manifest.parent, _datasets(manifest)
        if not any("lookup" in dataset for dataset in datasets) and all(
            _answers(body, dataset) for dataset in datasets
        ):
            (folder / body.name).symlink_to(body)


def _plain() -> list[Path]:
    """List the real bodies of which every dataset is a MAGDA source of its own."""
    datasets = {manifest.parent: _datasets(manifest) for manifest in sorted(REAL.glob("*/agency.toml"))}
    uses = Counter(dataset["source"] for own in datasets.values() for dataset in own)
    return [
        body
        for body, own in datasets.items()
        if all("magda" in dataset and "lookup" not in dataset and uses[dataset["source"]] == 1 for dataset in own)
    ]


def _invent(folder: Path, numbers: range, wanted: SourceMix, *, is_json: bool) -> None:
    kind = "rest" if is_json else "magda"
    steps = wanted.steps or len(numbers)
    for first in range(0, len(numbers), 6):
        part = numbers[first : first + 6]
        body = folder / f"meting_{kind}{first // 6 + 1:02d}"
        (body / "requests").mkdir(parents=True)
        shutil.copy(BODY / f"parse_{kind}.py", body / "parse.py")
        for question in BODY.glob("question.*"):
            shutil.copy(question, body / "requests")
        (body / "samples").mkdir()
        shutil.copy(BODY / "left_out.toml", body / "samples")
        datasets = [
            words.dataset(
                n + 1,
                THEMES[n % len(THEMES)],
                _service(n, is_json=is_json),
                is_json=is_json,
                deadline_s=wanted.deadline_s,
            )
            for n in part
        ]
        (body / "agency.toml").write_text(words.manifest(f"{kind} {first // 6 + 1}", datasets), "utf-8")
        for n in part:
            size = SMALLEST + (n - numbers.start) % steps * (LARGEST - SMALLEST) / max(1, steps - 1)
            answer = _write_answer(body, n, round(size), is_json=is_json)
            for person in wanted.people:
                text = answer.read_text("utf-8").replace(PERSON, person)
                answer.with_stem(person).write_text(text, "utf-8")


def _write_answer(body: Path, n: int, size: int, *, is_json: bool) -> Path:
    service, version = _service(n, is_json=is_json)
    if is_json:
        answer = body / "samples/rest" / f"{body.name}.meting{n + 1:02d}" / f"{PERSON}.json"
        text = _fill(n, size, words.json_file, lambda files: words.json_answer(PERSON, files))
    else:
        answer = body / "samples/Meting" / service / version / f"{PERSON}.xml"
        text = _fill(n, size, words.file, lambda files: words.answer(service, version, files))
    answer.parent.mkdir(parents=True)
    answer.write_text(text, "utf-8")
    return answer


def _fill(n: int, size: int, file: Callable[[random.Random, str], str], answer: Callable[[list[str]], str]) -> str:
    """Fill an answer with files until the next one would make it larger than `size` bytes; at least one."""
    chance = random.Random(n)
    files: list[str] = []
    text = ""
    while True:
        files.append(file(chance, PERSON))
        longer = answer(files)
        if text and len(longer.encode()) > size:
            return text
        text = longer


def _service(n: int, *, is_json: bool) -> tuple[str, str]:
    """Give the service of an invented source: MAGDA's name, or the path of a JSON service; and its version."""
    return (f"/v1/meting/{n + 1:02d}", "1") if is_json else (f"GeefMeting{n + 1:02d}", VERSION)


def _datasets(manifest: Path) -> list[dict[str, Any]]:
    datasets: list[dict[str, Any]] = tomllib.loads(manifest.read_text("utf-8")).get("datasets", [])
    return datasets


def _source(body: Path, dataset: dict[str, Any]) -> Source:
    name = f"{body.name}.{dataset['id']}"
    own = dataset.get("rest") or dataset["magda"]
    service = (own["path" if "rest" in dataset else "service"], own["version"])
    if files := _answers(body, dataset):
        return Source(name, dataset["source"], dataset["transport"], service, files[0])
    raise LookupError(f"{name} has no answer about {PERSON} and no notfound.xml")


def _answers(body: Path, dataset: dict[str, Any]) -> list[Path]:
    """List the files with which the town answers about PERSON: the first that exists counts."""
    if "rest" in dataset:
        files = [body / "samples/rest" / f"{body.name}.{dataset['id']}" / f"{PERSON}.json"]
    else:
        magda = dataset["magda"]
        places = body / "samples" / magda["domain"] / magda["service"] / magda["version"]
        files = [places / f"{PERSON}.xml", places / "notfound.xml"]
    return [file for file in files if file.exists()]
