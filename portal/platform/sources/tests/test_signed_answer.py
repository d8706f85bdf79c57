"""An answer is read when its Body was signed by whom we trust, and nothing else in the message is ever read."""

import base64
import copy

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from portal.platform.sources.datasets import inquiry_of
from portal.platform.sources.reading.outcomes import Down, Ready
from portal.platform.sources.tests import papers
from portal.platform.sources.tests.papers import NAMES, NOW, SOAP, WSSE, WSU
from portal.platform.sources.transports import signed_answer
from portal.platform.sources.transports.magda_answer import read_answer
from portal.platform.sources.transports.signed_answer import UntrustedError, signed_part

from .town import ANOTHER, CONTENT, ENTRY, NUMBER, REFERTE, answer, in_envelope

AUTHORITY = papers.issue("authority", is_authority=True)
BETWEEN = papers.issue("between", AUTHORITY, is_authority=True)
MAGDA = papers.issue("magda", BETWEEN)
FOREIGN = papers.issue("authority", is_authority=True)
EVIL = papers.issue("magda", FOREIGN)

TRUE = answer(CONTENT)
FALSE = answer(CONTENT.replace("Snoek", "Haai"))
GOOD = papers.signed(TRUE, MAGDA, BETWEEN)


@pytest.fixture(autouse=True)
def _trusting(tmp_path_factory: pytest.TempPathFactory):
    file = tmp_path_factory.getbasetemp() / "authority.pem"
    file.write_bytes(AUTHORITY.pem)
    with override_settings(MAGDA_ANSWER_CA_FILE=str(file), MAGDA_SIGNATURE="sha256"):
        yield


def outcome_of(data):
    return read_answer(data, inquiry_of(ENTRY), asked_at=NOW, referte=REFERTE, insz=NUMBER)


def facts_of(data):
    outcome = outcome_of(data)
    assert isinstance(outcome, Ready)
    return outcome.value


@pytest.mark.parametrize("with_time", [True, False])
def test_signed_answer_is_read_as_it_was_signed(with_time):
    message = papers.signed(TRUE, MAGDA, BETWEEN, with_time=with_time)
    assert facts_of(signed_part(message, NOW)) == facts_of(in_envelope(TRUE))


def test_token_may_hold_the_whole_path_or_one_certificate():
    direct = papers.issue("magda", AUTHORITY)
    for message in (
        papers.signed(TRUE, MAGDA, AUTHORITY, BETWEEN),
        papers.signed(TRUE, direct),
        papers.signed(TRUE, direct, kind=papers.X509),
    ):
        assert isinstance(outcome_of(signed_part(message, NOW)), Ready)


def test_sha1_is_taken_only_where_we_sign_with_it():
    message = papers.signed(TRUE, MAGDA, BETWEEN, how="sha1")
    with pytest.raises(UntrustedError):
        signed_part(message, NOW)
    with override_settings(MAGDA_SIGNATURE="sha1"):
        assert isinstance(outcome_of(signed_part(message, NOW)), Ready)


def refused(message):
    with pytest.raises(UntrustedError):
        signed_part(message if isinstance(message, bytes) else etree.tostring(message), NOW)


@pytest.mark.parametrize(
    "message",
    [
        in_envelope(TRUE),
        TRUE,
        b"",
        b"<html/>",
        GOOD[:-1],
        GOOD.replace(b"Snoek", b"Haai"),
        GOOD.replace(NUMBER.encode(), ANOTHER.encode()),
        GOOD.replace(b"2026-01-01T00", b"2027-01-01T00"),
        GOOD.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
        b'<!DOCTYPE x [<!ENTITY e "Haai">]>' + GOOD,
        papers.signed(TRUE, EVIL),
        papers.signed(TRUE, EVIL, FOREIGN),
        papers.signed(TRUE, EVIL, AUTHORITY, BETWEEN),
        papers.signed(TRUE, MAGDA),
        papers.signed(TRUE, BETWEEN),
        papers.signed(TRUE, papers.issue("magda", AUTHORITY, days=-1)),
        papers.signed(TRUE, papers.issue("magda", MAGDA), BETWEEN, MAGDA),
    ],
    ids=[
        "not signed",
        "bare",
        "empty",
        "html",
        "cut off",
        "tampered",
        "another person",
        "time tampered",
        "signature tampered",
        "entity",
        "foreign",
        "foreign with its authority",
        "foreign with our authority",
        "no path to the authority",
        "an authority signs",
        "ended",
        "issued by who may not",
    ],
)
def test_what_is_not_signed_by_whom_we_trust_is_refused(message):
    refused(message)


def test_token_of_another_is_refused():
    root, other = etree.fromstring(GOOD), etree.fromstring(papers.signed(TRUE, papers.issue("m", BETWEEN), BETWEEN))
    place = ".//wsse:BinarySecurityToken"
    root.find(place, NAMES).text = other.find(place, NAMES).text
    refused(root)


def with_der(old, new):
    """Give the good message with some bytes of its token changed."""
    root = etree.fromstring(GOOD)
    token = root.find(".//wsse:BinarySecurityToken", NAMES)
    der = base64.b64decode(token.text)
    assert old in der
    token.text = base64.b64encode(der.replace(old, new)).decode()
    return etree.tostring(root)


