"""The nouns of what bodies report."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from ..types import Dossier


class ReportOutcome(StrEnum):
    """What became of a report: it is new, was taken before, or its UploadId was used for other contents."""

    NEW = "new"
    KNOWN = "known"
    CONTRADICTS = "contradicts"


class Reported(NamedTuple):
    """A dossier as its body reported it. body: the id of its agency. at: when it reported it (UTC). Never printed."""

    dossier: Dossier
    body: str
    at: datetime

    def __repr__(self) -> str:
        return "Reported(…)"


class ReportedToCitizen(NamedTuple):
    """All that was reported to a citizen. is_whole: nothing of it could not be read."""

    found: tuple[Reported, ...]
    is_whole: bool = True

    def __repr__(self) -> str:
        return "ReportedToCitizen(…)"
