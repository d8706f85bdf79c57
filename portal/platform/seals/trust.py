"""Whom a seal or time stamp comes from, and whether that held at a time: chain, use, strength, revocation.

pyHanko builds and validates the chain (RFC 5280). It is asked for one moment; what else is known of revocation is
looked through by ourselves, so that an old good list never hides a newer bad one.
"""

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from asn1crypto import ocsp
from cryptography import x509 as pyca
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import cms_basic_validation
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from .errors import Altered
from .evidence import Evidence
from .types import VerdictReason

TOLERANCE = timedelta(minutes=5)  # between clocks
SEAL_USE = KeyUsageConstraints(
    key_usage={"non_repudiation", "digital_signature"},
    extd_key_usage={
        "1.3.6.1.5.5.7.3.36",  # documents (RFC 9336)
        "email_protection",
        "microsoft_document_signing",
        "adobe_authentic_documents_trust",
    },
    explicit_extd_key_usage_required=False,
)
STAMP_USE = KeyUsageConstraints(extd_key_usage={"time_stamping"})
# Why a certificate may be revoked without any doubt on what was made before it (RFC 3161, 4).
_HARMLESS = {
    pyca.ReasonFlags.affiliation_changed: "affiliation_changed",
    pyca.ReasonFlags.superseded: "superseded",
    pyca.ReasonFlags.cessation_of_operation: "cessation_of_operation",
}
_PROBLEMS = {
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND: VerdictReason.AUTHORITY_UNKNOWN,
    AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE: VerdictReason.WRONG_USE,
    AdESIndeterminate.REVOKED_NO_POE: VerdictReason.REVOKED,
    AdESIndeterminate.REVOKED_CA_NO_POE: VerdictReason.REVOKED,
    AdESIndeterminate.TRY_LATER: VerdictReason.REVOCATION_UNKNOWN,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE: VerdictReason.WEAK,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: VerdictReason.WEAK,
}


@dataclass(frozen=True)
class Chain:
    """Whose certificate it is, what is wrong with it at the time asked for, and when it or its chain `ends`."""

    signer: Any
    problem: VerdictReason | None
    authority: str
    ends: datetime


@dataclass(frozen=True)
class Asked:
    """What a chain is asked: at which time, with which roots and evidence, for which use."""

    at: datetime
    roots: list[Any]
    evidence: Evidence
    use: KeyUsageConstraints
    needs_revocation: bool = True
    # Until when a revocation counts that casts doubt on what was made before it, too; `at` where it is None.
    compromised_by: datetime | None = None


def chain(signed_data: Any, digest: bytes | None, asked: Asked) -> Chain:
    """Check a signature and its chain. digest: of what was sealed (None: the content is inside).

    Raise Altered when the signature itself is wrong: then nothing it says counts.
    """
    status = _status(signed_data, digest, asked, "hard-fail" if asked.needs_revocation else "soft-fail")
    if not status["intact"]:
        raise Altered(VerdictReason.BYTES_CHANGED)
    if not status["valid"]:
        raise Altered(VerdictReason.SEAL_FORGED)
    signer, path = status["signing_cert"], status["validation_path"]
    problem = _problem(status, signed_data, digest, asked)
    certificates = list(path.iter_certs(include_root=True)) if path is not None else [signer]
    if problem is None:
        problem = _own_rules(signer, certificates, asked)
    authority = _name(certificates[0]) if len(certificates) > 1 else _name_of(signer.issuer)
    ends = min(one.not_valid_after for one in certificates)
    return Chain(signer, problem, authority, ends)


def _status(signed_data: Any, digest: bytes | None, asked: Asked, revocation: str) -> dict[str, Any]:
    context = ValidationContext(
        trust_roots=asked.roots,
        other_certs=asked.evidence.certificates,
        moment=asked.at,
        best_signature_time=asked.at,
        crls=asked.evidence.lists,
        ocsps=asked.evidence.answers,
        allow_fetching=False,
        revocation_mode=revocation,
        # A list made just after a seal, as they are, says more about it than one made before.
        retroactive_revinfo=True,
        time_tolerance=TOLERANCE,
    )
    try:
        return _run(
            cms_basic_validation(
                signed_data, raw_digest=digest, validation_context=context, key_usage_settings=asked.use
            )
        )
    except SignatureValidationError as error:
        raise Altered(VerdictReason.SEAL_FORGED, str(error)) from None


