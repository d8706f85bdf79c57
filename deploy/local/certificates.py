"""Keys and certificates of the model town and of the portal, made at the first start.

One certificate authority signs the town's server certificate, the portal's client certificate, and a certificate of
each for signatures (RSA, as WS-Security at MAGDA requires). The authority's key is never stored: when one certificate
is due, all are made again. Three more certificates are to be refused; the town shows one when its switch says so. The
seals of the town's attests have a root of their own, whose key the town has.
"""

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from trustme import CA, KeyType

CLIENT_ID = "mijn-burgerprofiel"
# `dv_*` stands for every scope of the JSON services, for tokens of machines.
SCOPES = ("openid", "profile", "rrn", "vo", "dv_*")
VALID_FOR = dt.timedelta(days=397)
RENEW_BEFORE = dt.timedelta(days=30)
PAIRS = ("town", "portal", "town-signing", "portal-signing")
# The certificates that are to be refused, named after what is wrong with them.
REFUSABLE = ("stranger", "expired", "elsewhere")


@dataclass(frozen=True)
class Certificates:
    """The files in the folder of certificates; all are PEM, except `clients`, the town's list of OpenID clients."""

    folder: Path

    @property
    def ca(self) -> Path:
        """Give the certificate of the authority that both sides trust."""
        return self.folder / "ca.pem"

    @property
    def portal(self) -> Path:
        """Give the portal's client certificate."""
        return self.folder / "portal.pem"

    @property
    def portal_key(self) -> Path:
        """Give the private key of the client certificate."""
        return self.folder / "portal.key"

    @property
    def portal_signing(self) -> Path:
        """Give the certificate with which the portal signs its questions to MAGDA."""
        return self.folder / "portal-signing.pem"

    @property
    def portal_signing_key(self) -> Path:
        """Give the RSA key of that certificate."""
        return self.folder / "portal-signing.key"

    @property
    def oidc_key(self) -> Path:
        """Give the RSA key by which the portal authenticates as a client of the provider (private_key_jwt)."""
        return self.folder / "oidc.key"

    @property
    def oidc_public(self) -> Path:
        """Give the public half of that key, for the provider."""
        return self.folder / "oidc.pub.pem"

    @property
    def source_tokens_key(self) -> Path:
        """Give the RSA key that signs source tokens, with which the portal asks partners about a citizen."""
        return self.folder / "source-tokens.key"

    @property
    def seals_root(self) -> Path:
        """Give the root certificate of the seals of the town's attests; its key, beside it, is for the town alone."""
        return self.folder / "seals-root.pem"

    @property
    def machines(self) -> Path:
        """Give the folder with the keys of bodies' machines (`machine_keys`)."""
        return self.folder / "machines"

    @property
    def clients(self) -> Path:
        """Give the JSON list of OpenID clients."""
        return self.folder / "clients.json"


