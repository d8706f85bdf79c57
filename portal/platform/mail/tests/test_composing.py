"""What every mail of every kind owes: the sentence, the greeting, no link, the same words twice, our headers only."""

import email
import html
import re
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from django.test import override_settings
from hypothesis import given as given_any
from hypothesis import strategies as st

from portal.features.notifications.mails import NewsOfDay, NewsOfDocument, NewsOfOne, ServiceCount
from portal.features.notifications.types import EboxNews
from portal.features.privacy.retention.mails import ProfileGoes
from portal.features.profile.types import AddressChanged, AddressesChanged, ConfirmAddress, NewDevice
from portal.platform.mail import composing, kinds, rules
from portal.platform.mail.types import MailContent, MailMessage

pytestmark = pytest.mark.security

MAIL_ID = UUID("0b9f6f5e-7a5e-4c53-9d5d-6f1d4f0a7c11")
AT = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
TO = "lies@example.org"
# As the questions and answers print it, byte for byte.
SENTENCE = (
    "Om phishing te voorkomen, surft u best rechtstreeks naar mijnburgerprofiel.be. "
    "Daar vindt u uw officiële berichten van de overheid terug. "
    "Tips om phishing te vermijden, leest u op vlaanderen.be/phishing."
)
# What mail programs make a link of by themselves.
LINKED = re.compile(r"https?:|//|www\.|href|src=|mailto:|[\w-]+@[\w-]|\b[\w-]+\.[a-z]{2,}\b|\+\d", re.IGNORECASE)
EVIL = (
    "a.be https://kwaad.example/x www.kwaad.example b@c.be mailto:x@y.be <a href=x> +3212345678 //x 。kwaad。example"
)
KINDS: list[MailContent] = [
    ConfirmAddress(code="012345", valid_until=AT),
    NewDevice(at=AT, means="itsme", device="Firefox op Windows"),
    NewDevice(at=AT, means=EVIL, device=EVIL[::-1]),
    AddressChanged(at=AT),
    AddressesChanged(at=AT, what="added"),
    AddressesChanged(at=AT, what="removed"),
    AddressesChanged(at=AT, what="main"),
    NewsOfOne(body="AHOVOKS", service="School- en studietoelagen"),
    NewsOfOne(body=EVIL, service=EVIL[::-1]),
    *(NewsOfDocument(news=news, sender="Stad Gent") for news in EboxNews),
    NewsOfDocument(news=EboxNews.NEW, sender=EVIL),
    NewsOfDay(
        (ServiceCount("AHOVOKS", "School- en studietoelagen", 2), ServiceCount("Kortrijk", "Meldpunt 1777", 1))
    ),
    ProfileGoes(seen_on=AT.date(), goes_on=AT.date() + timedelta(days=30)),
]