def _problem(status: dict[str, Any], signed_data: Any, digest: bytes | None, asked: Asked) -> VerdictReason | None:
    indication = status["trust_problem_indic"]
    if indication is None and status["validation_path"] is not None:
        return None
    signer = status["signing_cert"]
    if indication in _PROBLEMS:
        return _PROBLEMS[indication]
    if asked.at + TOLERANCE < signer.not_valid_before:
        return VerdictReason.NOT_YET_VALID
    if asked.at - TOLERANCE > signer.not_valid_after:
        return VerdictReason.EXPIRED
    if asked.needs_revocation:
        # Whether only revocation stands in the way is seen by leaving it out.
        without = _status(signed_data, digest, asked, "soft-fail")
        if without["trust_problem_indic"] is None:
            return VerdictReason.REVOCATION_UNKNOWN
        if without["trust_problem_indic"] in _PROBLEMS:
            return _PROBLEMS[without["trust_problem_indic"]]
    path = status["validation_path"]
    ends = [one.not_valid_after for one in path.iter_certs(include_root=True)] if path is not None else []
    return VerdictReason.EXPIRED if ends and min(ends) < asked.at else VerdictReason.CHAIN_BROKEN


def _own_rules(signer: Any, certificates: list[Any], asked: Asked) -> VerdictReason | None:
    """See what pyHanko leaves to its caller: who seals is no authority, and nothing known says it was revoked."""
    if signer.ca or len(certificates) < 2:
        return VerdictReason.WRONG_USE
    if asked.use is STAMP_USE and not _stamps_only(signer):
        return VerdictReason.WRONG_USE
    if any(_is_listed(one, issuer, asked) for issuer, one in pairwise(certificates)):
        return VerdictReason.REVOKED
    return None


def _stamps_only(certificate: Any) -> bool:
    """Tell whether a certificate is for time stamps and nothing else, and says that it matters (RFC 3161, 2.3)."""
    uses = certificate.extended_key_usage_value
    return (
        uses is not None
        and uses.native == ["time_stamping"]
        and "extended_key_usage" in certificate.critical_extensions
    )


def _is_listed(certificate: Any, issuer: Any, asked: Asked) -> bool:
    key: Any = pyca.load_der_x509_certificate(issuer.dump()).public_key()
    for held in asked.evidence.lists:
        if held.issuer != certificate.issuer:
            continue
        listed = pyca.load_der_x509_crl(held.dump())
        entry = listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
        counts = entry is not None and _counts(entry.revocation_date_utc, _reason(entry), asked)
        if counts and listed.is_signature_valid(key):
            return True
    return any(_says_revoked(one, certificate, asked) for one in asked.evidence.answers)


def _reason(entry: pyca.RevokedCertificate) -> str:
    try:
        found = entry.extensions.get_extension_for_class(pyca.CRLReason)
    except pyca.ExtensionNotFound:
        return ""
    return _HARMLESS.get(found.value.reason, "")


def _counts(when: datetime, harmless: str, asked: Asked) -> bool:
    """Tell whether a revocation counts: what was made before it stands, unless its key may have been stolen."""
    return when <= asked.at or (asked.compromised_by is not None and not harmless and when <= asked.compromised_by)


def _says_revoked(answer: Any, certificate: Any, asked: Asked) -> bool:
    """Tell whether an OCSP answer says so; one that is not the authority's only makes us doubt for nothing."""
    if answer["response_status"].native != "successful":
        return False
    for one in answer.response_data["responses"]:
        status = one["cert_status"].chosen
        is_about = one["cert_id"]["serial_number"].native == certificate.serial_number
        if is_about and isinstance(status, ocsp.RevokedInfo):
            reason = status["revocation_reason"].native
            harmless = reason if reason in _HARMLESS.values() else ""
            if _counts(status["revocation_time"].native, harmless, asked):
                return True
    return False


def _run(coroutine: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """Run what pyHanko wrote for loops: without fetching it never waits, and here is no loop to wait in."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return dict(done.value)
    coroutine.close()
    raise RuntimeError("pyHanko waits for something")


def _name(certificate: Any) -> str:
    return _name_of(certificate.subject)


def _name_of(name: Any) -> str:
    said = name.native
    for key in ("common_name", "organization_name"):
        if said.get(key):
            value = said[key]
            return value if isinstance(value, str) else ", ".join(value)
    return str(name.human_friendly)