@pytest.mark.parametrize(
    "message",
    [
        with_der(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07"),
        with_der(b"\x06\x03\x55\x1d\x0e", b"\x06\x03\x55\x1d\x0f"),
        with_der(b"\x06\x03\x55\x1d\x23", b"\x06\x03\x55\x1d\x11"),
        with_der(b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x63"),
    ],
    ids=["a version that is none", "an extension twice", "an extension of another kind", "a key of another kind"],
)
def test_certificate_that_is_odd_is_refused(message):
    refused(message)


def test_authority_that_cannot_be_read_is_our_own_trouble(tmp_path):
    with override_settings(MAGDA_ANSWER_CA_FILE=str(tmp_path / "none.pem")), pytest.raises(FileNotFoundError):
        signed_part(GOOD, NOW)


def wrapped_in_the_header(root, false):
    """The signed Body moves into the header; an unsigned one takes its place."""
    body = root.find("s:Body", NAMES)
    root.remove(body)
    etree.SubElement(root.find("s:Header", NAMES), "Wrapper").append(body)
    root.append(false)


def wrapped_with_the_same_id(root, false):
    """Both Bodies carry the id that is signed."""
    wrapped_in_the_header(root, false)
    false.set(f"{{{WSU}}}Id", "b")


def second_body_before(root, false):
    root.insert(1, false)


def second_body_after(root, false):
    root.append(false)


def wrapped_in_the_body(root, false):
    """The unsigned Body holds the signed one."""
    body = root.find("s:Body", NAMES)
    root.remove(body)
    false.append(body)
    root.append(false)


def same_id_elsewhere(root, false):
    etree.SubElement(root.find("s:Header", NAMES), "Other").set("Id", "b")


def only_the_time_is_signed(root, false):
    """The id of the Body is taken away: what is signed is no longer what is read."""
    root.find("s:Body", NAMES).attrib.clear()


def a_second_signature(root, false):
    security = root.find("s:Header/wsse:Security", NAMES)
    security.append(copy.deepcopy(security.find("ds:Signature", NAMES)))


def a_second_security(root, false):
    header = root.find("s:Header", NAMES)
    header.insert(0, etree.Element(f"{{{WSSE}}}Security"))
    header[0].append(header.find("wsse:Security[2]/wsse:BinarySecurityToken", NAMES))


def a_second_signed_info(root, false):
    info = root.find(".//ds:SignedInfo", NAMES)
    info.addnext(copy.deepcopy(info))


def another_transform(root, false):
    root.find(".//ds:Transform", NAMES).set("Algorithm", "http://www.w3.org/2000/09/xmldsig#enveloped-signature")


def a_key_beside_the_token(root, false):
    """A key of the attacker's own in the message."""
    info = root.find(".//ds:KeyInfo", NAMES)
    for element in list(info):
        info.remove(element)
    data = etree.SubElement(info, f"{{{papers.DS}}}X509Data")
    etree.SubElement(data, f"{{{papers.DS}}}X509Certificate").text = EVIL.pem.decode()


@pytest.mark.parametrize(
    "attack",
    [
        wrapped_in_the_header,
        wrapped_with_the_same_id,
        second_body_before,
        second_body_after,
        wrapped_in_the_body,
        same_id_elsewhere,
        only_the_time_is_signed,
        a_second_signature,
        a_second_security,
        a_second_signed_info,
        another_transform,
        a_key_beside_the_token,
    ],
)
def test_attack_on_a_signed_message_is_refused(attack):
    root = etree.fromstring(GOOD)
    attack(root, etree.fromstring(in_envelope(FALSE)).find("s:Body", NAMES))
    refused(root)


def test_what_stands_beside_the_signed_body_is_not_read():
    root = etree.fromstring(GOOD)
    root.append(etree.fromstring(FALSE))
    root.insert(0, etree.fromstring(FALSE))
    read = signed_part(etree.tostring(root), NOW)
    assert facts_of(read) == facts_of(in_envelope(TRUE))
    assert b"Haai" not in read


def test_comment_does_not_cut_a_value_short():
    message = GOOD.replace(b"Snoek", b"Sno<!-- -->ek")
    assert facts_of(signed_part(message, NOW)) == facts_of(in_envelope(TRUE))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_damage_is_refused_or_changes_nothing(at, flip):
    damaged = GOOD[:at] + bytes([GOOD[at] ^ flip]) + GOOD[at + 1 :]
    try:
        read = signed_part(damaged, NOW)
    except UntrustedError:
        return
    assert read == signed_part(GOOD, NOW)


async def test_refusal_reaches_the_page_as_an_outcome():
    assert await signed_answer.verify(in_envelope(TRUE)) == Down("unreadable", "signature")
    assert await signed_answer.verify(GOOD) == signed_part(GOOD, NOW)


def test_signed_part_is_in_an_envelope_of_its_own():
    root = etree.fromstring(signed_part(GOOD, NOW))
    assert [root.tag, [e.tag for e in root]] == [f"{{{SOAP}}}Envelope", [f"{{{SOAP}}}Body"]]
