"""Signatures on questions are verified, and answers are signed when the settings say so."""

import base64
import dataclasses
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from deploy.local.house import free_ports
from sandbox import settings as town_settings
from sandbox.magda import signatures
from sandbox.magda.signatures import BadSignature, SigningIdentity, sign, verify
from sandbox.serving import open_town
from sandbox.settings import Settings, SettingsError
from sandbox.state import build
from sandbox.tests import papers
from sandbox.tests.test_magda import PATH, ask

SHA1, SHA256 = signatures._METHODS
Post = Callable[[bytes | str], "object"]


def now() -> dt.datetime:
    """Give the time of the call: a whole run of the tests takes longer than a signature is valid."""
    return dt.datetime.now(dt.UTC)


def identity(folder: Path, name: str = "client") -> SigningIdentity:
    """Give the signing identity of a certificate in a folder."""
    der = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes()).public_bytes(Encoding.DER)
    path = b"\x30\x82" + len(der).to_bytes(2, "big") + der
    return SigningIdentity(folder / f"{name}.key", base64.b64encode(path).decode())


@pytest.fixture
def question(settings: Settings) -> bytes:
    return sign(ask().encode(), identity(settings.certificates), SHA256, now())


def check(message: bytes, settings: Settings, late: dt.timedelta = dt.timedelta()) -> str:
    return verify(message, settings.certificates / "ca.pem", now() + late)


@pytest.mark.parametrize("method", [SHA1, SHA256])
def test_both_ways_of_signing_are_verified(settings, method):
    assert check(sign(ask().encode(), identity(settings.certificates), method, now()), settings) == method


def test_question_without_signature_has_none(settings):
    assert [check(message, settings) for message in (ask().encode(), b"", b"<x", b"<x/>")] == [""] * 4


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (papers.NUMBER.encode(), papers.OTHER.encode(), "klopt niet"),
        (b"answer-body", b"answer-time", "twee keer"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA", "klopt niet"),
        (b"<wsu:Created>2", b"<wsu:Created>1", "klopt niet"),
        (b"xmlenc#sha256", b"xmlenc#sha512", "algoritme"),
        (b"#answer-token", b"#another", "ander certificaat"),
        (b"</wsse:BinarySecurityToken>", b"AAAA</wsse:BinarySecurityToken>", "niet vertrouwd"),
    ],
)
def test_tampered_question_is_refused(question, settings, before, after, words):
    assert before in question
    with pytest.raises(BadSignature, match=words):
        check(question.replace(before, after), settings)


@pytest.mark.parametrize("late", [dt.timedelta(minutes=7), -dt.timedelta(minutes=2)])
def test_stale_or_future_question_is_refused(question, settings, late):
    with pytest.raises(BadSignature, match="verlopen"):
        check(question, settings, late)


def test_signature_of_a_stranger_is_refused(tmp_path, settings):
    papers.write_certificates(tmp_path)
    with pytest.raises(BadSignature, match="niet vertrouwd"):
        check(sign(ask().encode(), identity(tmp_path), SHA256, now()), settings)


def test_body_that_was_wrapped_is_refused(question, settings):
    root = etree.fromstring(question)
    body = root.find(f"{{{signatures.SOAP}}}Body")
    header = root.find(f"{{{signatures.SOAP}}}Header")
    assert body is not None
    assert header is not None
    header.append(body)
    root.append(etree.fromstring(ask(papers.OTHER))[0])
    with pytest.raises(BadSignature, match="Body is niet ondertekend"):
        check(etree.tostring(root), settings)


def test_same_id_twice_is_refused(question, settings):
    with pytest.raises(BadSignature, match="twee keer"):
        check(
            question.replace(b"<Verzoek>", b'<Verzoek xmlns:u="%s" u:Id="answer-body">' % signatures.WSU.encode()),
            settings,
        )


@pytest_asyncio.fixture
async def post(settings: Settings) -> AsyncIterator[Post]:
    """Send a question to a town that demands signatures and gives them; returns status and body."""
    for kind in ("pem", "key"):
        (settings.certificates / f"town-signing.{kind}").write_bytes(
            (settings.certificates / f"town.{kind}").read_bytes()
        )
    port, tls_port, smtp_port = free_ports(3)
    strict = dataclasses.replace(
        settings,
        port=port,
        tls_port=tls_port,
        smtp_port=smtp_port,
        is_signature_required=True,
        signs_answers=True,
    )
    context = ssl.create_default_context(cafile=settings.certificates / "ca.pem")
    context.load_cert_chain(settings.certificates / "client.pem", settings.certificates / "client.key")
    async with (
        open_town(build(strict)),
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context, force_close=True)) as http,
    ):

        async def send(body):
            async with http.post(f"https://127.0.0.1:{strict.tls_port}{PATH}", data=body) as answer:
                return answer.status, await answer.read()

        yield send


async def test_town_demands_a_signature_and_signs_its_answer(post, question, settings):
    status, answer = await post(question)
    assert (status, check(answer, settings)) == (200, SHA256)
    assert b"<Voornaam>An</Voornaam>" in answer


async def test_answer_is_signed_as_the_question_was(post, settings):
    _, answer = await post(sign(ask().encode(), identity(settings.certificates), SHA1, now()))
    assert check(answer, settings) == SHA1


@pytest.mark.parametrize(
    "damage", [lambda _: ask().encode(), lambda question: question.replace(papers.NUMBER.encode(), b"1")]
)
async def test_question_without_a_good_signature_is_a_fault(post, question, damage):
    status, answer = await post(damage(question))
    root = etree.fromstring(answer)
    assert (status, root.findtext(".//faultcode")) == (500, "soapenv:Client")


def test_town_without_rsa_key_cannot_sign(tmp_path):
    with pytest.raises(SettingsError, match="town-signing"):
        signatures.signing_identity(tmp_path)


@pytest.mark.parametrize("name", ["SANDBOX_SIGNATURE", "SANDBOX_SIGN_ANSWERS"])
def test_other_words_are_refused(name):
    with pytest.raises(SettingsError, match=name):
        town_settings._flag({name: "ja"}, name, "1")
