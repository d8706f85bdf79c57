"""The types of reported dossiers, beside those of the contract."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from ..types import Dossier


class ReportOutcome(StrEnum):
    """What became of a report: it is new, was taken in before, or its UploadId was used for other contents."""

    NEW = "new"
    KNOWN = "known"
    CONTRADICTS = "contradicts"


class ReportedDossier(NamedTuple):
    """A dossier as its body reported it. body: the id of its agency. at: when it reported it (UTC). Never printed."""

    dossier: Dossier
    body: str
    at: datetime

    def __repr__(self) -> str:
        return "ReportedDossier(…)"


class ReportedToCitizen(NamedTuple):
    """All dossiers that were reported to a citizen. is_whole: each of them could be opened."""

    dossiers: tuple[ReportedDossier, ...]
    is_whole: bool = True

    def __repr__(self) -> str:
        return "ReportedToCitizen(…)"
