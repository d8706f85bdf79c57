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
from .opening import Found
from .trust import STAMP_USE, TOLERANCE, Asked, chain
from .types import VerdictReason

ALGORITHMS = ("sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512")
MOST_STAMPS = 5


@dataclass(frozen=True)
class Stamped:
    """What a time stamp says, and what is wrong with it, if anything."""

    time: datetime | None
    problem: VerdictReason | None


def digest(pdf: bytes, seal: Found, algorithm: str) -> bytes:
    """Digest what a seal encloses; raise Altered for an algorithm that nobody has."""
    try:
        made = hashlib.new(algorithm)
    except ValueError:
        raise Altered(VerdictReason.SEAL_UNREADABLE, algorithm) from None
    view = memoryview(pdf)
    made.update(view[: seal.where.at])
    made.update(view[seal.where.after : seal.where.end])
    return made.digest()


def stamp(signed_data: Any, imprint_of: Any, horizon: datetime, asked: Asked) -> Stamped:
    """Judge a time stamp. imprint_of: gives the digest of what it should be of; horizon: until when its chain must
    hold. Raise Altered when it is wrong in itself.
    """
    info = signed_data["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise Altered(VerdictReason.SEAL_UNREADABLE, "no time stamp")
    time = info["gen_time"].native
    imprint = info["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    if imprint["hashed_message"].native != imprint_of(algorithm):
        raise Altered(VerdictReason.BYTES_CHANGED, "a time stamp of something else")
    # Whoever stole the key of a stamper can stamp any time of the past.
    at = replace(asked, at=time, use=STAMP_USE, compromised_by=horizon)
    at.evidence.certificates.extend(certificates_in(signed_data))
    found = chain(signed_data, None, at)
    if algorithm not in ALGORITHMS:
        return Stamped(time, VerdictReason.WEAK)
    if time > horizon + TOLERANCE:
        return Stamped(time, VerdictReason.TIME_STAMP_WRONG)
    if found.problem is not None or found.ends < horizon:
        return Stamped(time, VerdictReason.TIME_STAMP_UNKNOWN)
    return Stamped(time, None)


def of_seal(seal: Found, horizon: datetime, asked: Asked) -> Stamped:
    """Find the time stamp of a seal: the first that can be trusted, else what is wrong with the last."""
    last = Stamped(None, VerdictReason.NO_TIME_STAMP)
    try:
        tokens = list(find_cms_attribute_iter(seal.signer["unsigned_attrs"], "signature_time_stamp_token"))
    except Exception:
        return last
    signature = seal.signer["signature"].native

    def imprint_of(algorithm: str) -> bytes:
        return hashlib.new(algorithm, signature).digest()

    for token in tokens[:MOST_STAMPS]:
        try:
            last = stamp(token["content"], imprint_of, horizon, asked)
        except (Altered, ValueError, TypeError, KeyError):
            last = Stamped(None, VerdictReason.TIME_STAMP_WRONG)
        if last.problem is None:
            return last
    return last


def of_documents(pdf: bytes, stamps: Sequence[Found], asked: Asked) -> list[tuple[Found, Stamped]]:
    """Judge the time stamps of the whole document, newest first: each vouches for what was there before it.

    Raise Altered when one is of something else.
    """
    horizon, judged = asked.at, []
    for one in reversed(stamps):

        def imprint_of(algorithm: str, of: Found = one) -> bytes:
            return digest(pdf, of, algorithm)

        found = stamp(one.signed_data, imprint_of, horizon, asked)
        judged.append((one, found))
        if found.problem is None and found.time is not None:
            horizon = min(horizon, found.time)
    return judged


def claimed_time(seal: Found) -> datetime | None:
    """Read when the sealer says it was, which nothing proves; None for no time, or one that cannot be."""
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
