"""The judgement on a PDF: one of five verdicts, with its reason and what is known of the seals."""

from datetime import datetime
from enum import StrEnum

import msgspec

from portal.platform.kit.unprinted import Unprinted


class Verdict(StrEnum):
    """The five verdicts on a PDF; the values stand in the output of `check_certificate`."""

    VALID = "valid"
    UNCONFIRMED = "unconfirmed"
    UNSEALED = "unsealed"
    CHANGED = "changed"
    NOT_A_PDF = "not-a-pdf"


class VerdictReason(StrEnum):
    """The reason of a verdict; `words.toml` has a sentence for each."""

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
    """A kind of what was added to a document after a seal."""

    VALIDATION_DATA = "validation-data"
    TIME_STAMP = "time-stamp"
    SEAL = "seal"
    OTHER = "other"


class Trust(Unprinted, frozen=True):
    """What a judgement rests on: roots and revocation lists (DER), and the moment `now` for which it holds.

    is_asked: somebody chose that moment, and vouches that the document existed then. own_root: the root inside the
    document is trusted. about: the national number of the person that the document should be about, "" not to look.
    """

    roots: tuple[bytes, ...]
    now: datetime
    lists: tuple[bytes, ...] = ()
    is_asked: bool = False
    own_root: bool = False
    about: str = ""


class SentTrust(Trust, frozen=True):
    """A Trust as the program is given it: its revocation lists follow the JSON, as `sizes` bytes each.

    In the JSON they would be written anew for each document, and there may be 64 MiB of them.
    """

    sizes: tuple[int, ...] = ()


class Judgement(msgspec.Struct, frozen=True):
    """What was found out about a PDF.

    sealed_by, organisation: names in the sealer's certificate; authority: the root that vouches for it. sealed_at:
    the time of a trusted time stamp if `is_time_proven`, else the time that the sealer claims; None where no document
    can have been sealed then (`times.plausible`). level: by ETSI EN 319 142-1 (B-B to B-LTA), or CMS. trusted,
    covers_whole: None where there is no seal. changes: what was added after a seal. seals: how many there are.
    is_about_others: it shows national numbers, and none is that of `Trust.about`.
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
