"""Questions have a signature that other programs verify, and that covers everything that counts."""

import json
import string
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from portal.platform.sources import catalogue
from portal.platform.sources.manifest import Magda
from portal.platform.sources.tests import papers
from portal.platform.sources.tests.papers import NAMES, NOW
from portal.platform.sources.transports import magda_question, repertorium, rest, ws_security
from portal.platform.sources.transports.magda_question import BadQuestionError

SERVICE = Magda("Natuur", "GeefVangsten", "01.00.0000", "urn:vangsten", "q.xml")
CONTENT = "<Inhoud><Criteria><INSZ>${insz}</INSZ></Criteria></Inhoud>"
NUMBER = "84651421235"

AUTHORITY = papers.issue("authority", is_authority=True)
BETWEEN = papers.issue("between", AUTHORITY, is_authority=True)
PORTAL = papers.issue("portal", BETWEEN)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    return tmp_path_factory.mktemp("papers")


def configured(folder, how, *chain):
    pem, key = papers.write(folder, "portal", *(chain or (PORTAL, BETWEEN)))
    ws_security._load.cache_clear()
    return override_settings(MAGDA_SIGNATURE=how, MAGDA_SIGNING_CERTIFICATE_FILE=pem, MAGDA_SIGNING_KEY_FILE=key)


def question(insz=NUMBER, now=NOW):
    return magda_question.envelope(SERVICE, CONTENT, {"insz": insz}, "a-reference", now)


@pytest.mark.parametrize("how", ["sha1", "sha256"])
def test_signature_is_accepted_by_an_independent_library(folder, how):
    with configured(folder, how):
        message = question()
    assert papers.holds(message, PORTAL.der)
    root = etree.fromstring(message)
    info = root.find(".//ds:SignedInfo", NAMES)
    algorithms = [
        info.find("ds:SignatureMethod", NAMES).get("Algorithm"),
        *{e.get("Algorithm") for e in info.iter(f"{{{papers.DS}}}DigestMethod")},
    ]
    assert algorithms == list(papers.ALGORITHMS[how])
    assert [e.get("URI") for e in info.iter(f"{{{papers.DS}}}Reference")] == ["#body", "#time"]
    assert {e.get("Algorithm") for e in info.iter(f"{{{papers.DS}}}Transform")} == {papers.EXCLUSIVE}


def test_signed_is_the_body_and_the_token_is_what_it_refers_to(folder):
    with configured(folder, "sha256"):
        root = etree.fromstring(question())
    ids = {e.get(f"{{{papers.WSU}}}Id"): etree.QName(e).localname for e in root.iter() if e.keys()}
    assert {name: ids[name] for name in ("body", "time", "token")} == {
        "body": "Body",
        "time": "Timestamp",
        "token": "BinarySecurityToken",
    }
    assert root.find(".//wsse:SecurityTokenReference/wsse:Reference", NAMES).get("URI") == "#token"


@pytest.mark.parametrize(
    "chain",
    [(PORTAL, BETWEEN, AUTHORITY), (PORTAL, AUTHORITY, BETWEEN), (PORTAL, BETWEEN, AUTHORITY, papers.issue("other"))],
)
def test_token_is_the_path_from_the_highest_to_our_own(folder, chain):
    with configured(folder, "sha256", *chain):
        token = etree.fromstring(question()).find(".//wsse:BinarySecurityToken", NAMES)
    assert token.get("ValueType") == papers.PKI_PATH
    assert papers.path_of(token.text) == [AUTHORITY.der, BETWEEN.der, PORTAL.der]


def test_question_says_until_when_it_may_be_asked(folder):
    with configured(folder, "sha256"):
        root = etree.fromstring(question())
    said = [datetime.fromisoformat(e.text) for e in root.find(".//wsu:Timestamp", NAMES)]
    begin = NOW.replace(microsecond=NOW.microsecond // 1000 * 1000)
    assert said == [begin, begin + timedelta(minutes=5)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (NUMBER.encode(), b"71690999827"),
        (b"<INSZ>", b"<INSZ> "),
        (b"urn:vangsten", b"urn:vangst"),
        (b"<wsu:Expires>2", b"<wsu:Expires>3"),
        (b"a-reference", b"another"),
        (
            b'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"',
            b'Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"',
        ),
    ],
)
def test_tampering_breaks_it(folder, before, after):
    with configured(folder, "sha256"):
        message = question()
    assert before in message
    assert not papers.holds(message.replace(before, after), PORTAL.der)


