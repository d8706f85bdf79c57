"""What the transports read before any parse function: signatures, registrations, tokens."""

import base64
import random
import tempfile
from pathlib import Path

from django.conf import settings
from lxml import etree

from portal.platform.sources.reading.outcomes import Down
from portal.platform.sources.tests import papers, town
from portal.platform.sources.transports import repertorium, rest_token
from portal.platform.sources.transports.signed_answer import UntrustedError, signed_part

from . import damage
from .case import Case, any_of, of_json

TOKEN = f".//{{{papers.WSSE}}}BinarySecurityToken"
DONE = "<Inhoud><Resultaat>1</Resultaat></Inhoud>"
REFUSED = town.exceptions(town.exception("40003"), town.exception("40143", kind="WAARSCHUWING"))

# The setting names a file, which is read as long as the fuzzer runs.
_FOLDER = tempfile.TemporaryDirectory(prefix="mbp-fuzz-")


def cases() -> list[Case]:
    """List signed answers, answers to a registration, and answers of an authorization server."""
    granted = {"access_token": "eyJ.eyJ.c2ln", "token_type": "Bearer", "expires_in": 300, "scope": "dv_x"}
    return [*_signed_answers(), *_registrations(), of_json("token of a JSON service", granted, _check_granted)]


def _signed_answers() -> list[Case]:
    authority = papers.issue("authority", is_authority=True)
    between = papers.issue("between", authority, is_authority=True)
    signer, direct = papers.issue("magda", between), papers.issue("magda", authority)
    settings.MAGDA_ANSWER_CA_FILE, _ = papers.write(Path(_FOLDER.name), "authority", authority)
    settings.MAGDA_SIGNATURE = "sha1"
    answer = town.answer(town.CONTENT)
    messages = {
        "signed by a path": papers.signed(answer, signer, between),
        "signed by one certificate": papers.signed(answer, direct, kind=papers.X509, how="sha1"),
    }
    harm = any_of(damage.harm_xml, damage.harm_bytes, _harm_certificate, _harm_certificate)
    return [Case(name, data, harm, _SignedCheck(data)) for name, data in messages.items()]


class _SignedCheck:
    """Damage is refused, or does not reach what was signed."""

    def __init__(self, whole: bytes) -> None:
        self.signed = signed_part(whole, papers.NOW)

    def __call__(self, data: bytes) -> None:
        try:
            read = signed_part(data, papers.NOW)
        except UntrustedError:
            return
        if read != self.signed:
            raise AssertionError("something else was read than what was signed")


def _harm_certificate(data: bytes, chance: random.Random) -> bytes:
    """Damage the certificates in a message's token."""
    root = etree.fromstring(data)
    token = root.find(TOKEN)
    assert token is not None
    der = bytearray(base64.b64decode(token.text or ""))
    for _ in range(chance.randint(1, 3)):
        # Mostly a byte is replaced by another: the lengths around it stay right, so the damage reaches deeper code.
        if chance.random() < 0.8:
            der[chance.randrange(len(der))] = chance.randrange(256)
        else:
            der = bytearray(damage.harm_bytes(bytes(der), chance)) or bytearray(b"\0")
    token.text = base64.b64encode(der).decode()
    return etree.tostring(root)


def _registrations() -> list[Case]:
    harm = any_of(damage.harm_xml, damage.harm_xml, damage.harm_bytes)
    return [
        Case("registration done", town.in_envelope(town.answer(DONE)), harm, _check_registration),
        Case("registration refused", town.in_envelope(town.answer("", refused=REFUSED)), harm, _check_registration),
        Case("registration in an answer", town.answer(REFUSED), harm, _check_registration),
    ]


def _check_registration(data: bytes) -> None:
    repertorium.needs_registration(data)
    said = repertorium.outcome(data, town.REFERTE)
    if said is None and town.REFERTE.encode() not in data:
        raise AssertionError("an answer to another registration was believed")


def _check_granted(data: bytes) -> None:
    granted = rest_token.granted_by(data)
    if not isinstance(granted, Down):
        granted.access_token.encode("ascii")
        assert granted.access_token.isprintable()
        assert granted.access_token
