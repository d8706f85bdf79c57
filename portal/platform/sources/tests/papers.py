"""Chains of certificates, and what libxmlsec1 makes of a signed message: other code than the portal's."""

import base64
import datetime as dt
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{_OASIS}wssecurity-secext-1.0.xsd"
WSU = f"{_OASIS}wssecurity-utility-1.0.xsd"
PKI_PATH = f"{_OASIS}x509-token-profile-1.0#X509PKIPathv1"
X509 = f"{_OASIS}x509-token-profile-1.0#X509v3"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ALGORITHMS = {
    "sha1": (f"{DS}rsa-sha1", f"{DS}sha1"),
    "sha256": ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"),
}
NAMES = {"s": SOAP, "wsse": WSSE, "wsu": WSU, "ds": DS}
LOOPBACK = ip_address("127.0.0.1")
NOW = dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Paper:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def issue(
    name: str,
    by: Paper | None = None,
    *,
    is_authority: bool = False,
    days: int = 30,
    size: int = 2048,
    has_usage: bool = True,
) -> Paper:
    """Issue a certificate, self-signed without `by`; it ends after so many days, perhaps in the past."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=size)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = by or Paper(None, key)
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    unsigned = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=60))
        .not_valid_after(NOW + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
    )
    if has_usage:
        allowed = x509.KeyUsage(
            digital_signature=not is_authority, key_cert_sign=is_authority, crl_sign=is_authority, **usage
        )
        unsigned = unsigned.add_extension(allowed, critical=True)
    return Paper(unsigned.sign(issuer.key, hashes.SHA256()), key)


def write(folder: Path, name: str, *chain: Paper) -> tuple[str, str]:
    """Write the chain and the key of its first; returns both paths."""
    pem, key = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(b"".join(paper.pem for paper in chain))
    key.write_bytes(chain[0].key_pem)
    return str(pem), str(key)


def sequence(*parts: bytes) -> bytes:
    """Write a DER SEQUENCE of 256 to 65535 bytes."""
    content = b"".join(parts)
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


def path_of(token: str) -> list[bytes]:
    """Take a PKIPath apart into DER certificates, in the order in which they stand."""
    der = base64.b64decode(token)
    assert der[:2] == b"\x30\x82"
    assert int.from_bytes(der[2:4], "big") == len(der) - 4
    found, at = [], 4
    while at < len(der):
        assert der[at : at + 2] == b"\x30\x82"
        end = at + 4 + int.from_bytes(der[at + 2 : at + 4], "big")
        found.append(der[at:end])
        at = end
    return found


def holds(message: bytes, certificate: bytes) -> bool:
    """Tell whether the signature in a message verifies with a certificate (DER), by libxmlsec1."""
    root = etree.fromstring(message)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertDer)
    for element in root.iter():
        if element.get(f"{{{WSU}}}Id") is not None:
            context.register_id(element, "Id", WSU)
    try:
        context.verify(root.find("s:Header/wsse:Security/ds:Signature", NAMES))
    except xmlsec.Error:
        return False
    return True


def signed(
    inside: bytes, signer: Paper, *above: Paper, how: str = "sha256", kind: str = PKI_PATH, with_time: bool = True
) -> bytes:
    """Sign an answer as MAGDA would, by libxmlsec1; the token holds the certificates above the signer's first."""
    signature, digest = ALGORITHMS[how]
    token = signer.der if kind == X509 else sequence(*(paper.der for paper in above), signer.der)
    references = "".join(
        f'<ds:Reference URI="#{name}"><ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference>'
        for name in (("t", "b") if with_time else ("b",))
    )
    time = '<u:Timestamp u:Id="t"><u:Created>2026-01-01T00:00:00Z</u:Created></u:Timestamp>'
    root = etree.fromstring(
        (
            f'<s:Envelope xmlns:s="{SOAP}" xmlns:u="{WSU}"><s:Header><w:Security xmlns:w="{WSSE}">'
            f'<w:BinarySecurityToken u:Id="k" ValueType="{kind}">{base64.b64encode(token).decode()}'
            f'</w:BinarySecurityToken>{time if with_time else ""}<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/><ds:SignatureMethod Algorithm="{signature}"/>'
            f"{references}</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><w:SecurityTokenReference>"
            f'<w:Reference URI="#k"/></w:SecurityTokenReference></ds:KeyInfo></ds:Signature></w:Security></s:Header>'
            f'<s:Body u:Id="b">'
        ).encode()
        + inside.removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>')
        + b"</s:Body></s:Envelope>"
    )
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(signer.key_pem, xmlsec.constants.KeyDataFormatPem)
    for element in root.iter():
        if element.get(f"{{{WSU}}}Id") is not None:
            context.register_id(element, "Id", WSU)
    context.sign(root.find("s:Header/wsse:Security/ds:Signature", NAMES))
    return etree.tostring(root)