def test_certificate_of_another_does_not_fit(folder):
    with configured(folder, "sha256"):
        assert not papers.holds(question(), papers.issue("portal", BETWEEN).der)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\r&<>\"'$"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    TEXT,
    TEXT,
    st.sampled_from(["", "1300", "<&>"]),
    st.sampled_from(
        [
            "<Inhoud><A>${value}</A></Inhoud>",
            "<Inhoud>\n  <A/> <!-- not sent --><B z='1' a=\"&quot;&lt;&#9;\"><![CDATA[<&>]]>${value}</B>\n</Inhoud>",
            '<Inhoud xmlns:q="urn:q" xmlns:unused="urn:u"><q:A q:x="1" a="&gt;">&gt;é${value}</q:A></Inhoud>',
            '<Inhoud b="100 %">5 %(insz)s, %%, $$<A>${value}</A></Inhoud>',
        ]
    ),
)
def test_body_is_its_own_canonical_form(value, sender, capacity, content):
    # U+FFFE and U+FFFF are no characters of XML.
    value, sender = (text.translate({0xFFFE: None, 0xFFFF: None}) for text in (value, sender))
    with override_settings(MAGDA_SENDER=sender, MAGDA_CAPACITY=capacity):
        body = magda_question.body_of(SERVICE, content, {"value": value}, "r", NOW)
        whole = magda_question.envelope(SERVICE, content, {"value": value}, "r", NOW)
    place = etree.fromstring(whole).find("s:Body", NAMES)
    assert etree.tostring(place, method="c14n", exclusive=True, with_comments=False) == body
    leaf = next(e for e in place.iter() if etree.QName(e).localname in ("A", "B") and value in (e.text or ""))
    assert (leaf.text or "").endswith(value)


def test_a_question_can_say_the_day_on_which_it_is_asked_in_belgium():
    content = "<Inhoud><INSZ>${insz}</INSZ><Op>${today}</Op></Inhoud>"
    late = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    body = magda_question.body_of(SERVICE, content, {"insz": NUMBER}, "r", late)
    assert b"<Op>2026-01-01</Op>" in body
    template = '{"insz": "${insz}", "op": "${today}"}'
    assert json.loads(rest.body_of(template, {"insz": NUMBER}, late)) == {"insz": NUMBER, "op": "2026-01-01"}


def test_body_of_every_question_we_ask_is_canonical():
    for entry in catalogue.installed().entries:
        for question in filter(None, (entry.question, entry.lookup and entry.lookup.question)):
            if isinstance(question.service, Magda):
                values = {"insz": NUMBER, "value": "0123456789"}
                body = magda_question.body_of(question.service, question.template, values, "r", NOW)
                place = etree.fromstring(body)
                assert etree.tostring(place, method="c14n", exclusive=True) == body


@pytest.mark.parametrize("how", ["sha1", "sha256"])
def test_signed_parts_beside_the_body_are_canonical(folder, how):
    with configured(folder, how):
        message = question()
    root = etree.fromstring(message)
    for path in (".//wsu:Timestamp", ".//ds:SignedInfo"):
        assert etree.tostring(root.find(path, NAMES), method="c14n", exclusive=True) in message


@pytest.mark.parametrize("content", ["<Inhoud>", "<Inhoud><A b='${insz}'/></Inhoud>"])
def test_question_that_cannot_be_canonical_is_refused(content):
    with pytest.raises(BadQuestionError):
        magda_question.body_of(SERVICE, content, {"insz": NUMBER}, "r", NOW)


def test_questions_are_not_signed_unless_configured():
    with override_settings(MAGDA_SIGNATURE=""):
        assert etree.fromstring(question()).find("s:Header", NAMES).getchildren() == []


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        ((papers.issue("short", size=1024),), "2048 bits"),
        ((PORTAL,), "no certificate of the key"),
    ],
)
def test_material_that_cannot_sign_is_refused_with_its_reason(folder, chain, words):
    with configured(folder, "sha256", *chain):
        if words != "2048 bits":
            (folder / "portal.key").write_bytes(BETWEEN.key_pem)
        with pytest.raises(ws_security.UnfitToSignError, match=words):
            ws_security.signer()


def test_registration_is_a_question_like_others():
    values = {"sender": "kb", "capacity": "1300", "insz": NUMBER, "begin": "2026-01-01", "until": "2026-01-02"}
    body = magda_question.body_of(repertorium.SERVICE, repertorium.CONTENT, values, "r", NOW)
    assert string.Template(repertorium.CONTENT).substitute(values).encode() in body
