"""Check the WS-Security signature of an answer, and give only what was signed (contract: `magda.md` 1.4).

`signxml` verifies. What it has to expect is fixed here: one Security header with one signature over the one Body of
the envelope, RSA, a certificate that leads to the configured authority. Readers get the signed text itself, and never
see anything else that a message holds, moved or wrapped.
"""

import asyncio
import base64
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.x509 import verification
from django.conf import settings
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.verifier import SignatureConfiguration, XMLVerifier

from ..reading.outcomes import Down
from ..reading.xml import Element, parse_xml
from .ws_security import DS, EXCLUSIVE, PKI_PATH, WSSE, WSU

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
X509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
_SECURITY = f"./{{{SOAP}}}Header/{{{WSSE}}}Security/"
# This parser keeps white space, unlike our other one: it is signed too.
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
# Attributes of one element, or namespaces in scope. No real message has so many, and canonicalisation sorts them in
# time with the square of their number.
MOST_NAMES = 200
# A certificate's verification is cached for an hour.
_HOUR = 3600


class UntrustedError(Exception):
    """The signature is missing, wrong, over something else, or by an unknown signer."""


async def verify(data: bytes) -> bytes | Down:
    """Give the signed Body of an answer in an envelope of its own, or the outcome of one that is not trusted.

    It runs in a thread, since it takes milliseconds (docs/decisions/0006).
    """
    try:
        return await asyncio.to_thread(signed_part, data, datetime.now(UTC))
    except UntrustedError:
        return Down("unreadable", "signature")


def signed_part(data: bytes, now: datetime) -> bytes:
    """Verify a message and give its Body as it was signed, in an envelope; now: UTC.

    Raises UntrustedError for any other message, and OSError when the file of authorities cannot be read.
    """
    try:
        root = parse_xml(data)
        _check_names(root)
        body = _only(root, f"./{{{SOAP}}}Body")
        if root.tag != f"{{{SOAP}}}Envelope" or len(list(root.iter(f"{{{DS}}}Signature"))) != 1:
            raise UntrustedError
        _only(root, _SECURITY.removesuffix("/"))
        signature = _only(root, f"{_SECURITY}{{{DS}}}Signature")
        places = _references(signature)
        at = places.index(f"#{body.get(f'{{{WSU}}}Id')}")
        token = _token(root, signature)
        allowed = "sha1" if settings.MAGDA_SIGNATURE == "sha1" else ""
        leaf = _trusted_signer(
            token.get("ValueType", ""),
            "".join((token.text or "").split()),
            settings.MAGDA_ANSWER_CA_FILE,
            int(now.timestamp()) // _HOUR,
        )
        results = XMLVerifier().verify(data, x509_cert=leaf, parser=_PARSER, expect_config=_expectation(allowed, now))
    except (UntrustedError, OSError):
        # An OSError concerns our own file of authorities, and not the message.
        raise
    except Exception as error:
        # Three libraries parse untrusted input here and raise a dozen unrelated exceptions. Whatever any of them
        # raises is a refusal.
        raise UntrustedError(type(error).__name__) from error
    signed = results[at] if isinstance(results, list) else results
    if signed.signed_xml is None or signed.signed_xml.tag != body.tag:
        raise UntrustedError
    return f'<s:Envelope xmlns:s="{SOAP}">'.encode() + signed.signed_data + b"</s:Envelope>"


def _check_names(root: Element) -> None:
    """Refuse a message that would take long to write in canonical form."""
    in_scope = 0
    for event, element in etree.iterwalk(root, events=("start", "start-ns", "end-ns")):
        if event != "start":
            in_scope += 1 if event == "start-ns" else -1
        if in_scope > MOST_NAMES or (event == "start" and len(element.attrib) > MOST_NAMES):
            raise UntrustedError


def _references(signature: Element) -> list[str]:
    """List the URIs of what is signed, in order; refuse any other transform than exclusive C14N."""
    references = _only(signature, f"./{{{DS}}}SignedInfo").findall(f"./{{{DS}}}Reference")
    for reference in references:
        transforms = [e.get("Algorithm") for e in reference.iter(f"{{{DS}}}Transform")]
        if transforms != [EXCLUSIVE]:
            raise UntrustedError
    return [reference.get("URI", "") for reference in references]


def _token(root: Element, signature: Element) -> Element:
    """Find the one BinarySecurityToken, and refuse it unless the signature refers to it."""
    token = _only(root, f"{_SECURITY}{{{WSSE}}}BinarySecurityToken")
    reference = _only(signature, f"./{{{DS}}}KeyInfo/{{{WSSE}}}SecurityTokenReference/{{{WSSE}}}Reference")
    if reference.get("URI") != f"#{token.get(f'{{{WSU}}}Id')}":
        raise UntrustedError
    return token


def _only(below: Element, path: str) -> Element:
    found = below.findall(path)
    if len(found) != 1:
        raise UntrustedError
    return found[0]


def _expectation(allowed: str, now: datetime) -> SignatureConfiguration:
    # SHA-1 is accepted only if we sign with it ourselves.
    methods = {SignatureMethod.RSA_SHA256} | ({SignatureMethod.RSA_SHA1} if allowed else set())
    digests = {DigestAlgorithm.SHA256} | ({DigestAlgorithm.SHA1} if allowed else set())
    return SignatureConfiguration(
        location=_SECURITY,
        expect_references=True,
        signature_methods=frozenset(methods),
        digest_algorithms=frozenset(digests),
        verification_time=now,
    )


@lru_cache(maxsize=64)
def _trusted_signer(kind: str, token: str, authority_file: str, hour: int) -> x509.Certificate:
    """Give the signer's certificate when it leads to the authority at that hour and may sign; else raises."""
    chain = _certificates(kind, base64.b64decode(token, validate=True))
    authorities = x509.load_pem_x509_certificates(Path(authority_file).read_bytes())
    verifier = (
        verification.PolicyBuilder()
        .store(verification.Store(authorities))
        .time(datetime.fromtimestamp(hour * _HOUR + _HOUR - 1, UTC))
        # Not the checks for a web server: only those that a signature needs.
        .extension_policies(
            ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(),
            ee_policy=verification.ExtensionPolicy.permit_all().may_be_present(
                x509.KeyUsage, verification.Criticality.AGNOSTIC, _may_sign
            ),
        )
        .build_client_verifier()
    )
    verifier.verify(chain[0], chain[1:])
    return chain[0]


def _may_sign(_: verification.Policy, __: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.digital_signature:
        raise ValueError("not for signatures")


def _certificates(kind: str, der: bytes) -> list[x509.Certificate]:
    """Take a token apart; the signer's certificate first. Raises ValueError."""
    if kind == X509:
        return [x509.load_der_x509_certificate(der)]
    if kind != PKI_PATH:
        raise ValueError("token")
    content, rest = _der_value(der)
    found: list[x509.Certificate] = []
    while content:
        _, after = _der_value(content)
        found.insert(0, x509.load_der_x509_certificate(content[: len(content) - len(after)]))
        content = after
    if rest or not found:
        raise ValueError("PKIPath")
    return found


def _der_value(der: bytes) -> tuple[bytes, bytes]:
    """Split DER into the value of its first SEQUENCE and what follows it."""
    if len(der) < 2 or der[0] != 0x30:
        raise ValueError("no SEQUENCE")
    start, length = 2, der[1]
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start], "big")
    if len(der) < start + length:
        raise ValueError("cut off")
    return der[start : start + length], der[start + length :]
