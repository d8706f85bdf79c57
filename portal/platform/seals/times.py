"""When a seal was made, as far as a trusted time stamp proves it (RFC 3161, ETSI EN 319 142-1)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from asn1crypto import tsp
from pyhanko.pdf_utils import generic
from pyhanko.sign.general import find_cms_attribute_iter

from .errors import Altered
from .evidence import certificates_in
from .opening import EmbeddedSeal
from .trust import STAMP_USE, TOLERANCE, ChainQuestion, check_chain
from .types import VerdictReason

ALGORITHMS = ("sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512")
MOST_STAMPS = 5
YEARS = range(1990, 2201)  # in which a document can have been sealed; PDF is of 1993


@dataclass(frozen=True)
class StampResult:
    """The time of a time stamp, None where it has none that can be read, and why it is not trusted, None if it is."""

    time: datetime | None
    problem: VerdictReason | None


def digest(pdf: bytes, seal: EmbeddedSeal, algorithm: str) -> bytes:
    """Hash the bytes that a seal encloses; raise Altered for an unknown algorithm."""
    try:
        hasher = hashlib.new(algorithm)
    except ValueError:
        raise Altered(VerdictReason.SEAL_UNREADABLE, algorithm) from None
    view = memoryview(pdf)
    hasher.update(view[: seal.where.at])
    hasher.update(view[seal.where.after : seal.where.end])
    return hasher.digest()


def judge_stamp(signed_data: Any, imprint_of: Any, horizon: datetime, asked: ChainQuestion) -> StampResult:
    """Judge a time stamp (RFC 3161).

    imprint_of: gives, for the name of an algorithm, the hash of what should be stamped. horizon: the moment until
    which the stamp's chain must hold. Raise Altered when the stamp is of something else, or its signature wrong.
    """
    info = signed_data["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise Altered(VerdictReason.SEAL_UNREADABLE, "no time stamp")
    time = info["gen_time"].native
    imprint = info["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    if imprint["hashed_message"].native != imprint_of(algorithm):
        raise Altered(VerdictReason.BYTES_CHANGED, "a time stamp of something else")
    # Whoever stole the key of a time stamp authority can stamp any time of the past.
    at = replace(asked, at=time, use=STAMP_USE, compromised_by=horizon)
    at.evidence.certificates.extend(certificates_in(signed_data))
    found = check_chain(signed_data, None, at)
    if algorithm not in ALGORITHMS:
        return StampResult(time, VerdictReason.WEAK)
    if time > horizon + TOLERANCE:
        return StampResult(time, VerdictReason.TIME_STAMP_WRONG)
    if found.problem is not None or found.ends < horizon:
        return StampResult(time, VerdictReason.TIME_STAMP_UNKNOWN)
    return StampResult(time, None)


def seal_stamp(seal: EmbeddedSeal, horizon: datetime, asked: ChainQuestion) -> StampResult:
    """Find the time stamp inside a seal: the first that can be trusted, else the last with its problem."""
    last = StampResult(None, VerdictReason.NO_TIME_STAMP)
    try:
        tokens = list(find_cms_attribute_iter(seal.signer["unsigned_attrs"], "signature_time_stamp_token"))
    except Exception:
        return last
    signature = seal.signer["signature"].native

    def imprint_of(algorithm: str) -> bytes:
        return hashlib.new(algorithm, signature).digest()

    for token in tokens[:MOST_STAMPS]:
        try:
            last = judge_stamp(token["content"], imprint_of, horizon, asked)
        except (Altered, ValueError, TypeError, KeyError):
            last = StampResult(None, VerdictReason.TIME_STAMP_WRONG)
        if last.problem is None:
            return last
    return last


def document_stamps(
    pdf: bytes, stamps: Sequence[EmbeddedSeal], asked: ChainQuestion
) -> list[tuple[EmbeddedSeal, StampResult]]:
    """Judge the time stamps of the whole document, the newest first: each proves that what it encloses was there.

    Raise Altered as `judge_stamp` does.
    """
    horizon, judged = asked.at, []
    for one in reversed(stamps):

        def imprint_of(algorithm: str, of: EmbeddedSeal = one) -> bytes:
            return digest(pdf, of, algorithm)

        found = judge_stamp(one.signed_data, imprint_of, horizon, asked)
        judged.append((one, found))
        if found.problem is None and found.time is not None:
            horizon = min(horizon, found.time)
    return judged


def claimed_time(seal: EmbeddedSeal) -> datetime | None:
    """Read when the sealer claims to have sealed, which nothing proves; None for no time, or one that is none."""
    try:
        found = next(iter(find_cms_attribute_iter(seal.signer["signed_attrs"], "signing_time"))).native
    except Exception:
        found = None
    if found is None:
        try:
            found = generic.parse_pdf_date(seal.dictionary["/M"], strict=False)
        except Exception:
            return None
    if not isinstance(found, datetime):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def plausible(time: datetime | None) -> datetime | None:
    """Give a time that a seal can have; None outside YEARS, as the very first and last have no local time."""
    return time if time is not None and time.year in YEARS else None
