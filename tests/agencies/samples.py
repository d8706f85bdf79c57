"""The bodies under the contract, the published answers beside theirs, and what a parse function gets of an answer.

The bodies of the repository, and of the folders in AGENCIES_PATH: `make test T=tests/agencies AGENCIES_PATH=...`.
"""

import os
from pathlib import Path

from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Askable
from portal.platform.sources.connecting.samples import (
    NOW,
    answers_of,
    approved,
    key_of,
    path_of,
    read,
    read_sample,
    seen,
)
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.xml import Element, child, parse_xml, text_at
from portal.platform.sources.transports.magda_answer import keep_own
from tests.beside import ROOT, SHARED

__all__ = ["NOW", "SHARED", "answers_of", "approved", "key_of", "path_of", "read", "read_sample", "seen"]

ELSEWHERE = [Path(folder) for folder in os.environ.get("AGENCIES_PATH", "").split(":") if folder]
INSTALLED = catalogue.load([ROOT / "agencies", *ELSEWHERE])
LOOKUPS = INSTALLED.lookups
DATASETS = tuple(entry for entry in INSTALLED.entries if entry.dataset.transport == "magda")
ENTRIES = (*DATASETS, *LOOKUPS)
JSON_ENTRIES = tuple(entry for entry in INSTALLED.entries if entry.dataset.transport == "rest")


def published_of(entry: Askable) -> list[Path]:
    """List the published answers of a dataset's service; none where the mock is not beside us."""
    return sorted((SHARED / "magda" / "simulator" / path_of(entry)).glob("*.xml"))


def content_of(data: bytes, entry: Askable) -> Element | None:
    """Find what a parse function gets of an answer: its Inhoud, with nothing of other origins in it."""
    answer = next(parse_xml(data).iter("Antwoord"), None)
    content = child(answer, "Inhoud") if answer is not None else None
    service = entry.service
    if content is not None and isinstance(service, Magda) and service.origin:
        keep_own(content, service)
    return content


def is_own(exception: Element, entry: Askable) -> bool:
    """See whether an Uitzondering is of the dataset's own origins, when it has such."""
    origins = {origin.casefold() for origin in entry.service.origins}
    return not origins or text_at(exception, "Oorsprong").casefold() in origins
