"""Certificates, revocation lists and OCSP answers of the town's authority for seals (RFC 5280, RFC 6960)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

# RSA, as most authorities for seals have it.
Key = rsa.RSAPrivateKey

# RFC 9336: a certificate that is meant for documents.
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
RSA_BITS = 3072
# Base of the addresses of revocation lists and OCSP in certificates; nobody ever fetches from them.
WHERE = "http://seals.modelstad.invalid"
# The names that x509.KeyUsage takes.
_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Holder:
    """Hold a certificate with its private key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        """Give the certificate as DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """Give the certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class Validity:
    """Hold from when until when a certificate, a revocation list or an OCSP answer holds."""

    begin: dt.datetime
    end: dt.datetime


def name(common_name: str) -> x509.Name:
    """Make a distinguished name whose organisation tells that it is no real body's."""
    parts = {
        NameOID.COUNTRY_NAME: "BE",
        NameOID.ORGANIZATION_NAME: "Modelstad (demonstratie)",
        NameOID.COMMON_NAME: common_name,
    }
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts.items()])


def root(common_name: str, key: Key, validity: Validity) -> Holder:
    """Make a self-signed root certificate."""
    return Holder(_authority(name(common_name), key, None, validity, None), key)


def intermediate(common_name: str, key: Key, issuer: Holder, validity: Validity) -> Holder:
    """Make an intermediate authority, which may issue no further authorities (path length 0)."""
    return Holder(_authority(name(common_name), key, issuer, validity, 0), key)


def _authority(
    subject: x509.Name, key: Key, issuer: Holder | None, validity: Validity, length: int | None
) -> x509.Certificate:
    issued_by, signing_key = (issuer.certificate.subject, issuer.key) if issuer else (subject, key)
    builder = _builder(subject, issued_by, key, signing_key, validity)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True)
    builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    if issuer:
        builder = _publish(builder)
    return builder.sign(signing_key, hashes.SHA256())


def end_entity(
    common_name: str,
    key: Key,
    issuer: Holder,
    validity: Validity,
    uses: Sequence[str] = ("content_commitment",),
    extended: Sequence[ObjectIdentifier] = (),
) -> Holder:
    """Make a certificate for a sealer, a time stamp authority or an OCSP responder.

    `uses` are names of _USES, `extended` the extended key usages.
    """
    builder = _builder(name(common_name), issuer.certificate.subject, key, issuer.key, validity)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(*uses), critical=True)
    if extended:
        is_stamp = ExtendedKeyUsageOID.TIME_STAMPING in extended
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=is_stamp)
    if ExtendedKeyUsageOID.OCSP_SIGNING in extended:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    else:
        builder = _publish(builder)
    return Holder(builder.sign(issuer.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issued_by: x509.Name, key: Key, issuing_key: Key, validity: Validity
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issued_by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity.begin)
        .not_valid_after(validity.end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing_key.public_key()), critical=False)
    )


def _usage(*uses: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in uses for use in _USES})


def _publish(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    """Add the addresses at which revocation is said to be published."""
    at = x509.DistributionPoint(
        full_name=[x509.UniformResourceIdentifier(f"{WHERE}/crl")], relative_name=None, reasons=None, crl_issuer=None
    )
    ocsp_address = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{WHERE}/ocsp")
    )
    return builder.add_extension(x509.CRLDistributionPoints([at]), critical=False).add_extension(
        x509.AuthorityInformationAccess([ocsp_address]), critical=False
    )


def revocation_list(issuer: Holder, validity: Validity, revoked: Mapping[int, dt.datetime]) -> bytes:
    """Make a revocation list (CRL) as DER: this update and the next, and the moment of each revocation by serial."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(validity.begin)
        .next_update(validity.end)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(int(validity.begin.timestamp())), critical=False)
    )
    for serial, when in revoked.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def ocsp_answer(
    about: Holder, issuer: Holder, responder: Holder, validity: Validity, revoked: dt.datetime | None = None
) -> bytes:
    """Make the OCSP answer about one certificate, as DER; `responder` is an end entity of the same issuer.

    `revoked` is the moment of revocation; None when it is not revoked.
    """
    status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    return (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=about.certificate,
            issuer=issuer.certificate,
            algorithm=hashes.SHA256(),
            cert_status=status,
            this_update=validity.begin,
            next_update=validity.end,
            revocation_time=revoked,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        .certificates([responder.certificate])
        .sign(responder.key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
