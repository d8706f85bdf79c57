"""What is to be paid: checked, and written as the guidelines of the European Payments Council say (EPC069-12)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.mailbox.payments import payment_code, payments
from portal.features.mailbox.payments.payments import SlipFlaw, TransferSlip
from portal.features.mailbox.types import PaymentData

RED_CROSS = "BE72000000001616"
SENDER = ("Rode Kruis van België", "nl")


def slip(
    reference: str = "",
    name: tuple[str, str] = SENDER,
    *,
    is_whole: bool = True,
    amount: str | None = "1",
    vat: str | None = "0",
    **more: object,
) -> TransferSlip:
    fields: dict[str, object] = {"currency": "EUR", "due_on": date(2026, 12, 5), "iban": RED_CROSS, **more}
    payment = PaymentData(
        None if amount is None else Decimal(amount),
        None if vat is None else Decimal(vat),
        **fields,  # type: ignore[arg-type]  # any field of a payment
    )
    return payments.slip_of(payment, reference, name, is_whole=is_whole)


def test_code_says_what_is_to_be_paid_and_nothing_else():
    made = slip("Urgency fund", amount="1000.50", vat="210.10", bic="BPOTBEB1")
    assert made.flaws == []
    assert made.code.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "",
        "Rode Kruis van België",
        "BE72000000001616",
        "EUR1210.60",
        "",
        "",
        "Urgency fund",
    ]


def test_code_ends_with_the_last_thing_it_says():
    assert slip().code.endswith("\nEUR1.00")


@pytest.mark.parametrize(
    "written", ["+++090/9337/55493+++", "090933755493", "***090/9337/55493***", "090/9337/55493"]
)
def test_belgian_structured_communication_is_free_text_of_the_code(written):
    made = slip(written)
    assert (made.reference, made.code.split("\n")[9:]) == ("+++090/9337/55493+++", ["", "+++090/9337/55493+++"])


def test_european_reference_has_a_line_of_its_own():
    made = slip("rf18 5390 0754 7034")
    assert (made.reference, made.code.split("\n")[9:]) == ("RF18 5390 0754 7034", ["RF18539007547034"])


@pytest.mark.parametrize(
    ("said", "flaws"),
    [
        ({"reference": "+++090/9337/55494+++"}, [SlipFlaw.REFERENCE]),
        ({"reference": "090/9337/55494"}, [SlipFlaw.REFERENCE]),
        ({"reference": "RF19 5390 0754 7034"}, [SlipFlaw.REFERENCE]),
        # The number of a customer looks like one too.
        ({"reference": "090933755494"}, []),
        ({"reference": "٠٩٠/٩٣٣٧/٥٥٤٩٤"}, []),
        ({"reference": "x" * 140}, []),
        ({"reference": "x" * 141}, [SlipFlaw.LONG]),
        ({"reference": "é" * 140, "name": ("é" * 70, "fr")}, [SlipFlaw.LONG]),
        ({"iban": "BE00539007547034"}, [SlipFlaw.CHECK_DIGITS]),
        # Right for all of Europe, wrong for Belgium.
        ({"iban": "BE41539007547035"}, [SlipFlaw.CHECK_DIGITS]),
        # Of a bank that no list has.
        ({"iban": "BE68539007547034"}, []),
        ({"iban": ""}, [SlipFlaw.NO_ACCOUNT]),
        ({"iban": "539-0075470-34"}, [SlipFlaw.ACCOUNT]),
        ({"iban": "<script>"}, [SlipFlaw.ACCOUNT]),
        ({"iban": "BE685390075470345"}, [SlipFlaw.CHECK_DIGITS]),
        ({"iban": "NL91ABNA0417164300"}, []),
        ({"iban": "GB29NWBK60161331926819"}, [SlipFlaw.BEYOND]),
        ({"iban": "GB29NWBK60161331926819", "bic": "NWBKGB2L"}, []),
        ({"iban": "BR1500000000000010932840814P2"}, [SlipFlaw.BEYOND]),
        ({"currency": "USD"}, [SlipFlaw.CURRENCY]),
        ({"currency": ""}, [SlipFlaw.CURRENCY]),
        ({"currency": "USD", "iban": "BE00539007547034"}, [SlipFlaw.CURRENCY, SlipFlaw.CHECK_DIGITS]),
        ({"amount": None}, [SlipFlaw.NO_AMOUNT]),
        ({"vat": None}, [SlipFlaw.NO_AMOUNT]),
        ({"amount": "0"}, [SlipFlaw.NOTHING_DUE]),
        ({"amount": "-5"}, [SlipFlaw.NOTHING_DUE]),
        ({"amount": "10", "vat": "-2"}, [SlipFlaw.AMOUNT]),
        ({"amount": "0.005"}, [SlipFlaw.AMOUNT]),
        ({"amount": "0.01"}, []),
        ({"amount": "999999999.99"}, []),
        ({"amount": "999999999.99", "vat": "0.01"}, [SlipFlaw.AMOUNT]),
        ({"name": ("", "")}, [SlipFlaw.NOBODY]),
        ({"is_whole": False}, [SlipFlaw.UNREAD]),
    ],
)
def test_what_does_not_fit_is_told_apart_and_makes_no_code(said, flaws):
    made = slip(**said)
    assert list(made.flaws) == flaws
    assert bool(made.code) is not bool(flaws)
    # Nothing is lost of it.
    assert made.account == said.get("iban", RED_CROSS).replace("-", "")
    assert all(payments.FLAW_TEXTS[flaw] for flaw in flaws)


def test_account_outside_belgium_is_told():
    assert (slip().is_abroad, slip(iban="NL91ABNA0417164300").is_abroad) == (False, True)


def test_long_name_is_cut_in_the_code_alone():
    made = slip("1", ("Agentschap " * 10, "nl"))
    assert made.beneficiary[0] == "Agentschap " * 10
    (line,) = [one for one in made.code.split("\n") if one.startswith("Agentschap")]
    assert len(line) <= 70


@given(st.text(max_size=200), st.text(max_size=100), st.text(max_size=40), st.decimals(0, 10**10, places=2))
def test_no_text_writes_a_line_of_its_own_and_every_code_can_be_drawn(reference, name, iban, amount):
    for account in (iban, RED_CROSS):
        made = slip(
            reference,
            (name, "nl"),
            iban=account,
            amount=str(amount.quantize(Decimal("0.01"))) if abs(amount) < 10**12 else "1",
        )
        lines = made.code.split("\n")
        assert bool(made.code) is not bool(made.flaws)
        if made.code:
            assert lines[:5] == ["BCD", "002", "1", "SCT", ""]
            assert lines[6] == RED_CROSS
            assert len(lines) <= 11
            assert len(made.code.encode()) <= 331


def test_picture_holds_nothing_of_what_was_written():
    drawn = payment_code.picture_of(slip("<script>", ("</svg><script>", "nl")).code)
    assert drawn.startswith("<svg ")
    assert "script" not in drawn
    assert payment_code.picture_of("") == ""


def test_largest_code_fits_what_banks_scan():
    code = slip("x" * 140, ("ë" * 70, "nl"), amount="999999999.99").code
    assert code
    drawn = payment_code.picture_of(code)
    # 17 + 4 * version modules, and the quiet ones around.
    size = int(drawn.split('viewBox="0 0 ')[1].split(" ")[0]) - 8
    assert size <= 17 + 4 * 13
