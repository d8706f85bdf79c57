"""WS-Security: verify the signature of a question, sign an answer.

The town does it with libxmlsec1, which shares no code with what the portal signs and verifies with.
"""

import base64
import datetime as dt
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import xmlsec
from aiohttp import web
from aiohttp.typedefs import Middleware
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import verification
from lxml import etree

from sandbox.settings import Settings, SettingsError

from .answers import fault

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{_OASIS}wssecurity-secext-1.0.xsd"
WSU = f"{_OASIS}wssecurity-utility-1.0.xsd"
PKI_PATH = f"{_OASIS}x509-token-profile-1.0#X509PKIPathv1"
X509 = f"{_OASIS}x509-token-profile-1.0#X509v3"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_METHODS = (f"{DS}rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")
_DIGESTS = (f"{DS}sha1", "http://www.w3.org/2001/04/xmlenc#sha256")
# How much the clocks of the two sides may differ.
SKEW = dt.timedelta(seconds=60)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BadSignature(Exception):
    """A question's signature is missing or wrong; the text goes into the SOAP fault."""


@dataclass(frozen=True)
class SigningIdentity:
    """Hold what the town signs answers with.

    key: the file of its key (PEM). token: its certificate, as a PKIPath in base64, for a BinarySecurityToken.
    """

    key: Path
    token: str


