"""What a nickname and an address may be, what a code is, and that nobody's consent is rewritten."""

import hashlib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.profile import rules
from portal.features.profile.forms import AddressForm, CodeForm, EmailForm, NicknameForm
from portal.platform.kit import domain_name
from portal.platform.mail import addresses
from portal.platform.mail import rules as mail_rules

CONSENT = Path(__file__).parents[1] / "templates/profile/consent"


@pytest.mark.parametrize(
    "nickname",
    [
        "Zonnetje",
        "Oude Eik",
        "D’Artagnan",
        "d'Artagnan",
        "Jean-Luc",
        "Ø",
        "Ελένη",
        "Владимир",
        "علي",
        "Nguyễn",
        "李",
        "さくら子",
        "민준",
        "Sœur",
        "Ĳsbrand",
        "דוד",
        "አበበ",
        "Z̈oe",
        "علی\u200cرضا",
        "क्\u200dष",
    ],
)
def test_nicknames_of_all_kinds_of_people_are_taken(nickname):
    form = NicknameForm({"nickname": f"  {nickname} "})
    assert form.is_valid()
    assert form.cleaned_data["nickname"] == unicodedata.normalize("NFC", nickname)


@pytest.mark.parametrize(
    "nickname",
    [
        "",
        "   ",
        "x" * 31,
        "jan.be",
        "www",
        "https",
        "http://jan",
        "jan@example.org",
        "<b>Jan</b>",
        "Jan\u202eeb.live",
        "Jan 2",
        "-Jan",
        "'",
        "Z\u0351\u0351\u0351\u0351algo",
        "Jan: code 123456",
        "😀",
        # Letters for Unicode, but nobody sees them.
        "\u3164",
        # Letters that look like a dot, a colon, a slash.
        "jan\ua4f8be",
        "jan\ua4fabe",
        "jan\u02ccbe",
        "jan\u02d0be",
        "jan\ua78fbe",
        "jan\u4e36be",
        "be\u30cejan",
        "be\u4e3fjan",
        "be\u2f03jan",
        "jan\u01c3",
        # Of two scripts: "Јan" with a Cyrillic letter is somebody else.
        "\u0408an",
        "ﬁn",
        "Ｊａｎ",
        "Jan 李",
    ],
)
def test_nicknames_that_mislead_are_refused(nickname):
    assert not NicknameForm({"nickname": nickname}).is_valid()


@pytest.mark.parametrize(
    "typed",
    ["Jan\u200b", "Jan\x00", "\u3164Jan", "J\u115fan", "Jan\u1160", "Jan\uffa0", "J\u034fan", "Jan\u17b4",
     "Jan\ufe0f", "\u202aJan\u202c", "Ja\u00adn", "\ufeffJan", "Jan\u200d"],
)  # fmt: skip
def test_what_cannot_be_seen_is_taken_out_of_a_nickname(typed):
    form = NicknameForm({"nickname": typed})
    assert form.is_valid()
    assert form.cleaned_data["nickname"] == "Jan"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("\u200bjan@example.org\u200b", "jan@example.org"),
        (" jan＠example．org ", "jan@example.org"),
        ("jan@bücher.example", "jan@xn--bcher-kva.example"),
        ("jan@café-dé.be", "jan@xn--caf-d-dsac.be"),
        ("jan@xn--caf-d-dsac.be", "jan@xn--caf-d-dsac.be"),
        ("O'Neill+1@Example.ORG", "O'Neill+1@Example.ORG"),
    ],
)
def test_address_is_sent_to_in_ascii_and_shown_as_it_is_written(typed, read):
    form = EmailForm({"email": typed})
    assert form.is_valid()
    assert form.cleaned_data["email"] == read
    assert addresses.read(domain_name.address_to_unicode(read)) == read


def test_what_is_wrong_with_an_address_is_said():
    said = {typed: EmailForm({"email": typed}).errors["email"] for typed in ("jan", "é@a.be", "jan@😀.be", "jan@a")}
    assert said == {
        "jan": [addresses.WORDS[addresses.AddressFault.NO_AT]],
        "é@a.be": [addresses.WORDS[addresses.AddressFault.LOCAL]],
        "jan@😀.be": [addresses.WORDS[addresses.AddressFault.DOMAIN]],
        "jan@a": [addresses.WORDS[addresses.AddressFault.NOT_WHOLE]],
    }