def ensure(folder: Path, origin: str, now: dt.datetime | None = None) -> Certificates:
    """Make or renew what is missing, damaged or within 30 days of its end, and write the list of OpenID clients.

    `origin` is scheme, host and port of the portal, for its redirect URIs; `now` is an aware time, by default the
    clock's.
    """
    now = now or dt.datetime.now(dt.UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    certificates = Certificates(folder)
    if not _all_good(folder, now):
        _make_all(folder, now)
    for file in (certificates.oidc_key, certificates.source_tokens_key):
        if not _is_rsa(file):
            _write_key(file, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    if not _is_root(certificates.seals_root, now):
        _make_seals_root(certificates.seals_root, now)
    # These are written every time, as the origin may have another port than before.
    key = serialization.load_pem_private_key(certificates.oidc_key.read_bytes(), None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    _write(certificates.oidc_public, key.public_key().public_bytes(serialization.Encoding.PEM, form), 0o644)
    client = {
        "client_id": CLIENT_ID,
        "public_key_file": str(certificates.oidc_public),
        "redirect_uris": [f"{origin}/aanmelden/terug/"],
        "post_logout_redirect_uris": [f"{origin}/afgemeld/", f"{origin}/aanmelden/", f"{origin}/"],
        "scopes": list(SCOPES),
    }
    _write(certificates.clients, json.dumps([client], indent=2).encode() + b"\n", 0o644)
    return certificates


def _all_good(folder: Path, now: dt.datetime) -> bool:
    """Tell whether authority, certificates and keys can be read, belong together and last long enough."""
    if not all((folder / f"{name}.{kind}").is_file() for name in REFUSABLE for kind in ("pem", "key")):
        return False
    try:
        authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        for name in PAIRS:
            certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
            key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
            certificate.verify_directly_issued_by(authority)
            if certificate.public_key() != key.public_key():
                return False
            if min(authority.not_valid_after_utc, certificate.not_valid_after_utc) - now < RENEW_BEFORE:
                return False
            if certificate.not_valid_before_utc > now:
                return False
    except (OSError, ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_rsa(file: Path) -> bool:
    try:
        return isinstance(serialization.load_pem_private_key(file.read_bytes(), None), rsa.RSAPrivateKey)
    except (OSError, ValueError, TypeError):
        return False


def _is_root(file: Path, now: dt.datetime) -> bool:
    """Tell whether the root of the seals and its key can be read, and it lasts a year more."""
    try:
        root = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(file.with_suffix(".key").read_bytes(), None)
    except (OSError, ValueError, TypeError):
        return False
    return root.public_key() == key.public_key() and root.not_valid_after_utc - now > dt.timedelta(days=365)


def _make_seals_root(file: Path, now: dt.datetime) -> None:
    """Make a root for seals alone, so that no server certificate can pass for a sealer's, or the reverse."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "BE"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Modelstad (demonstratie)"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "Modelstad wortel van zegels"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    root = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - VALID_FOR)
        .not_valid_after(now + 10 * VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(file.with_suffix(".key"), key)
    _write(file, root.public_bytes(serialization.Encoding.PEM), 0o644)


def _make_all(folder: Path, now: dt.datetime) -> None:
    """Make a new authority and every certificate of PAIRS and REFUSABLE."""
    authority = CA(path_length=0, organization_name="Modelstad, alleen op deze machine")
    stranger = CA(path_length=0, organization_name="Vreemde stad")
    local = ("localhost", "127.0.0.1")
    portal = ("portaal.invalid",)
    long_ago = now - VALID_FOR - dt.timedelta(days=1)
    for file, subject, names, begin in (
        ("town", "Modelstad", local, now),
        ("portal", "Mijn Burgerprofiel", portal, now),
        ("town-signing", "Modelstad, handtekening", local, now),
        ("portal-signing", "Mijn Burgerprofiel, handtekening", portal, now),
        ("expired", "Vervallen stad", local, long_ago),
        ("elsewhere", "Andere stad", ("elders.invalid",), now),
        ("stranger", "Vreemde stad", local, now),
    ):
        issued = (stranger if file == "stranger" else authority).issue_cert(
            *names,
            common_name=subject,
            # It begins earlier, since the clocks of containers on one machine may differ by seconds.
            not_before=begin - dt.timedelta(minutes=5),
            not_after=begin + VALID_FOR,
            key_type=KeyType.RSA if file.endswith("-signing") else KeyType.ECDSA,
        )
        _write(folder / f"{file}.key", issued.private_key_pem.bytes(), 0o600)
        _write(folder / f"{file}.pem", issued.cert_chain_pems[0].bytes(), 0o644)
    _write(folder / "ca.pem", authority.cert_pem.bytes(), 0o644)


def _write_key(file: Path, key: rsa.RSAPrivateKey) -> None:
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(file, encoded, 0o600)


def _write(file: Path, content: bytes, mode: int) -> None:
    """Write a file atomically, at no moment readable for more people than `mode` allows."""
    half = file.with_name(file.name + ".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as output:
        os.fchmod(output.fileno(), mode)
        output.write(content)
    half.rename(file)