def compose(content: MailContent, nickname: str = "Zonnetje") -> EmailMessage:
    return composing.compose(MAIL_ID, MailMessage(TO, nickname, content), AT)


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Give text and HTML as a mail program reads them from the wire."""
    received = email.message_from_bytes(mail.as_bytes(), policy=policy.default)
    bodies = [received.get_body((kind,)) for kind in ("plain", "html")]
    return tuple(body.get_content().replace("\r\n", "\n") for body in bodies)


def words_of_html(text: str) -> list[str]:
    body = text.split("<body>")[1].replace("<br>", "\n").replace("</p>", "\n")
    return html.unescape(re.sub(r"<[^>]*>", "", body)).split()


def test_every_kind_is_looked_at_here():
    assert {type(kind) for kind in KINDS} == set(kinds.all_kinds())
    files = Path("portal/features").rglob("templates/*/mail/*.txt")
    assert {kind.words for kind in KINDS} == {str(file.relative_to(file.parents[2])) for file in files}


@pytest.mark.parametrize("content", KINDS)
def test_sentence_stands_in_text_and_html_byte_for_byte(content):
    text, as_html = parts(compose(content))
    assert text.encode().count(SENTENCE.encode()) == 1
    assert html.unescape(as_html).encode().count(SENTENCE.encode()) == 1


@pytest.mark.parametrize("nickname", ["", "Zonnetje", EVIL])
@pytest.mark.parametrize("content", KINDS)
def test_no_mail_holds_a_link_or_what_becomes_one(content, nickname):
    mail = compose(content, nickname)
    text, as_html = parts(mail)
    rest_of_html = html.unescape(as_html).replace(SENTENCE, "").split("</style>")[1]
    assert (LINKED.findall(text.replace(SENTENCE, "")), LINKED.findall(rest_of_html)) == ([], [])
    assert re.findall(r"href|http|<a\b|<img|<script|<link|url\(|src=", as_html) == []
    assert LINKED.findall(mail["Subject"]) == []


@pytest.mark.parametrize("content", KINDS)
def test_text_and_html_say_the_same(content):
    text, as_html = parts(compose(content))
    assert words_of_html(as_html) == text.split()


@pytest.mark.parametrize("content", KINDS)
def test_greets_by_nickname_and_not_at_all_without(content):
    assert parts(compose(content))[0].startswith("Dag Zonnetje,\n\n")
    assert not parts(compose(content, ""))[0].startswith("Dag")
    assert not parts(compose(content, "\r\n\t \u202e"))[0].startswith("Dag")


@pytest.mark.parametrize("content", KINDS)
def test_subject_and_headers_hold_nothing_personal(content):
    mail = compose(content)
    headers = {name: value for name, value in mail.items() if name != "To"}
    assert [word for word in ("Zonnetje", "012345", "itsme", "Firefox", "lies") if word in str(headers)] == []
    assert set(headers) == {
        *("From", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
        *("MIME-Version", "Content-Type"),
    }


def test_mail_is_the_same_each_time_it_is_made():
    assert compose(KINDS[0]).as_bytes() == compose(KINDS[0]).as_bytes()
    assert compose(KINDS[0])["Message-ID"] == f"<{MAIL_ID}@burgerprofiel.example>"
    assert compose(KINDS[0])["Date"] == "Tue, 03 Mar 2026 13:03:00 +0000"


def test_code_stands_alone_with_its_end():
    text, as_html = parts(compose(ConfirmAddress("012345", AT), ""))
    assert "\n\n012345\n\n" in text
    assert '<p class="large">012345</p>' in as_html
    assert "De code geldt tot 3 maart 2026 om 14:03." in text


def test_new_device_says_when_how_and_with_what():
    text, as_html = parts(compose(NewDevice(at=AT, means="itsme", device="Firefox op Windows & co")))
    assert "Wanneer: 3 maart 2026 om 14:03\nAanmeldmiddel: itsme\nToestel: Firefox op Windows & co\n" in text
    assert "<br>Toestel: Firefox op Windows &amp; co</p>" in as_html


def test_names_in_the_sentence_come_from_the_settings():
    with override_settings(MAIL_ADVICE_PORTAL="profiel.example", MAIL_ADVICE_PHISHING="advies.example/phishing"):
        text, _ = parts(compose(AddressChanged(at=AT)))
    expected = SENTENCE.replace("mijnburgerprofiel.be", "profiel.example")
    assert expected.replace("vlaanderen.be/phishing", "advies.example/phishing") in text


def test_mails_and_codes_are_never_printed():
    message = MailMessage(TO, "Zonnetje", ConfirmAddress("012345", AT))
    assert (repr(message), repr(message.content)) == ("MailMessage(…)", "ConfirmAddress(…)")
    assert kinds.message_of(msgspec.json.encode(message)) == message


def test_kind_that_no_feature_declares_is_named():
    with pytest.raises(kinds.KindUnknown):
        kinds.message_of(b'{"to": "lies@example.org", "nickname": "", "content": {"type": "parking", "at": "x"}}')


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("Zonnetje", "Zonnetje"),
        ("  d’Artagnan\r\nBcc: x ", "d’Artagnan Bcc: x"),
        ("jan.be", "jan. be"),
        ("J. Peeters", "J. Peeters"),
        ("http://x.be?a=1", ": x. be?a=1"),
        ("www.x.be b@c.be", ".x. be b c. be"),
        ("a\u200bb\u0000c\u2028d", "abc d"),
        ("e\u0301", "é"),
        ("x" * 61, "x" * 59 + "…"),
        ("\ud800", ""),
    ],
)
def test_words_of_others_become_one_plain_line(given, made):
    assert rules.plain_line(given) == made


@given_any(st.text(max_size=200) | st.text("ab.:/@+w<> \r\n", max_size=40))
def test_whatever_others_write_becomes_one_short_line_without_a_link(text):
    made = rules.plain_line(text)
    assert (len(made) <= rules.LONGEST, made.splitlines(), LINKED.findall(made)) == (True, [made][: len(made)], [])