@pytest.mark.parametrize("ending", ["\r\nBcc: x@example.org", "\nX", "\r", "\u2028"])
def test_line_ends_reach_neither_a_greeting_nor_a_header(ending):
    nickname = NicknameForm({"nickname": f"Jan{ending}"})
    assert not nickname.is_valid() or "\n" not in nickname.cleaned_data["nickname"]
    email = EmailForm({"email": f"jan@example.org{ending}"})
    assert not email.is_valid() or email.cleaned_data["email"] == "jan@example.org"


@given(st.text(max_size=40))
def test_whatever_is_taken_as_nickname_stands_in_a_mail_unchanged(text):
    form = NicknameForm({"nickname": text})
    if form.is_valid():
        nickname = form.cleaned_data["nickname"]
        assert 1 <= len(nickname) <= 30
        assert mail_rules.plain_line(nickname) == nickname


@given(st.text(max_size=300) | st.emails())
def test_whatever_is_taken_as_email_address_can_be_mailed_to(text):
    form = EmailForm({"email": text})
    if form.is_valid():
        assert addresses.is_usable(form.cleaned_data["email"])


@pytest.mark.parametrize(
    "email",
    [
        "",
        "jan",
        "jan@",
        "@example.org",
        "jan@example",
        "jan@@example.org",
        "jan@exa mple.org",
        "Jan <jan@example.org>",
        "jan@example.org,piet@example.org",
        '"jan"@example.org',
        "jan@[127.0.0.1]",
        "ján@example.org",
        "jan@bücher",
        "jan@😀.example",
        "jan@é..example",
        "a" * 65 + "@example.org",
        "jan@" + "a." * 130 + "be",
    ],
)
def test_addresses_that_are_none_are_refused_in_words(email):
    form = EmailForm({"email": email})
    assert not form.is_valid()
    assert len(form.errors["email"]) == 1


def test_address_in_use_is_not_verified_again():
    assert EmailForm({"email": "jan@example.org"}, current="jan@example.org").errors["email"] == [
        "Dit e-mailadres gebruiken wij al."
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [("123456", "123456"), (" 123 456 ", "123456"), ("000000", "000000"), ("１２３\u200b４５６", "123456")],
)
def test_code_is_read_as_people_type_it(typed, read):
    form = CodeForm({"code": typed})
    assert form.is_valid()
    assert form.cleaned_data["code"] == read


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_anything_else_is_no_code(typed):
    assert not CodeForm({"code": typed}).is_valid()


def test_new_code_has_six_digits():
    assert all(CodeForm({"code": rules.new_code()}).is_valid() for _ in range(100))


HOME = {
    "label": "Thuis",
    "street": "Veldstraat",
    "number": "12 A",
    "box": "",
    "postcode": "9000",
    "municipality": "Gent",
}


def test_address_is_taken_as_it_was_written():
    form = AddressForm({**HOME, "street": "Veld\u00adstraat\u200b", "box": " ３ ", "postcode": "９000"})
    assert form.is_valid()
    assert form.address().lines == ("Veldstraat 12 A bus 3", "9000 Gent")


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": " "},
        {"label": "x" * 41},
        {"street": "123"},
        {"number": "A"},
        {"postcode": "0900"},
        {"postcode": "90000"},
        {"postcode": "٩٠٠٠"},
        {"postcode": "B-9000"},
        {"municipality": ""},
        {"municipality": "9000"},
    ],
)
def test_address_that_is_none_is_refused_at_its_field(wrong):
    form = AddressForm({**HOME, **wrong})
    assert not form.is_valid()
    assert list(form.errors) == list(wrong)


def test_own_given_name_is_recognised():
    names = [rules.is_own_name(name, "Lies Rosa") for name in ("lies", "Rosa", "Lies Rosa", "Liesje")]
    assert names == [True, True, True, False]


def test_mailbox_is_the_same_whatever_stands_behind_a_plus():
    written = ["Jan@Example.org", "jan+1@example.org", "jan+2+3@example.org"]
    assert {rules.mailbox_of(address) for address in written} == {b"jan@example.org"}


def test_text_that_people_agreed_to_is_never_changed():
    """A new text is a new file with a new name: whoever agreed, agreed to this one."""
    agreed = {
        "adressen-1": "e1a4716f1e1460b3",
        "e-mail-1": "7f0ab4744cd7ff12",
        "foto-1": "2b15afe4f3b66d25",
        "roepnaam-1": "1e1a79aa3f75e594",
    }
    found = {file.stem: hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in CONSENT.glob("*.html")}
    assert found == agreed
    assert {*rules.CONSENT.values(), rules.CONSENT_ADDRESS} == set(found)