def signing_identity(folder: Path) -> SigningIdentity:
    """Read the town's signing key and certificate from the folder of certificates.

    Raises SettingsError when they are missing or not RSA.
    """
    key = folder / "town-signing.key"
    try:
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        own = x509.load_pem_x509_certificate((folder / "town-signing.pem").read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(f"SANDBOX_SIGN_ANSWERS: town-signing.pem or .key cannot be used: {error}.") from error
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise SettingsError("SANDBOX_SIGN_ANSWERS: town-signing.key is not RSA.")
    der = own.public_bytes(serialization.Encoding.DER)
    # A path of one certificate, 256 bytes or more: its length takes two octets.
    path = b"\x30\x82" + len(der).to_bytes(2, "big") + der
    return SigningIdentity(key, base64.b64encode(path).decode())


def middleware(settings: Settings, clock: Callable[[], float]) -> Middleware:
    """Make the middleware that verifies questions and signs answers at every SOAP address.

    A signature that is there must be right; `is_signature_required` also refuses a question without one, and
    `signs_answers` has answers signed, by the algorithm of the question (RSA-SHA256 where it had none). A refusal is
    a SOAP fault, which is not signed. `clock` gives seconds since 1970. Raises SettingsError as `signing_identity`.
    """
    signing = signing_identity(settings.certificates) if settings.signs_answers else None

    @web.middleware
    async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.endswith("/soap/WebService"):
            return await handler(request)
        now = dt.datetime.fromtimestamp(clock(), dt.UTC)
        try:
            method = verify(await request.read(), settings.certificates / "ca.pem", now)
            if not method and settings.is_signature_required:
                raise BadSignature("De vraag is niet ondertekend.")
        except BadSignature as error:
            return web.Response(body=fault(str(error), "Client"), status=500, content_type="text/xml")
        response = await handler(request)
        if signing and isinstance(response, web.Response) and isinstance(response.body, bytes):
            response.body = sign(response.body, signing, method or _METHODS[1], now)
        return response

    return handle


def verify(message: bytes, authority: Path, now: dt.datetime) -> str:
    """Verify the signature of a question; give the URI of its algorithm, or "" when it carries none.

    `authority` is the file of the CA certificate. Raises BadSignature when the signature is wrong or stale, does not
    cover the Body and each Timestamp, or is by a certificate that the authority did not issue. A Timestamp may be
    left out. What is no XML carries no signature: whoever reads the question refuses it.
    """
    try:
        root = etree.fromstring(message, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return ""
    if not list(root.iter(f"{{{DS}}}Signature")) and not list(root.iter(f"{{{WSSE}}}Security")):
        return ""
    security = _only(root, f"{{{SOAP}}}Header/{{{WSSE}}}Security")
    signature = _only(security, f"{{{DS}}}Signature")
    body = _only(root, f"{{{SOAP}}}Body")
    signed = _signed_ids(signature)
    if body.get(f"{{{WSU}}}Id") not in signed:
        raise BadSignature("De Body is niet ondertekend.")
    for timestamp in security.iter(f"{{{WSU}}}Timestamp"):
        if timestamp.get(f"{{{WSU}}}Id") not in signed:
            raise BadSignature("De Timestamp is niet ondertekend.")
        _check_fresh(timestamp, now)
    leaf = _signer(_token(security, signature), authority, now)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(
        leaf.public_bytes(serialization.Encoding.DER), xmlsec.constants.KeyDataFormatCertDer
    )
    for element in root.iter():
        if element.get(f"{{{WSU}}}Id") is not None:
            try:
                context.register_id(element, "Id", WSU)
            except xmlsec.Error as error:
                raise BadSignature("Een wsu:Id staat er twee keer.") from error
    try:
        context.verify(signature)
    except xmlsec.Error as error:
        raise BadSignature("De handtekening klopt niet.") from error
    return _only(signature, f"{{{DS}}}SignedInfo/{{{DS}}}SignatureMethod").get("Algorithm", "")


def sign(message: bytes, signing: SigningIdentity, method: str, now: dt.datetime) -> bytes:
    """Sign the Body and a Timestamp of an answer; what is no SOAP envelope is given back as it is.

    `method` is the URI of the signature algorithm, of _METHODS.
    """
    try:
        root = etree.fromstring(message, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return message
    body = root.find(f"{{{SOAP}}}Body")
    if body is None:
        return message
    header = root.find(f"{{{SOAP}}}Header")
    if header is None:
        header = etree.Element(f"{{{SOAP}}}Header")
        root.insert(0, header)
    body.set(f"{{{WSU}}}Id", "answer-body")
    digest = _DIGESTS[_METHODS.index(method)]
    references = "".join(
        f'<ds:Reference URI="#{name}"><ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference>'
        for name in ("answer-time", "answer-body")
    )
    created, expires = (moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (now, now + dt.timedelta(minutes=5)))
    security = etree.fromstring(
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}"><wsse:BinarySecurityToken wsu:Id="answer-token" '
        f'EncodingType="{_OASIS}soap-message-security-1.0#Base64Binary" ValueType="{PKI_PATH}">{signing.token}'
        f'</wsse:BinarySecurityToken><wsu:Timestamp wsu:Id="answer-time"><wsu:Created>{created}</wsu:Created>'
        f"<wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp>"
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>'
        f'<ds:SignatureMethod Algorithm="{method}"/>{references}</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo>'
        f'<wsse:SecurityTokenReference><wsse:Reference URI="#answer-token" ValueType="{PKI_PATH}"/>'
        "</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security>"
    )
    header.append(security)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(str(signing.key), xmlsec.constants.KeyDataFormatPem)
    context.register_id(body, "Id", WSU)
    context.register_id(_only(security, f"{{{WSU}}}Timestamp"), "Id", WSU)
    context.sign(_only(security, f"{{{DS}}}Signature"))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _signed_ids(signature: etree._Element) -> set[str]:
    """List the ids of the elements that are signed. Raises BadSignature for an algorithm that is not allowed."""
    info = _only(signature, f"{{{DS}}}SignedInfo")
    algorithms = [
        (_only(info, f"{{{DS}}}CanonicalizationMethod"), (EXCLUSIVE,)),
        (_only(info, f"{{{DS}}}SignatureMethod"), _METHODS),
        *((element, (EXCLUSIVE,)) for element in info.iter(f"{{{DS}}}Transform")),
        *((element, _DIGESTS) for element in info.iter(f"{{{DS}}}DigestMethod")),
    ]
    if any(element.get("Algorithm") not in allowed for element, allowed in algorithms):
        raise BadSignature("De handtekening gebruikt een algoritme dat hier niet mag.")
    return {reference.get("URI", "").removeprefix("#") for reference in info.iter(f"{{{DS}}}Reference")}


def _check_fresh(timestamp: etree._Element, now: dt.datetime) -> None:
    try:
        created, expires = (
            dt.datetime.fromisoformat(timestamp.findtext(f"{{{WSU}}}{name}") or "") for name in ("Created", "Expires")
        )
        is_fresh = created - SKEW <= now <= expires + SKEW
    except (ValueError, TypeError) as error:
        raise BadSignature("De Timestamp is niet te lezen.") from error
    if not is_fresh:
        raise BadSignature("De Timestamp is verlopen.")


def _token(security: etree._Element, signature: etree._Element) -> etree._Element:
    token = _only(security, f"{{{WSSE}}}BinarySecurityToken")
    place = f"{{{DS}}}KeyInfo/{{{WSSE}}}SecurityTokenReference/{{{WSSE}}}Reference"
    if _only(signature, place).get("URI") != f"#{token.get(f'{{{WSU}}}Id')}":
        raise BadSignature("De handtekening noemt een ander certificaat.")
    return token


def _signer(token: etree._Element, authority: Path, now: dt.datetime) -> x509.Certificate:
    """Give the certificate of a token, after verifying its chain up to the authority. Raises BadSignature."""
    try:
        der = base64.b64decode("".join((token.text or "").split()), validate=True)
        chain = [x509.load_der_x509_certificate(der)] if token.get("ValueType") == X509 else _path(der)
        verifier = (
            verification.PolicyBuilder()
            .store(verification.Store([x509.load_pem_x509_certificate(authority.read_bytes())]))
            .time(now)
            # Not the checks for a web server: a certificate that signs need not name a host.
            .extension_policies(
                ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(),
                ee_policy=verification.ExtensionPolicy.permit_all(),
            )
            .build_client_verifier()
        )
        verifier.verify(chain[-1], chain[:-1])
    except (ValueError, TypeError, InvalidSignature, verification.VerificationError) as error:
        raise BadSignature("Het certificaat is niet vertrouwd.") from error
    return chain[-1]


def _path(der: bytes) -> list[x509.Certificate]:
    """Read a PKIPath: a SEQUENCE of certificates, each the issuer of the next; the signer's is the last."""
    start, end = _bounds(der, 0)
    chain: list[x509.Certificate] = []
    while start < end:
        _, after = _bounds(der, start)
        chain.append(x509.load_der_x509_certificate(der[start:after]))
        start = after
    if not chain or start != len(der):
        raise ValueError("PKIPath")
    for upper, lower in itertools.pairwise(chain):
        lower.verify_directly_issued_by(upper)
    return chain


def _bounds(der: bytes, at: int) -> tuple[int, int]:
    """Give the offsets at which the value of the DER SEQUENCE at `at` begins and ends."""
    if der[at : at + 1] != b"\x30" or at + 1 == len(der):
        raise ValueError("no SEQUENCE")
    octets = der[at + 1] & 0x7F if der[at + 1] & 0x80 else 0
    length = int.from_bytes(der[at + 2 : at + 2 + octets], "big") if octets else der[at + 1]
    return at + 2 + octets, at + 2 + octets + length


def _only(below: etree._Element, path: str) -> etree._Element:
    """Give the one element at a path. Raises BadSignature for none or several: which is meant would be a guess."""
    elements = below.findall(path)
    if len(elements) != 1:
        raise BadSignature("De handtekening is onvolledig of staat er twee keer.")
    return elements[0]
