"""The bodies under the contract, the published answers beside theirs, and what is read of an answer about dossiers.

The bodies of the repository, and of the folders in AGENCIES_PATH: `make test T=tests/agencies AGENCIES_PATH=...`.
"""

import os
from pathlib import Path
from typing import Any

from connecting.contents import content_of
from connecting.samples import NOW, answers_of, path_of, read, read_approved, read_inquiry, read_sample
from portal.features.dossiers import parsing
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Askable
from portal.platform.sources.transports.answer import of_file
from tests.beside import ROOT, SHARED

__all__ = ["NOW", "SHARED", "answers_of", "content_of", "read", "read_approved", "read_sample"]

ELSEWHERE = [Path(folder) for folder in os.environ.get("AGENCIES_PATH", "").split(":") if folder]
INSTALLED = catalogue.load([ROOT / "agencies", *ELSEWHERE])
LOOKUPS = INSTALLED.lookups
DATASETS = tuple(entry for entry in INSTALLED.entries if entry.dataset.transport == "magda")
ENTRIES = (*DATASETS, *LOOKUPS)
JSON_ENTRIES = tuple(entry for entry in INSTALLED.entries if entry.dataset.transport == "rest")


def published_of(entry: Askable) -> list[Path]:
    """List the published answers of a dataset's service; none where the mock is not beside us."""
    return sorted((SHARED / "magda" / "simulator" / path_of(entry)).glob("*.xml"))


def dossiers_in(data: bytes, person: str) -> Any:
    """Give what `manage.py parse dossiers --about PERSON` says of an answer, without the file's name."""
    inquiry = parsing.inquiry_about(person)
    assert inquiry is not None
    return parsing.describe(read_inquiry(of_file(data, NOW, ""), inquiry, person))
