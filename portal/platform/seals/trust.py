"""Whose certificate made a seal or time stamp, and whether it was valid then: chain, use, strength, revocation.

pyHanko builds and validates the chain for one moment (RFC 5280). Beyond that we look through all revocation data that
we have, so that an old list without the certificate never hides a newer one with it.
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
# `unspecified`, which stands there too, says no more than no reason does, so it is left out.
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
    """The signer's certificate, why it does not hold (None if it does), who vouches for it, and when its chain ends.

    authority: the name of the chain's root; without a chain, of whoever issued the certificate. ends: the first
    moment at which a certificate of the chain is no longer valid.
    """

    signer: Any
    problem: VerdictReason | None
    authority: str
    ends: datetime


@dataclass(frozen=True)
class ChainQuestion:
    """For which moment and use a chain is checked, by which roots and evidence."""

    at: datetime
    roots: list[Any]
    evidence: Evidence
    use: KeyUsageConstraints
    needs_revocation: bool = True
    # The moment until which a revocation counts whose reason casts doubt on earlier signatures too; None for `at`.
    compromised_by: datetime | None = None


def check_chain(signed_data: Any, digest: bytes | None, asked: ChainQuestion) -> Chain:
    """Check a signature and its chain.

    signed_data: SignedData of asn1crypto. digest: of the sealed bytes, None where the signature holds its content.
    Raise Altered when the signature itself is wrong.
    """
    status = _validate(signed_data, digest, asked, "hard-fail" if asked.needs_revocation else "soft-fail")
    if not status["intact"]:
        raise Altered(VerdictReason.BYTES_CHANGED)
    if not status["valid"]:
        raise Altered(VerdictReason.SEAL_FORGED)
    signer, path = status["signing_cert"], status["validation_path"]
    problem = _problem(status, signed_data, digest, asked)
    certificates = list(path.iter_certs(include_root=True)) if path is not None else [signer]
    if problem is None:
        problem = _problem_by_own_rules(signer, certificates, asked)
    authority = _name(certificates[0]) if len(certificates) > 1 else _name_of(signer.issuer)
    ends = min(one.not_valid_after for one in certificates)
    return Chain(signer, problem, authority, ends)


def _validate(signed_data: Any, digest: bytes | None, asked: ChainQuestion, revocation: str) -> dict[str, Any]:
    context = ValidationContext(
        trust_roots=asked.roots,
        other_certs=asked.evidence.certificates,
        moment=asked.at,
        best_signature_time=asked.at,
        crls=asked.evidence.lists,
        ocsps=asked.evidence.answers,
        allow_fetching=False,
        revocation_mode=revocation,
        # Lists made after a seal count too: they say more about its certificate than one made before.
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


def _problem(
    status: dict[str, Any], signed_data: Any, digest: bytes | None, asked: ChainQuestion
) -> VerdictReason | None:
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
        # Without revocation shows whether revocation data were all that is missing.
        without = _validate(signed_data, digest, asked, "soft-fail")
        if without["trust_problem_indic"] is None:
            return VerdictReason.REVOCATION_UNKNOWN
        if without["trust_problem_indic"] in _PROBLEMS:
            return _PROBLEMS[without["trust_problem_indic"]]
    path = status["validation_path"]
    ends = [one.not_valid_after for one in path.iter_certs(include_root=True)] if path is not None else []
    return VerdictReason.EXPIRED if ends and min(ends) < asked.at else VerdictReason.CHAIN_BROKEN


def _problem_by_own_rules(signer: Any, certificates: list[Any], asked: ChainQuestion) -> VerdictReason | None:
    """Check what pyHanko does not: the signer is no authority, stamps only stamp, no list or answer revokes it."""
    if signer.ca or len(certificates) < 2:
        return VerdictReason.WRONG_USE
    if asked.use is STAMP_USE and not _stamps_only(signer):
        return VerdictReason.WRONG_USE
    if any(_is_revoked(one, issuer, asked) for issuer, one in pairwise(certificates)):
        return VerdictReason.REVOKED
    return None


def _stamps_only(certificate: Any) -> bool:
    """Tell whether a certificate is for time stamps and nothing else, by a critical extension (RFC 3161, 2.3)."""
    uses = certificate.extended_key_usage_value
    return (
        uses is not None
        and uses.native == ["time_stamping"]
        and "extended_key_usage" in certificate.critical_extensions
    )


def _is_revoked(certificate: Any, issuer: Any, asked: ChainQuestion) -> bool:
    key: Any = pyca.load_der_x509_certificate(issuer.dump()).public_key()
    for held in asked.evidence.lists:
        if held.issuer != certificate.issuer:
            continue
        listed = pyca.load_der_x509_crl(held.dump())
        entry = listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
        counts = entry is not None and _counts(entry.revocation_date_utc, _harmless_reason(entry), asked)
        if counts and listed.is_signature_valid(key):
            return True
    return any(_answer_revokes(one, certificate, asked) for one in asked.evidence.answers)


def _harmless_reason(entry: pyca.RevokedCertificate) -> str:
    try:
        found = entry.extensions.get_extension_for_class(pyca.CRLReason)
    except pyca.ExtensionNotFound:
        return ""
    return _HARMLESS.get(found.value.reason, "")


def _counts(when: datetime, harmless: str, asked: ChainQuestion) -> bool:
    """Tell whether a revocation counts: what was signed before it stands, unless the key may have been stolen."""
    return when <= asked.at or (asked.compromised_by is not None and not harmless and when <= asked.compromised_by)


def _answer_revokes(answer: Any, certificate: Any, asked: ChainQuestion) -> bool:
    """Tell whether an OCSP answer revokes a certificate.

    Who signed the answer is not checked: a forged one can only make us doubt without need.
    """
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
    """Run a coroutine of pyHanko's without an event loop: as nothing is fetched, it never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return dict(done.value)
    coroutine.close()
    raise RuntimeError("pyHanko waits for something")


def _name(certificate: Any) -> str:
    return _name_of(certificate.subject)


def _name_of(name: Any) -> str:
    by_type = name.native
    for key in ("common_name", "organization_name"):
        if by_type.get(key):
            value = by_type[key]
            return value if isinstance(value, str) else ", ".join(value)
    return str(name.human_friendly)
