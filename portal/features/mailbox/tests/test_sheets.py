"""A message in words: its days, its languages, its files and what it wants paid."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template.loader import get_template

from portal.features.mailbox.letter import sheets
from portal.features.mailbox.letter.sheets import PaymentRow
from portal.features.mailbox.registry import hiding
from portal.features.mailbox.types import BusinessDatum, EboxAttachment, PaymentData

from .messages import NOW, message


def attachment(id_: str = "1", **more: object) -> EboxAttachment:
    fields: dict[str, object] = {
        "titles": {},
        "file_name": "brief.pdf",
        "media_type": "application/pdf",
        "is_main": False,
        **more,
    }
    return EboxAttachment(id=id_, **fields)  # type: ignore[arg-type]  # any field of an attachment


@pytest.mark.parametrize(
    ("now", "left"),
    [
        # By the days of Belgium: it is the first of December there.
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), 9),
        (datetime(2026, 12, 9, 23, 30, tzinfo=UTC), 0),
        (datetime(2026, 12, 9, 12, tzinfo=UTC), 1),
    ],
)
def test_days_are_counted_as_people_do(now, left):
    one = message("smals", "1", expires_at=datetime(2026, 12, 10, 8, tzinfo=UTC))
    assert sheets.sheet_of(one, "", now).days_left == left
    assert sheets.sheet_of(message("smals", "1", expires_at=None), "", now).days_left is None


def test_language_that_was_chosen_comes_first_and_others_are_named():
    one = message("smals", "1", subjects={"fr": "Lettre", "de": "Brief"})
    assert sheets.sheet_of(one, "de", NOW).subject == ("Brief", "de")
    assert sheets.sheet_of(one, "nl", NOW).subject == ("Lettre", "fr")
    assert sheets.others({"nl": "a", "fr": "b", "en": ""}, "nl") == [("fr", "Français")]


def test_file_keeps_its_number_in_whatever_order_its_provider_has_them():
    files = [attachment(id_) for id_ in ("c", "a", "b")]
    for order in (files, files[::-1], files[1:] + files[:1]):
        found = sheets.by_number(message("smals", "1", attachments=tuple(order)))
        assert {number: one.id for number, one in found.items()} == {1: "a", 2: "b", 3: "c"}
        assert [one.id for one in found.values()] == [one.id for one in order]


def test_main_file_comes_first_and_each_keeps_its_number():
    files = (
        attachment("a", titles={"fr": "Annexe"}, size_kb=1300.0, media_type="application/zip; x=y"),
        attachment("b", is_main=True, is_signed=True, size_kb=0.2),
        attachment("c", file_name="", media_type="x/y"),
    )
    rows = sheets.sheet_of(message("smals", "1", attachments=files), "", NOW).files
    assert [(row.number, row.title, row.kind, row.size, row.can_open) for row in rows] == [
        (2, ("brief.pdf", ""), "PDF", "1 kB", True),
        (1, ("Annexe", "fr"), "ZIP", "1,3 MB", False),
        (3, ("Bestand 3", ""), "", "", False),
    ]


@pytest.mark.parametrize("size", [None, 0, -1, float("nan"), float("inf"), 1e12])
def test_size_that_makes_no_sense_is_not_said(size):
    assert sheets.size_of(size) == ""


def test_data_beside_the_text_are_shown_with_all_they_say():
    datum = BusinessDatum({"nl": "Dossier"}, ({"nl": "A 1"}, {"fr": "B"}), {"nl": "Uw nummer"})
    (row,) = sheets.sheet_of(message("smals", "1", business_data=(datum,)), "", NOW).data
    assert (row.name, row.values, row.about) == (("Dossier", "nl"), [("A 1", "nl"), ("B", "fr")], ("Uw nummer", "nl"))


def test_data_of_one_name_stand_together_and_are_named_once():
    data = [BusinessDatum({"nl": name}, ({"nl": value},), {}) for name, value in ("A1", "B2", "A3", "C4")]
    rows = sheets.data_of(data, "")
    assert [row.values[0][0] for row in rows] == ["1", "3", "2", "4"]
    page = get_template("mailbox/_data.html").render({"data": rows})
    assert re.findall(r"<(d[td])><span[^>]*>(\w)", page) == [
        *(("dt", "A"), ("dd", "1"), ("dd", "3")),
        *(("dt", "B"), ("dd", "2"), ("dt", "C"), ("dd", "4")),
    ]


def payment_row(
    sender: tuple[str, str] = ("Stad Gent", "nl"), *, is_whole: bool = True, **more: object
) -> PaymentRow:
    fields: dict[str, object] = {
        "amount": Decimal("1000.5"),
        "vat": Decimal("210.10"),
        "currency": "EUR",
        "due_on": date(2026, 12, 5),
        "iban": "BE68539007547034",
        "references": {"": "090933755493"},
        **more,
    }
    payment = PaymentData(**fields)  # type: ignore[arg-type]  # any field of a payment
    return sheets.payment_of(payment, sender, "nl", date(2026, 12, 5), is_whole=is_whole)


def test_payment_is_the_amount_and_its_vat():
    row = payment_row()
    assert (row.total, row.amount, row.vat) == ("1.210,60 euro", "1.000,50 euro", "210,10 euro")
    assert (row.due_on, row.is_past, row.account) == ("5 december 2026", False, "BE68 5390 0754 7034")
    assert (row.reference, row.flaws, row.picture[:5]) == ("+++090/9337/55493+++", [], "<svg ")
    assert row.code.split("\n")[5:8] == ["Stad Gent", "BE68539007547034", "EUR1210.60"]


@pytest.mark.parametrize(("amount", "vat"), [(None, Decimal(0)), (Decimal(5), None), (None, None)])
def test_total_of_which_a_part_is_not_known_is_not_said(amount, vat):
    row = payment_row(amount=amount, vat=vat)
    assert (row.total, row.code, bool(row.flaws)) == ("", "", True)


def test_amount_is_not_rounded_where_it_is_shown():
    row = payment_row(amount=Decimal("1.005"), vat=Decimal(0))
    assert (row.total, row.code) == ("1,005 euro", "")


@pytest.mark.parametrize("more", [{"sender": ("0207451227", "")}, {"is_whole": False}, {"currency": "USD"}])
def test_what_banks_should_not_be_told_is_told_to_people(more):
    row = payment_row(**more)
    assert (row.code, row.picture, len(row.flaws)) == ("", "", 1)
    assert row.total.startswith("1.210,60 ")


def test_day_that_is_over_is_told():
    assert payment_row(due_on=date(2026, 12, 4)).is_past
    assert not payment_row(due_on=None).is_past


def test_who_knows_no_such_call_is_not_offered_it_for_a_day():
    one = message("another", "1", is_visible=True)
    assert hiding.is_possible(one, NOW)
    assert not hiding.is_possible(message("another", "1"), NOW)
    hiding.learn_lack("another", NOW)
    assert not hiding.is_possible(one, NOW + timedelta(hours=23))
    assert hiding.is_possible(one, NOW + timedelta(hours=25))
