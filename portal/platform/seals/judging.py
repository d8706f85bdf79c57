"""Judge a PDF: is it sealed, by whom, when, and is it still what was sealed? Pure: bytes in, a judgement out.

Doubt never ends in `valid`: a seal that cannot be read, or a byte that no rule explains, makes a document changed; a
sealer, time or content that cannot be verified makes it unconfirmed. `seal_program` calls `judge` behind its walls.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from asn1crypto import core, x509
from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.sign.general import find_cms_attribute_iter

from . import additions, contents, enclosing, opening, revisions, times, trust
from .errors import Altered
from .evidence import Evidence, gather
from .opening import EmbeddedSeal, OpenedDocument
from .trust import SEAL_USE, Chain, ChainQuestion
from .types import AdditionKind, Judgement, Trust, Verdict, VerdictReason

LARGEST = 20 * 1024 * 1024  # bytes
LONGEST_NAME = 200  # characters
_HEADER = b"%PDF-"
_HEADER_WITHIN = _END_WITHIN = 1024


@dataclass
class _Findings:
    """What is known of a document so far; a judgement tells it also when something turns out to be wrong."""

    seals: list[EmbeddedSeal] = field(default_factory=list)
    stamps: list[EmbeddedSeal] = field(default_factory=list)
    changes: set[AdditionKind] = field(default_factory=set)
    chain: Chain | None = None
    time: datetime | None = None
    is_proven: bool = False
    level: str = ""


def judge(pdf: bytes, given: Trust) -> Judgement:
    """Judge a PDF of any origin, by the roots and lists that are given."""
    if len(pdf) > LARGEST:
        return Judgement(Verdict.UNCONFIRMED, VerdictReason.TOO_LARGE)
    if refused := _refusal(pdf):
        return Judgement(Verdict.NOT_A_PDF, refused)
    marks = enclosing.count_ranges(pdf)
    if not marks and not opening.has_seal(pdf):
        return _judge_unsealed(pdf)
    seen = _Findings()
    try:
        return _judge(pdf, given, marks, seen)
    except Altered as altered:
        return _judgement(seen, Verdict.CHANGED, altered.why)
    except (RecursionError, MemoryError):
        return _judgement(seen, Verdict.UNCONFIRMED, VerdictReason.TOO_LARGE)
    except Exception:
        # Breaking the check of a seal must not lead to a milder verdict than "changed".
        return _judgement(seen, Verdict.CHANGED, VerdictReason.SEAL_UNREADABLE)


def _refusal(pdf: bytes) -> VerdictReason | None:
    if not pdf.strip(b"\x00 \t\r\n"):
        return VerdictReason.EMPTY
    if _HEADER not in pdf[:_HEADER_WITHIN]:
        return VerdictReason.OTHER_KIND
    return None


def _judge_unsealed(pdf: bytes) -> Judgement:
    """Judge a document without a seal, which may be cut off: only its end tells."""
    if b"startxref" not in pdf or b"%%EOF" not in pdf[-_END_WITHIN:]:
        return Judgement(Verdict.NOT_A_PDF, VerdictReason.BROKEN_OFF)
    return Judgement(Verdict.UNSEALED, VerdictReason.NO_SEAL)


def _judge(pdf: bytes, given: Trust, marks: int, seen: _Findings) -> Judgement:
    if not pdf.startswith(_HEADER):
        raise Altered(VerdictReason.BYTES_AROUND, "bytes before the document")
    document = opening.open_document(pdf)
    if document.is_encrypted and not _can_decrypt(document):
        return _judgement(seen, Verdict.UNCONFIRMED, VerdictReason.ENCRYPTED)
    found = opening.find_seals(document)
    seen.seals, seen.stamps = [one for one in found if not one.is_stamp], [one for one in found if one.is_stamp]
    if any(one.signed_data is None for one in found):
        return _judgement(seen, Verdict.UNCONFIRMED, VerdictReason.KIND_UNKNOWN)
    # Every time stamp is checked before anything else: a wrong one makes the document changed.
    asked = _chain_question(document, given, found)
    stamped = times.document_stamps(pdf, seen.stamps, asked)
    ranges = len(found) + opening.count_usage_rights(document, found)
    if not seen.seals:
        if marks != ranges:
            raise Altered(VerdictReason.SEAL_DETACHED)
        return Judgement(Verdict.UNSEALED, VerdictReason.TIME_STAMP_ONLY if seen.stamps else VerdictReason.NO_SEAL)
    problems = [_find_sealer(pdf, seal, stamped, asked, given, seen) for seal in seen.seals]
    # An encrypted document may have one more /ByteRange, of its integrity code (ISO/TS 32004); it is not valid
    # anyway.
    if marks != ranges and not document.is_encrypted:
        raise Altered(VerdictReason.SEAL_DETACHED)
    doubt = _find_change(document, seen)
    if document.is_encrypted:
        doubt = VerdictReason.ENCRYPTED
    elif not document.is_strict or revisions.repeats_anywhere(document):
        doubt = doubt or VerdictReason.STRUCTURE
    why = next((one for one in problems if one is not None), doubt)
    return _judgement(seen, Verdict.UNCONFIRMED if why else Verdict.VALID, why)


def _can_decrypt(document: OpenedDocument) -> bool:
    """Decrypt a document that is encrypted with an empty password; tell whether that works."""
    try:
        return bool(document.reader.decrypt(b"").status is not AuthStatus.FAILED)
    except Exception:
        return False


def _chain_question(document: OpenedDocument, given: Trust, found: Sequence[EmbeddedSeal]) -> ChainQuestion:
    evidence = gather(document, list(found), given.lists)
    roots = [x509.Certificate.load(one) for one in given.roots]
    if given.own_root:
        roots += [one for one in evidence.certificates if one.ca and one.self_issued]
    return ChainQuestion(given.now, roots, evidence, SEAL_USE, needs_revocation=not given.is_asked)


def _find_sealer(
    pdf: bytes,
    seal: EmbeddedSeal,
    stamped: list[tuple[EmbeddedSeal, times.StampResult]],
    asked: ChainQuestion,
    given: Trust,
    seen: _Findings,
) -> VerdictReason | None:
    """Find out who sealed and when, and note it in `seen`; give the reason why that is not sure, None if it is."""
    # A time stamp of the document that was added after the seal proves that the seal was there by then.
    after = [one.time for of, one in stamped if of.where.end > seal.where.end and one.problem is None]
    horizon = min([given.now, *(time for time in after if time is not None)])
    own = times.seal_stamp(seal, horizon, asked)
    proven = own.time if own.problem is None else horizon if horizon < given.now else None
    algorithm = seal.signer["digest_algorithm"]["algorithm"].native
    digest = times.digest(pdf, seal, algorithm)
    chain = trust.check_chain(seal.signed_data, digest, replace(asked, at=proven or given.now))
    time = proven or times.claimed_time(seal)
    # Of several seals the judgement names the last, or the first that is not trusted.
    if seen.chain is None or seen.chain.problem is None:
        seen.chain, seen.time, seen.is_proven = chain, time, proven is not None
        seen.level = _level(seal, proven or own.time, asked.evidence, bool(after))
    if chain.problem is not None:
        return chain.problem
    if algorithm not in times.ALGORITHMS:
        return VerdictReason.WEAK
    if seal.is_pades and not _names_its_signer(seal):
        return VerdictReason.KIND_UNKNOWN
    if given.is_asked:
        return VerdictReason.NOT_YET_VALID if time is not None and time > given.now else None
    return None if proven else own.problem


def _names_its_signer(seal: EmbeddedSeal) -> bool:
    """Tell whether a seal signs which certificate is its own, as PAdES demands; else another could be put there."""
    attributes = seal.signer["signed_attrs"]
    if isinstance(attributes, core.Void):
        return False
    names = ("signing_certificate_v2", "signing_certificate")
    return any(list(find_cms_attribute_iter(attributes, name)) for name in names)


def _level(seal: EmbeddedSeal, stamped: datetime | None, evidence: Evidence, is_renewed: bool) -> str:
    """Name the level of a seal by what it holds (ETSI EN 319 142-1), whether or not that is trusted."""
    if not seal.is_pades:
        return "CMS"
    if stamped is None:
        return "B-B"
    if not evidence.has_revocation:
        return "B-T"
    return "B-LTA" if is_renewed else "B-LT"


def _find_change(document: OpenedDocument, seen: _Findings) -> VerdictReason | None:
    """Raise Altered if anything but validation data, time stamps and seals was added after a seal.

    Give the reason to doubt what a reader sees, None for none.
    """
    size, doubt = len(document.pdf), None
    last_number = document.reader.xrefs.total_revisions - 1
    ends = {one.where.end for one in (*seen.seals, *seen.stamps)}
    for end in sorted(ends):
        if end == size:
            doubt = doubt or _doubt(document, last_number, set(), set())
            continue
        try:
            sealed = revisions.last_revision_of(document, end)
            following = revisions.revisions_after(document, sealed)
            new: set[int] = set()
            rewritten: set[int] = set()
            for revision in following:
                kinds, more, again = additions.addition_of(document.reader, revision.number)
                new |= more
                rewritten |= again
                sealing = [one for one in seen.seals if one.where.end == end]
                if sealing:
                    seen.changes |= kinds
                if AdditionKind.SEAL in kinds and any(opening.forbids_more(one) for one in sealing):
                    raise Altered(VerdictReason.ADDED, "a seal where none may come")
        except Altered:
            seen.changes.add(AdditionKind.OTHER)
            raise
        except Exception as error:
            seen.changes.add(AdditionKind.OTHER)
            raise Altered(VerdictReason.ADDED, type(error).__name__) from None
        doubt = doubt or _doubt(document, sealed.number, new, rewritten)
    return doubt


def _doubt(document: OpenedDocument, number: int, new: set[int], rewritten: set[int]) -> VerdictReason | None:
    try:
        return contents.doubt(document, number, new, rewritten)
    except (Altered, RecursionError, MemoryError):
        raise
    except Exception:
        # Of an object that cannot be read here, other programs may show something.
        return VerdictReason.STRUCTURE


def _judgement(seen: _Findings, verdict: Verdict, why: VerdictReason | None) -> Judgement:
    chain = seen.chain
    subject: Any = chain.signer.subject.native if chain else {}
    is_whole = None
    if seen.seals:
        is_whole = verdict is not Verdict.CHANGED
    return Judgement(
        verdict,
        why,
        sealed_by=_text(subject.get("common_name") or subject.get("organization_name")),
        organisation=_text(subject.get("organization_name")),
        authority=_text(chain.authority) if chain else "",
        sealed_at=times.plausible(seen.time),
        is_time_proven=seen.is_proven,
        level=seen.level,
        trusted=(chain is not None and chain.problem is None) if seen.seals else None,
        covers_whole=is_whole,
        changes=tuple(sorted(seen.changes)),
        seals=len(seen.seals),
    )


def _text(value: Any) -> str:
    """Give a name as text; some certificates have several."""
    whole = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    # Characters that cannot be seen, or that reverse the text around them, could make one name look like another.
    return "".join(one for one in whole if one.isprintable())[:LONGEST_NAME]
