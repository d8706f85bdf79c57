"""The twenty sources of the overview: the real bodies, and invented ones to make up the number.

The invented bodies are a folder for AGENCIES_PATH, made anew for each run: manifest, parse functions, question and
answers in the public mock's layout. Their answers grow in even steps from 2 to 20 kB.
"""

import random
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.body import words

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT / "agencies"
SOURCES = 20
SMALLEST, LARGEST = 2_000, 20_000  # bytes of an answer
# Lies Verhaegen of the real bodies' samples: each of them has much to say about her.
PERSON = "84651421235"
THEMES = ("gezin", "werk", "onderwijs", "voordelen")
VERSION = "01.00.0000"


@dataclass(frozen=True)
class Source:
    """One dataset as the town knows it: AGENCY.DATASET, its switch, its service, and the answer about PERSON."""

    name: str
    switch: str
    service: tuple[str, str]
    answer: Path


def sources_of(folders: Sequence[Path]) -> list[Source]:
    """List the datasets of all manifests below the folders; raise LookupError where PERSON has no answer."""
    found: list[Source] = []
    for folder in folders:
        for manifest in sorted(folder.glob("*/agency.toml")):
            datasets = tomllib.loads(manifest.read_text("utf-8")).get("datasets", [])
            found += [_source(manifest.parent, dataset) for dataset in datasets]
    return found


def invent(folder: Path) -> None:
    """Write as many datasets as the real bodies lack, as bodies of at most six datasets, below `folder`."""
    count = max(0, SOURCES - len(sources_of([REAL])))
    step = (LARGEST - SMALLEST) / max(1, count - 1)
    for first in range(0, count, 6):
        body = folder / f"meting{first // 6 + 1}"
        (body / "requests").mkdir(parents=True)
        shutil.copy(Path(words.__file__).with_name("parse.py"), body / "parse.py")
        shutil.copy(Path(words.__file__).with_name("question.xml"), body / "requests" / "question.xml")
        numbers = range(first, min(first + 6, count))
        (body / "agency.toml").write_text(words.manifest(first // 6 + 1, [_dataset(n) for n in numbers]), "utf-8")
        for n in numbers:
            answer = body / "samples" / "Meting" / _service(n) / VERSION / f"{PERSON}.xml"
            answer.parent.mkdir(parents=True)
            answer.write_text(_answer(n, round(SMALLEST + n * step)), "utf-8")


def _source(body: Path, dataset: dict[str, Any]) -> Source:
    magda = dataset["magda"]
    service = (magda["service"], magda["version"])
    places = body / "samples" / magda["domain"] / service[0] / service[1]
    for file in (places / f"{PERSON}.xml", places / "notfound.xml"):
        if file.exists():
            return Source(f"{body.name}.{dataset['id']}", dataset["source"], service, file)
    raise LookupError(f"{places} has no answer about {PERSON} and no notfound.xml")


def _service(n: int) -> str:
    return f"GeefMeting{n + 1:02d}"


def _dataset(n: int) -> str:
    return words.dataset(n + 1, THEMES[n % len(THEMES)], _service(n), VERSION, has_items=n % 2 == 0)


def _answer(n: int, size: int) -> str:
    """Fill an answer with files until the next one would make it larger than `size` bytes; at least one."""
    chance = random.Random(n)
    files: list[str] = []
    text = ""
    while True:
        files.append(words.file(chance, PERSON))
        longer = words.answer(_service(n), VERSION, files)
        if text and len(longer.encode()) > size:
            return text
        text = longer
