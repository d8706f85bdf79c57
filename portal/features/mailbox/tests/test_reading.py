"""What registries give, as it comes: read whole, or said to be incomplete; nothing is raised."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.features.mailbox.registry import reading
from portal.features.mailbox.types import EboxMessage, PaymentData
from portal.platform.sources.registries import GatheredMessages

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
DIGEST = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
ATTACHMENT: dict[str, Any] = {
    "attachmentId": "a/1",
    "attachmentTitle": {"nl": "Aanslagbiljet"},
    "fileName": "aanslag.pdf",
    "mainContent": True,
    "mediaType": "application/PDF",
    "size": 182.5,
    "digest": {"digestMethod": "sha_256", "digestValue": f"{DIGEST}="},
    "attachmentSigned": True,
    "contentHref": "https://elsewhere.example/a",
}
MESSAGE: dict[str, Any] = {
    "messageId": "m 1/é",
    "subject": {"nl": "Uw aanslagbiljet", "fr": "Votre avertissement"},
    "receiptDate": "2026-06-01T10:00:00+02:00",
    "expirationDate": "2027-06-01T10:00:00",
    "readStatus": False,
    "visible": True,
    "registeredMail": False,
    "messageTypeId": "tax",
    "senderOrganizationId": "0308357159",
    "senderApplicationId": "app",
    "attachments": {"items": [ATTACHMENT], "totalItems": 1},
    "bodyMainContent": False,
    "replyAuthorized": True,
    "forTheAttentionOf": {"type": "person", "id": "84651421235"},
}
PAYMENT: dict[str, Any] = {
    "paymentDataId": "p",
    "amount": 100,
    "vatAmount": 21.0,
    "currency": "eur",
    "dueDate": "2026-07-01T00:00:00",
    "iban": "be68 5390 0754 7034",
    "reference": {"nl": "+++090/9337/55493+++"},
}


def read_items(*items: Any, **more: Any) -> tuple[tuple[EboxMessage, ...], list[str]]:
    read = reading.read_list(GatheredMessages(items, **more), (), provider="smals")
    return read.value.found, read.unread


def one_of(**more: Any) -> tuple[EboxMessage | None, list[str]]:
    read = reading.read_message(MESSAGE | more, (), provider="smals", message_id=MESSAGE["messageId"], now=NOON)
    return read.value, read.unread


def test_a_message_is_read_whole():
    message, unread = one_of()
    assert message is not None
    assert unread == []
    assert message.key == "smals|m 1/é"
    assert (message.received_at, message.expires_at) == (
        datetime(2026, 6, 1, 8, tzinfo=UTC),
        datetime(2027, 6, 1, 8, tzinfo=UTC),
    )
    assert (message.sender, message.type_id, message.application) == ("0308357159", "tax", "app")
    assert (message.is_read, message.is_visible, message.is_registered, message.is_body_main) == (
        False,
        True,
        False,
        False,
    )
    (file,) = message.attachments
    assert (file.id, file.file_name, file.media_type) == ("a/1", "aanslag.pdf", "application/pdf")
    assert (file.size_kb, file.digest, file.is_main, file.is_signed) == (182.5, DIGEST, True, True)
    assert repr(message) == "EboxMessage(…)"


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"subject": {}}, "subject"),
        ({"subject": {"it": "Ciao"}}, "subject"),
        ({"subject": 7}, "subject"),
        ({"readStatus": None}, "readStatus"),
        ({"readStatus": "perhaps"}, "readStatus"),
        ({"registeredMail": []}, "registeredMail"),
        ({"registeredMail": "ja"}, "registeredMail"),
        ({"visible": {}}, "visible"),
        ({"expirationDate": "soon"}, "expirationDate"),
        ({"expirationDate": "1970-01-01T00:00:00Z"}, "expirationDate"),
        ({"messageTypeId": ""}, "messageTypeId"),
        ({"messageTypeId": "x" * 301}, "messageTypeId"),
        ({"senderOrganizationId": "308357159x"}, "senderOrganizationId"),
        ({"senderOrganizationId": None}, "senderOrganizationId"),
        ({"attachments": "none"}, "attachments"),
        ({"attachments": {"items": [ATTACHMENT], "totalItems": 2}}, "attachments/totalItems"),
        ({"attachments": {"items": [ATTACHMENT, ATTACHMENT]}}, "attachments/attachmentId"),
        ({"attachments": {"items": [ATTACHMENT | {"attachmentId": None}]}}, "attachments/attachmentId"),
        ({"attachments": {"items": [ATTACHMENT | {"digest": {"digestMethod": "md5"}}]}}, "attachments/digest"),
        ({"attachments": {"items": [ATTACHMENT | {"size": -1}]}}, "attachments/size"),
        ({"attachments": {"items": [7]}}, "attachments"),
        ({"attachments": {"items": [ATTACHMENT | {"expiresEarlier": "2026-06-20"}]}}, "attachments/expiresEarlier"),
        ({"businessDataList": {"items": [{"key": "x", "values": [{}]}]}}, "businessDataList/values/value"),
        ({"businessDataList": {"items": [7]}}, "businessDataList"),
        (
            {"businessDataList": {"items": [{"key": "x", "values": [{"nl": "y"}], "unit": "euro"}]}},
            "businessDataList/unit",
        ),
        ({"paymentData": "+++090/9337/55493+++"}, "paymentData"),
        ({"paymentData": [PAYMENT]}, "paymentData"),
        ({"structuredData": {"x": 1}}, "structuredData"),
    ],
)
def test_what_of_a_message_makes_no_sense_is_said(more, place):
    message, unread = one_of(**more)
    assert message is not None
    assert place in unread


@pytest.mark.parametrize(
    ("said", "is_registered"),
    [("ja", True), (2, True), ({}, True), ("true", True), (None, False), (False, False), ("false", False)],
)
def test_mail_that_may_be_registered_is_asked_about_before_it_is_opened(said, is_registered):
    message, _ = one_of(registeredMail=said)
    assert message is not None
    assert message.is_registered is is_registered


@pytest.mark.parametrize(("count", "is_more"), [(0, False), (100, False), (101, True)])
def test_message_with_more_files_than_are_read_says_so(count, is_more):
    items = [ATTACHMENT | {"attachmentId": str(at)} for at in range(count)]
    for attachments in (items, {"items": items, "totalItems": count}):
        message, unread = one_of(attachments=attachments)
        assert message is not None
        assert (len(message.attachments), message.has_more_attachments) == (min(count, 100), is_more)
        assert unread == (["attachments/totalItems"] if is_more else [])


def test_files_of_a_list_are_read_up_to_a_bound_and_what_is_beyond_is_said():
    files = {"items": [ATTACHMENT | {"attachmentId": str(at)} for at in range(reading.MOST_ATTACHMENTS)]}
    several = [MESSAGE | {"messageId": str(at), "attachments": files} for at in range(7)]
    found, unread = read_items(*several)
    assert [len(one.attachments) for one in found] == [100, 100, 100, 100, 100, 0, 0]
    assert unread == ["messages/attachments/totalItems"]
    assert read_items(*several[:5])[1] == []


def test_day_on_which_a_message_expires_still_has_it():
    # filesender, pull request 2624: what expires on a day went at its first minute.
    last = datetime(2026, 6, 15, 21, 59, 59, tzinfo=UTC)
    (message,), _ = read_items(MESSAGE | {"expirationDate": "2026-06-15"})
    assert message.expires_at == last
    read = reading.read_message(
        MESSAGE | {"expirationDate": "2026-06-15"}, (), provider="smals", message_id=MESSAGE["messageId"], now=NOON
    )
    assert not read.is_empty


@pytest.mark.parametrize(
    "more",
    [
        {"expirationDate": "9999-12-31T23:59:59Z"},
        {"expirationDate": None},
        {"expirationDate": "0001-01-01T00:00:00"},
        {"senderOrganizationId": 308357159},
        {"senderOrganizationId": "BE0308.357.159"},
        {"readStatus": "true"},
        {"businessDataList": {"items": [], "totalItems": 0}},
        {"visible": None},
        {"attachments": {"items": None, "totalItems": 0}},
        {"attachments": []},
        {"attachments": [ATTACHMENT | {"attachmentTitle": {}}]},
        {"attachments": [ATTACHMENT | {"attachmentTitle": {"nl": "", "fr": None}}]},
        {"structuredData": []},
        {"attachments": [ATTACHMENT | {"links": [], "_links": {"self": "x"}}]},
        {"paymentData": {}},
        {"paymentData": PAYMENT},
    ],
)
def test_other_spellings_are_read_and_nothing_is_missing(more):
    message, unread = one_of(**more)
    assert message is not None
    assert unread == []
    assert message.sender == "0308357159"


def test_what_a_message_says_apart_from_its_text_is_read():
    amount = {"key": "amount", "name": {"nl": "Bedrag"}, "values": [{"nl": "12,50 euro"}, {"nl": "0 euro"}]}
    bare = {"key": "ref\u202e", "name": {}, "values": [{"fr": "x"}]}
    message, unread = one_of(businessDataList={"items": [amount, bare], "totalItems": 2})
    assert message is not None
    assert [(dict(one.names), [dict(value) for value in one.values]) for one in message.business_data] == [
        ({"nl": "Bedrag"}, [{"nl": "12,50 euro"}, {"nl": "0 euro"}]),
        ({"nl": "ref"}, [{"fr": "x"}]),
    ]
    assert unread == []


def test_names_of_version_three_are_read():
    file = {name: value for name, value in ATTACHMENT.items() if name not in ("mainContent", "attachmentSigned")}
    message, unread = one_of(
        attachments={"items": [file | {"isMainContent": True, "isAttachmentSigned": True}]}, isReplyAuthorized=True
    )
    assert message is not None
    assert (message.attachments[0].is_main, message.attachments[0].is_signed, unread) == (True, True, [])


def test_what_expired_is_there_no_more_and_another_message_is_none():
    gone = reading.read_message(
        MESSAGE | {"expirationDate": "2026-06-15T12:00:00Z"},
        (),
        provider="smals",
        message_id=MESSAGE["messageId"],
        now=NOON,
    )
    assert gone.is_empty
    other = reading.read_message(MESSAGE, (), provider="smals", message_id="another", now=NOON)
    assert (other.value, other.unread, other.is_empty) == (None, [], False)


def test_what_a_message_lacks_to_be_known_as_the_one_that_was_asked_for_is_said():
    said = MESSAGE | {"receiptDate": "soon"}
    read = reading.read_message(said, (), provider="smals", message_id=MESSAGE["messageId"], now=NOON)
    assert (read.value, read.unread, read.is_empty) == (None, ["receiptDate"], False)


def test_texts_are_measured_and_what_cannot_be_seen_is_taken_out():
    message, _ = one_of(
        subject={"nl": "A\u202eB\n\x00C" + "d" * 5000}, attachments=[ATTACHMENT | {"fileName": "a\u202efdp.exe"}]
    )
    assert message is not None
    assert message.subjects["nl"].startswith("AB Cd")
    assert len(message.subjects["nl"]) <= 300
    assert message.attachments[0].file_name == "afdp.exe"


def test_members_that_a_list_does_not_need_are_looked_at_on_the_page_of_the_message_only():
    file = ATTACHMENT | {"expiresEarlier": "2026-06-20"}
    (found,), unread = read_items(MESSAGE | {"attachments": [file], "structuredData": {"x": 1}})
    assert (len(found.attachments), unread) == (1, [])


def test_a_list_names_each_message_once_and_says_how_far_it_was_looked_through():
    found, unread = read_items(MESSAGE, MESSAGE, {"messageId": "m2"}, "text")
    assert [one.id for one in found] == ["m 1/é"]
    assert set(unread) == {"messages/receiptDate", "messages", "messages/messageId"}
    page = reading.read_list(GatheredMessages((MESSAGE,), has_more=True), (), provider="smals").value
    assert page.reached == (datetime(2026, 6, 1, 8, tzinfo=UTC), "m 1/é")


@pytest.mark.parametrize(
    ("more", "is_empty"),
    [({}, True), ({"total": 0}, True), ({"total": 3}, False), ({"has_more": True}, False), ({"is_cut": True}, False)],
)
def test_a_list_is_empty_only_where_nothing_says_otherwise(more, is_empty):
    assert reading.read_list(GatheredMessages((), **more), (), provider="smals").is_empty is is_empty


def test_a_text_is_given_as_it_was_sent():
    read = reading.read_body({"nl": "<p>Dag</p>", "fr": "", "de": None}, ())
    assert (dict(read.value.texts), read.unread, read.is_empty) == ({"nl": "<p>Dag</p>"}, [], False)
    assert reading.read_body({"nl": 5}, ()).unread == ["nl"]
    assert reading.read_body({"it": "Ciao"}, ()).unread == ["it"]
    assert reading.read_body({}, ()).is_empty


def test_what_is_to_be_paid_is_read_whole():
    read = reading.read_payment(PAYMENT, ())
    assert read.value == PaymentData(
        Decimal(100),
        Decimal(21),
        "EUR",
        date(2026, 7, 1),
        "BE68539007547034",
        references={"nl": "+++090/9337/55493+++"},
    )
    assert read.unread == []


@pytest.mark.parametrize(
    ("said", "amount"),
    [("100.00", "100"), ("100,50", "100.5"), (30.299999999999997, "30.3"), (0, "0"), (-5, "-5"), (1e15, None)]
    + [(bad, None) for bad in ("1e5", "NaN", "", None, True, [], "1.000,00", "١٢", "9" * 40)],
)
def test_amounts_are_read_exactly_or_not_at_all(said, amount):
    read = reading.read_payment(PAYMENT | {"amount": said}, ())
    assert read.value.amount == (None if amount is None else Decimal(amount))
    assert amount is None or str(read.value.amount) == f"{Decimal(amount):.2f}"
    assert read.unread == ([] if amount else ["amount"])


@pytest.mark.parametrize(
    ("said", "references"),
    [
        ("RF18 5390", {"": "RF18 5390"}),
        (905, {"": "905"}),
        (None, {}),
        ("", {}),
        ({"fr": "x", "it": ""}, {"fr": "x"}),
    ],
)
def test_a_reference_is_a_text_or_one_a_language(said, references):
    read = reading.read_payment(PAYMENT | {"reference": said}, ())
    assert (dict(read.value.references), read.unread) == (references, [])


_NAMES = st.sampled_from(
    [*MESSAGE, *ATTACHMENT, *PAYMENT, "items", "totalItems", "digestMethod", "digestValue", "nl"]
)
_SAID = st.sampled_from(["m 1/é", "2026-06-01T10:00:00Z", "9999-12-31", "sha_256", DIGEST, "true", "0308357159", "§"])
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | _SAID | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=20,
)


@given(_ANY, st.dictionaries(_NAMES, _ANY, max_size=5))
@example({"items": [{}]}, {"readStatus": []})
@example(None, {"amount": float("nan"), "vatAmount": float("inf")})
def test_whatever_comes_is_read_or_said(any_value, more):
    for content in (any_value, MESSAGE | more):
        found, unread = read_items(content)
        assert found or unread
        assert all(isinstance(place, str) for place in unread)
        reading.read_message(content, (), provider="smals", message_id="m 1/é", now=NOON)
        reading.read_body(content, ())
        reading.read_payment(content, ())
    reading.read_payment(PAYMENT | more, ())
