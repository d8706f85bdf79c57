"""The answer that a program gets about a document."""

from datetime import datetime
from typing import Annotated

import msgspec

from portal.platform.seals.types import AdditionKind, Verdict, VerdictReason


class JudgementAnswer(msgspec.Struct, frozen=True):
    """The judgement of a document (`seals.types.Judgement`), in words of one language; what is not known is null."""

    verdict: Verdict
    words: str
    reason: str
    why: VerdictReason | None
    language: str
    sealed_by: str | None
    organisation: str | None
    authority: str | None
    sealed_at: Annotated[datetime, msgspec.Meta(tz=True)] | None
    is_time_proven: bool
    level: str | None
    trusted: bool | None
    covers_whole: bool | None
    changes: tuple[AdditionKind, ...]
