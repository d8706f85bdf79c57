"""The town's certification authority for seals and time stamps; it also issues certificates to be refused."""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from . import certificates
from .certificates import DOCUMENT_SIGNING, RSA_BITS, Holder, Validity

SEALER = "Dienst Attesten"
# What is wrong with each certificate that must be refused.
REFUSABLE = ("revoked", "expired", "wrong-use", "not-yet-valid")
YEAR = dt.timedelta(days=365)
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Authority:
    """Hold all certificates and keys behind the town's seals.

    `stamping` signs time stamps, `responder` OCSP answers; `sealers` go by kind: `good`, or one of REFUSABLE.
    `issued_at` is when they were issued.
    """

    root: Holder
    issuing: Holder
    stamping: Holder
    responder: Holder
    sealers: Mapping[str, Holder]
    issued_at: dt.datetime

    def lists(self, now: dt.datetime) -> list[bytes]:
        """Give the revocation lists as they are now (DER): the root's and the issuing authority's."""
        validity = Validity(now - dt.timedelta(minutes=1), now + WEEK)
        revoked = {self.sealers["revoked"].certificate.serial_number: self.issued_at - dt.timedelta(days=2)}
        return [
            certificates.revocation_list(self.root, validity, {}),
            certificates.revocation_list(self.issuing, validity, revoked),
        ]

    def answers(self, kind: str, now: dt.datetime) -> list[bytes]:
        """Give the OCSP answers (DER) about the sealer of a kind and about the signer of time stamps."""
        validity = Validity(now - dt.timedelta(minutes=1), now + WEEK)
        revoked = self.issued_at - dt.timedelta(days=2) if kind == "revoked" else None
        return [
            certificates.ocsp_answer(self.sealers[kind], self.issuing, self.responder, validity, revoked),
            certificates.ocsp_answer(self.stamping, self.issuing, self.responder, validity),
        ]


def new_key() -> rsa.RSAPrivateKey:
    """Make an RSA key of the size that is usual for seals."""
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


@dataclass(frozen=True)
class SealKeys:
    """Hold the keys below a root; `shared` is that of all certificates to be refused."""

    issuing: rsa.RSAPrivateKey
    good: rsa.RSAPrivateKey
    shared: rsa.RSAPrivateKey
    stamping: rsa.RSAPrivateKey
    responder: rsa.RSAPrivateKey


def new_keys() -> SealKeys:
    """Make all keys below a root, which takes a second or more."""
    return SealKeys(*(new_key() for _ in fields(SealKeys)))


def make(root: Holder, now: dt.datetime, keys: SealKeys | None = None) -> Authority:
    """Issue all certificates below a root, with these keys or with new ones."""
    keys = keys or new_keys()
    long = Validity(now - YEAR, now + 5 * YEAR)
    issuing = certificates.intermediate("Modelstad uitgevende autoriteit", keys.issuing, root, long)
    terms = {
        "good": Validity(now - dt.timedelta(days=30), now + 2 * YEAR),
        "revoked": Validity(now - dt.timedelta(days=30), now + 2 * YEAR),
        "expired": Validity(now - 2 * YEAR + dt.timedelta(days=400), now - dt.timedelta(days=1)),
        "not-yet-valid": Validity(now + dt.timedelta(days=30), now + 2 * YEAR),
    }
    sealers = {
        kind: certificates.end_entity(
            SEALER, keys.good if kind == "good" else keys.shared, issuing, validity, extended=(DOCUMENT_SIGNING,)
        )
        for kind, validity in terms.items()
    }
    sealers["wrong-use"] = certificates.end_entity(
        "www.modelstad.invalid",
        keys.shared,
        issuing,
        terms["good"],
        uses=("digital_signature", "key_encipherment"),
        extended=(ExtendedKeyUsageOID.SERVER_AUTH,),
    )
    stamping = certificates.end_entity(
        "Modelstad tijdstempels",
        keys.stamping,
        issuing,
        long,
        uses=("digital_signature",),
        extended=(ExtendedKeyUsageOID.TIME_STAMPING,),
    )
    responder = certificates.end_entity(
        "Modelstad OCSP",
        keys.responder,
        issuing,
        long,
        uses=("digital_signature",),
        extended=(ExtendedKeyUsageOID.OCSP_SIGNING,),
    )
    return Authority(root, issuing, stamping, responder, sealers, now)


def new_root(now: dt.datetime) -> Holder:
    """Make a root certificate with a new key."""
    return certificates.root("Modelstad wortel van zegels", new_key(), Validity(now - YEAR, now + 10 * YEAR))


def root_in(folder: Path) -> Holder:
    """Read the root that `make run` made: `seals-root.pem` and `seals-root.key`."""
    (key,) = _read_keys(folder / "seals-root.key")
    return Holder(x509.load_pem_x509_certificate((folder / "seals-root.pem").read_bytes()), key)


def keys_in(folder: Path) -> SealKeys:
    """Read the keys below that root from `seals.keys` in its folder; make the file when it cannot be read."""
    file = folder / "seals.keys"
    try:
        return SealKeys(*_read_keys(file))
    except (OSError, ValueError, TypeError):
        new = new_keys()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    half = file.with_name(f"{file.name}.{os.getpid()}")
    half.touch(mode=0o600)
    half.write_bytes(b"".join(getattr(new, each.name).private_bytes(*form) for each in fields(new)))
    half.rename(file)
    return new


def _read_keys(file: Path) -> list[rsa.RSAPrivateKey]:
    """Read the RSA keys of a PEM file of our own, without validating them, which would take a second each."""
    end = b"-----END PRIVATE KEY-----\n"
    texts = [text + end for text in file.read_bytes().split(end)[:-1]]
    keys = [serialization.load_pem_private_key(each, None, unsafe_skip_rsa_key_validation=True) for each in texts]
    rsa_keys = [key for key in keys if isinstance(key, rsa.RSAPrivateKey)]
    if not keys or len(rsa_keys) < len(keys):
        raise ValueError(f"{file.name} holds other than RSA keys")
    return rsa_keys
