"""Sign questions to MAGDA: WS-Security 1.1 with an X.509 PKIPath token (contract: `magda.md` 1.4).

The signature covers the Body, as MAGDA documents, and a Timestamp, so that a question cannot be replayed later. Every
signed part is written such that its text is its canonical form already (exclusive C14N, no comments): a digest is
then a hash of that text, and nothing is parsed or serialised per question (docs/decisions/0006).
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

from portal.platform.kit.errors import PortalError

WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
PKI_PATH = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1"
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"

BODY_ID = "body"
LASTS = timedelta(minutes=5)  # from the Created to the Expires of a Timestamp
SMALLEST_KEY = 2048  # bits
_PADDING = padding.PKCS1v15()


class UnfitToSignError(PortalError):
    """The key and the certificates cannot sign questions."""

    code = "signing"


@dataclass(frozen=True)
class SigningMethod:
    """A way to sign: the names of its algorithms in XML, and the functions that do it.

    hash: for the signature; new_digest: the constructor of `hashlib` for digests.
    """

    signature: str
    digest: str
    hash: hashes.HashAlgorithm
    new_digest: Any


METHODS = {
    # As MAGDA documents. The collision weakness of SHA-1 does not let others sign for us, yet SHA-256 is better.
    "sha1": SigningMethod(f"{DS}rsa-sha1", f"{DS}sha1", hashes.SHA1(), hashlib.sha1),  # noqa: S303 - as documented
    "sha256": SigningMethod(
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmlenc#sha256",
        hashes.SHA256(),
        hashlib.sha256,
    ),
}

# Canonical: attributes in order, namespaces where they are first used, no empty-element tags.
_TIMESTAMP = (
    f'<wsu:Timestamp xmlns:wsu="{WSU}" wsu:Id="time"><wsu:Created>%s</wsu:Created>'
    "<wsu:Expires>%s</wsu:Expires></wsu:Timestamp>"
)
_REFERENCE = (
    f'<ds:Reference URI="#%s"><ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE}"></ds:Transform></ds:Transforms>'
    '<ds:DigestMethod Algorithm="%s"></ds:DigestMethod><ds:DigestValue>%s</ds:DigestValue></ds:Reference>'
)
_SIGNED_INFO = (
    f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}">'
    '</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="%s"></ds:SignatureMethod>%s</ds:SignedInfo>'
)
_SECURITY = (
    f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" soapenv:mustUnderstand="1"><wsse:BinarySecurityToken '
    f'EncodingType="{BASE64}" ValueType="{PKI_PATH}" wsu:Id="token">%s</wsse:BinarySecurityToken>%s'
    f'<ds:Signature xmlns:ds="{DS}">%s<ds:SignatureValue>%s</ds:SignatureValue><ds:KeyInfo>'
    f'<wsse:SecurityTokenReference><wsse:Reference URI="#token" ValueType="{PKI_PATH}"/>'
    "</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security>"
)


@dataclass(frozen=True)
class Signer:
    """A key with the templates of a signature; loaded once.

    signed_info: a template for the digests of Body and Timestamp. security: a template of the header, with the chain,
    for the Timestamp, the SignedInfo and the signature.
    """

    key: rsa.RSAPrivateKey
    method: SigningMethod
    signed_info: str
    security: str

    def header(self, body: bytes, now: datetime) -> str:
        """Write the `wsse:Security` header of a question; `now` is UTC.

        body: the whole Body element in exclusive canonical form, with `wsu:Id="body"`, as it will be sent. The
              header stands in an envelope that binds the prefix `soapenv`.
        """
        timestamp = _TIMESTAMP % (_moment(now), _moment(now + LASTS))
        signed_info = self.signed_info % (self._digest(body), self._digest(timestamp.encode()))
        value = self.key.sign(signed_info.encode(), _PADDING, self.method.hash)
        return self.security % (timestamp, signed_info, _base64(value))

    def _digest(self, canonical: bytes) -> str:
        return _base64(self.method.new_digest(canonical, usedforsecurity=False).digest())


def signer() -> Signer | None:
    """Give the signer of our questions; None when they are not to be signed.

    Raises UnfitToSignError, OSError or ValueError when key and certificate cannot be used.
    """
    if not settings.MAGDA_SIGNATURE:
        return None
    return _load(settings.MAGDA_SIGNATURE, settings.MAGDA_SIGNING_CERTIFICATE_FILE, settings.MAGDA_SIGNING_KEY_FILE)


@cache
def _load(method: str, certificate_file: str, key_file: str) -> Signer:
    key = serialization.load_pem_private_key(Path(key_file).read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SMALLEST_KEY:
        raise UnfitToSignError(f"{key_file} holds no RSA key of {SMALLEST_KEY} bits or more.")
    chain = x509.load_pem_x509_certificates(Path(certificate_file).read_bytes())
    own = next((one for one in chain if one.public_key() == key.public_key()), None)
    if own is None:
        raise UnfitToSignError(f"{certificate_file} has no certificate of the key in {key_file}.")
    return _ready(key, _base64(pki_path(own, chain)), METHODS[method])


def _ready(key: rsa.RSAPrivateKey, token: str, method: SigningMethod) -> Signer:
    """Make the signer, with all text that questions share, so that a question costs only digests and a signature."""
    references = "".join(_REFERENCE % (name, method.digest, "%s") for name in (BODY_ID, "time"))
    signed_info = _SIGNED_INFO % (method.signature, references)
    return Signer(key, method, signed_info, _SECURITY % (token, "%s", "%s", "%s"))


def pki_path(own: x509.Certificate, known: Sequence[x509.Certificate]) -> bytes:
    """Write a certificate with its issuers as a PKIPath: a DER SEQUENCE OF Certificate, with `own` at the end.

    The order is that of X.509 (2005) annex A: each certificate is the issuer of the next. `known` may hold other
    certificates too.
    """
    path = [own]
    while above := next((one for one in known if one not in path and one.subject == path[0].issuer), None):
        path.insert(0, above)
    content = b"".join(one.public_bytes(serialization.Encoding.DER) for one in path)
    return b"\x30" + _der_length(len(content)) + content


def _der_length(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def _moment(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
