"""What is said of a PDF: one of five verdicts, with all that it rests on."""

from datetime import datetime
from enum import StrEnum

import msgspec

from portal.platform.kit.unprinted import Unprinted


class Verdict(StrEnum):
    """What a PDF is worth, in the words of the command and of machines."""

    VALID = "valid"
    UNCONFIRMED = "unconfirmed"
    UNSEALED = "unsealed"
    CHANGED = "changed"
    NOT_A_PDF = "not-a-pdf"


class VerdictReason(StrEnum):
    """Why a verdict is what it is."""

    # not-a-pdf
    EMPTY = "empty"
    OTHER_KIND = "other-kind"
    BROKEN_OFF = "broken-off"
    # unsealed
    NO_SEAL = "no-seal"
    TIME_STAMP_ONLY = "time-stamp-only"
    # changed
    BYTES_CHANGED = "bytes-changed"
    SEAL_FORGED = "seal-forged"
    SEAL_UNREADABLE = "seal-unreadable"
    SEAL_DETACHED = "seal-detached"
    RANGE = "range"
    ADDED = "added"
    BYTES_AROUND = "bytes-around"
    UNREADABLE = "unreadable"
    # unconfirmed: who, and when
    AUTHORITY_UNKNOWN = "authority-unknown"
    CHAIN_BROKEN = "chain-broken"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation-unknown"
    WRONG_USE = "wrong-use"
    WEAK = "weak"
    NO_TIME_STAMP = "no-time-stamp"
    TIME_STAMP_UNKNOWN = "time-stamp-unknown"
    TIME_STAMP_WRONG = "time-stamp-wrong"
    # unconfirmed: what it holds
    KIND_UNKNOWN = "kind-unknown"
    SCRIPTS = "scripts"
    ACTIONS = "actions"
    ATTACHMENTS = "attachments"
    OUTSIDE = "outside"
    LAYERS = "layers"
    STRUCTURE = "structure"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too-large"
    NOT_CHECKED = "not-checked"


class AdditionKind(StrEnum):
    """What was added after a seal."""

    VALIDATION_DATA = "validation-data"
    TIME_STAMP = "time-stamp"
    SEAL = "seal"
    OTHER = "other"


class Trust(Unprinted, frozen=True):
    """On what a judgement rests: roots and revocation lists (DER), and the moment for which it holds.

    `is_asked`: somebody asks for that moment, and vouches for it that the document was there then.
    `own_root`: the root that stands in the document is taken for one of ours.
    `about`: the national number of whom it should be about, "" where nobody asks that.
    """

    roots: tuple[bytes, ...]
    now: datetime
    lists: tuple[bytes, ...] = ()
    is_asked: bool = False
    own_root: bool = False
    about: str = ""


class Judgement(msgspec.Struct, frozen=True):
    """What is said of a PDF.

    `sealed_at` is the time of a trusted time stamp where `is_time_proven`, else what the sealer claims; `level` is
    that of ETSI EN 319 142-1 (B-B to B-LTA). `trusted` and `covers_whole` are None where there is no seal.
    `is_about_others`: it shows national numbers, and not the one that was asked about (`Trust.about`).
    """

    verdict: Verdict
    why: VerdictReason | None = None
    sealed_by: str = ""
    organisation: str = ""
    authority: str = ""
    sealed_at: datetime | None = None
    is_time_proven: bool = False
    level: str = ""
    trusted: bool | None = None
    covers_whole: bool | None = None
    changes: tuple[AdditionKind, ...] = ()
    seals: int = 0
    is_about_others: bool = False
