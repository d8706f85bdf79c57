"""Keys and certificates of the model town and of the portal towards it, made at first start.

One certificate authority signs the town's server certificate, the portal's client certificate, and one of each for
signatures (RSA, as WS-Security at MAGDA wants). Its own key is never written down: when anything is due, all are
made again. Beside them lie three certificates that nobody should accept, for the town to show when it is told to.
"""

import datetime as dt
import ipaddress
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CLIENT_ID = "mijn-burgerprofiel"
# The last: every scope of government's JSON services, for tokens without a person.
SCOPES = ("openid", "profile", "rrn", "vo", "dv_*")
VALID_FOR = dt.timedelta(days=397)
RENEW_BEFORE = dt.timedelta(days=30)
_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PAIRS = ("town", "portal", "town-signing", "portal-signing")
# What is wrong with the certificates that are there to be refused.
REFUSABLE = ("stranger", "expired", "elsewhere")


@dataclass(frozen=True)
class Certificates:
    """Where everything lies; all PEM, except `clients`, the model town's list of OpenID clients (JSON)."""

    folder: Path

    @property
    def ca(self) -> Path:
        """The authority that both sides trust."""
        return self.folder / "ca.pem"

    @property
    def portal(self) -> Path:
        """The portal's client certificate."""
        return self.folder / "portal.pem"

    @property
    def portal_key(self) -> Path:
        """The private key of the client certificate."""
        return self.folder / "portal.key"

    @property
    def portal_signing(self) -> Path:
        """The certificate with which the portal signs its questions to MAGDA."""
        return self.folder / "portal-signing.pem"

    @property
    def portal_signing_key(self) -> Path:
        """The RSA key of that certificate."""
        return self.folder / "portal-signing.key"

    @property
    def oidc_key(self) -> Path:
        """The RSA key with which the portal signs in at the provider (private_key_jwt)."""
        return self.folder / "oidc.key"

    @property
    def oidc_public(self) -> Path:
        """The public half, which the provider holds."""
        return self.folder / "oidc.pub.pem"

    @property
    def machines(self) -> Path:
        """The folder with the keys of bodies' machines (`machine_keys`)."""
        return self.folder / "machines"

    @property
    def clients(self) -> Path:
        """The list of OpenID clients."""
        return self.folder / "clients.json"


def ensure(folder: Path, origin: str, now: dt.datetime | None = None) -> Certificates:
    """Make or renew what is missing, damaged or within 30 days of its end; register `origin` as OpenID client.

    `origin` is scheme, host and port of the portal; `now` is an aware time, by default the clock's.
    """
    now = now or dt.datetime.now(dt.UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = Certificates(folder)
    if not _all_good(folder, now):
        _make_all(folder, now)
    if not _is_rsa(made.oidc_key):
        _write_key(made.oidc_key, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    # Written every time: both cost nothing, and the origin follows PORT.
    key = serialization.load_pem_private_key(made.oidc_key.read_bytes(), None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    _write(made.oidc_public, key.public_key().public_bytes(serialization.Encoding.PEM, form), 0o644)
    client = {
        "client_id": CLIENT_ID,
        "public_key_file": str(made.oidc_public),
        "redirect_uris": [f"{origin}/aanmelden/terug/"],
        "post_logout_redirect_uris": [f"{origin}/afgemeld/", f"{origin}/aanmelden/", f"{origin}/"],
        "scopes": list(SCOPES),
    }
    _write(made.clients, json.dumps([client], indent=2).encode() + b"\n", 0o644)
    return made


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


def _make_all(folder: Path, now: dt.datetime) -> None:
    authority_key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Modelstad, alleen op deze machine")
    authority = (
        _draft(name, name, authority_key, authority_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        # Python 3.13's default context refuses an authority that does not say what its key is for.
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    local = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    portal = [x509.DNSName("portaal.invalid")]
    elsewhere = [x509.DNSName("elders.invalid")]
    server, client = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
    long_ago = now - VALID_FOR - dt.timedelta(days=1)
    for file, subject, purpose, names, begin in (
        ("town", "Modelstad", server, local, now),
        ("portal", "Mijn Burgerprofiel", client, portal, now),
        ("town-signing", "Modelstad, handtekening", client, local, now),
        ("portal-signing", "Mijn Burgerprofiel, handtekening", client, portal, now),
        ("expired", "Vervallen stad", server, local, long_ago),
        ("elsewhere", "Andere stad", server, elsewhere, now),
        ("stranger", "Vreemde stad", server, local, now),
    ):
        key: _Key = ec.generate_private_key(ec.SECP256R1())
        if file.endswith("-signing"):
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        # A stranger vouches for itself.
        issuer, issuer_key = (_name(subject), key) if file == "stranger" else (name, authority_key)
        certificate = (
            _draft(_name(subject), issuer, key, issuer_key, begin)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(issuer_key, hashes.SHA256())
        )
        _write_key(folder / f"{file}.key", key)
        _write(folder / f"{file}.pem", certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    _write(folder / "ca.pem", authority.public_bytes(serialization.Encoding.PEM), 0o644)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _draft(
    subject: x509.Name,
    issuer: x509.Name,
    key: _Key,
    issuer_key: _Key,
    now: dt.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A little earlier: clocks of containers on one machine differ by seconds.
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(file: Path, key: PrivateKeyTypes) -> None:
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(file, encoded, 0o600)


def _write(file: Path, content: bytes, mode: int) -> None:
    """Put `content` in place in one step, never readable to more people than `mode` says."""
    half = file.with_name(file.name + ".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as output:
        os.fchmod(output.fileno(), mode)
        output.write(content)
    half.rename(file)
