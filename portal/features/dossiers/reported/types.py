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
    """A dossier as its body reported it. Never printed.

    body: the id of its agency. at: when we received that report, by our clock (UTC).
    """

    dossier: Dossier
    body: str
    at: datetime

    def __repr__(self) -> str:
        return "ReportedDossier(…)"


class ReportedToCitizen(NamedTuple):
    """The dossiers that were reported to a citizen, the newest 1,000 at most.

    is_whole: there are no more, and each could be opened.
    """

    dossiers: tuple[ReportedDossier, ...]
    is_whole: bool = True

    def __repr__(self) -> str:
        return "ReportedToCitizen(…)"
