"""What a message wants paid, checked, and the transfer that a bank's app can read from it. No I/O; nothing is paid.

The code is that of the European Payments Council (EPC069-12, version 002). It is made only of a payment of which
everything was read and everything fits: else people read what is wrong, and no app fills it in for them.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext_noop as _
from msgspec.structs import replace
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum import iso11649
from stdnum.be import ogm_vcs
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError

from portal.platform.kit.unprinted import Unprinted

from ..types import PaymentData

EURO = "EUR"
LEAST, MOST = Decimal("0.01"), Decimal("999999999.99")  # of a transfer, in euro
LONGEST_NAME = 70  # characters
LONGEST_REFERENCE = 140
LARGEST_CODE = 331  # bytes

# Where an account takes a transfer in euro by its number alone, and where with the BIC beside it (EPC409-09).
_EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
EEA = frozenset(re.findall("[A-Z]+", _EEA))
SEPA_BEYOND = frozenset(("AD", "AL", "CH", "GB", "MC", "MD", "ME", "MK", "RS", "SM", "VA"))
HOME = "BE"

_CENT = Decimal("0.01")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_BELGIAN = re.compile(r"(?P<begin>\+{3}|\*{3})?\s?(\d{3})(?P<slash>/?)(\d{4})/?(\d{5})\s?(\+{3}|\*{3})?", re.ASCII)
_EUROPEAN = re.compile(r"RF\d{2}[ A-Z0-9]{1,27}", re.ASCII)


class SlipFlaw(StrEnum):
    """Why no transfer is made ready of what a message wants paid."""

    UNREAD = "unread"
    NO_AMOUNT = "no_amount"
    NOTHING_DUE = "nothing_due"
    AMOUNT = "amount"
    CURRENCY = "currency"
    NO_ACCOUNT = "no_account"
    ACCOUNT = "account"
    CHECK_DIGITS = "check_digits"
    BEYOND = "beyond"
    REFERENCE = "reference"
    LONG = "long"
    NOBODY = "nobody"


# What people read of each.
FLAW_TEXTS: Mapping[SlipFlaw, str] = {
    SlipFlaw.UNREAD: _(
        "Niet alles van deze betaling konden wij lezen. Kijk in het document zelf na wat u moet betalen."
    ),
    SlipFlaw.NO_AMOUNT: _("Wij konden het bedrag niet lezen. Kijk in het document zelf na wat u moet betalen."),
    SlipFlaw.NOTHING_DUE: _(
        "Volgens dit bericht hoeft u niets te betalen. Kijk in het document zelf wat het betekent."
    ),
    SlipFlaw.AMOUNT: _("Met dit bedrag kan geen overschrijving. Kijk in het document zelf na wat u moet betalen."),
    SlipFlaw.CURRENCY: _("Dit bedrag is niet in euro. Vraag uw bank hoe u het betaalt."),
    SlipFlaw.NO_ACCOUNT: _("Er staat geen rekening bij. Kijk in het document zelf waar u betaalt."),
    SlipFlaw.ACCOUNT: _(
        "Dit rekeningnummer kan niet kloppen. Betaal niet voor u het bij de afzender hebt nagevraagd."
    ),
    SlipFlaw.CHECK_DIGITS: _(
        "De controlecijfers van deze rekening kloppen niet. Betaal niet voor u het bij de afzender hebt nagevraagd."
    ),
    SlipFlaw.BEYOND: _("Naar deze rekening kan geen gewone Europese overschrijving. Vraag uw bank hoe u betaalt."),
    SlipFlaw.REFERENCE: _(
        "De controlecijfers van deze mededeling kloppen niet. Uw bank zal ze weigeren: vraag de afzender de juiste."
    ),
    SlipFlaw.LONG: _("Deze mededeling past niet in een overschrijving. Vraag de afzender wat u erin zet."),
    SlipFlaw.NOBODY: _("Wij kennen de naam van de afzender nu niet. Kijk in het document zelf aan wie u betaalt."),
}


class TransferSlip(Unprinted, frozen=True):
    """What is to be paid, checked.

    total: with VAT, None where a part of it was not read. account: without spaces. reference: as a bank takes it.
    beneficiary: a text and its language. flaws: why there is no code. code: what a QR code of it says, "" for none.
    """

    total: Decimal | None
    beneficiary: tuple[str, str]
    account: str
    reference: str
    flaws: Sequence[SlipFlaw]
    code: str = ""

    @property
    def is_abroad(self) -> bool:
        """Whether the account is not a Belgian one, which people may want to know of a Belgian government."""
        return bool(self.account) and not self.account.startswith(HOME)


def slip_of(
    payment: PaymentData, reference: str, beneficiary: tuple[str, str], *, is_whole: bool = True
) -> TransferSlip:
    """Check what is to be paid.

    reference: of those of the payment, in the language of the page. beneficiary: the name of the organisation that
    sent the message and its language, "" where nobody says who that is. is_whole: everything its provider said was
    read.
    """
    total = None if payment.amount is None or payment.vat is None else payment.amount + payment.vat
    account = re.sub(r"[\s.-]", "", payment.iban)
    told, is_wrong = _reference(" ".join(reference.split()))
    flaws = list(_flaws_of_amount(payment, total))
    flaws += _flaws_of_account(account, payment.bic)
    if is_wrong:
        flaws.append(SlipFlaw.REFERENCE)
    elif len(told) > LONGEST_REFERENCE:
        flaws.append(SlipFlaw.LONG)
    if not beneficiary[0].strip():
        flaws.append(SlipFlaw.NOBODY)
    if not is_whole:
        flaws.append(SlipFlaw.UNREAD)
    slip = TransferSlip(
        total=total,
        beneficiary=beneficiary,
        account=account,
        reference=told,
        flaws=flaws,
    )
    return slip if flaws or total is None else _with_code(slip, total, payment.bic)


def _with_code(slip: TransferSlip, total: Decimal, bic: str) -> TransferSlip:
    """Write the code, or say that it does not fit: a name may be cut in it, a reference never."""
    is_european = slip.reference.startswith("RF") and iso11649.is_valid(slip.reference)
    lines = (
        "BCD",
        "002",
        "1",  # UTF-8
        "SCT",
        "" if slip.account[:2] in EEA else bic,
        " ".join(slip.beneficiary[0].split())[:LONGEST_NAME].strip(),
        slip.account,
        f"{EURO}{total:.2f}",
        "",  # what it is for, by codes of banks
        iso11649.compact(slip.reference) if is_european else "",
        "" if is_european else slip.reference,
    )
    code = "\n".join(lines).rstrip("\n")
    if len(code.encode("utf-8", "replace")) > LARGEST_CODE:
        return replace(slip, flaws=(SlipFlaw.LONG,))
    return replace(slip, code=code)


def _flaws_of_amount(payment: PaymentData, total: Decimal | None) -> Sequence[SlipFlaw]:
    found = [] if payment.currency == EURO else [SlipFlaw.CURRENCY]
    if total is None:
        found.append(SlipFlaw.NO_AMOUNT)
    elif total <= 0:
        found.append(SlipFlaw.NOTHING_DUE)
    elif (
        not LEAST <= total <= MOST or total != total.quantize(_CENT) or min(payment.amount or 0, payment.vat or 0) < 0
    ):
        found.append(SlipFlaw.AMOUNT)
    return found


def _flaws_of_account(account: str, bic: str) -> Sequence[SlipFlaw]:
    if not account:
        return (SlipFlaw.NO_ACCOUNT,)
    if not _IBAN.fullmatch(account):
        return (SlipFlaw.ACCOUNT,)
    try:
        # With the country's own check digits, where the package knows them.
        ibans.validate(account)
    except InvalidChecksum:
        return (SlipFlaw.CHECK_DIGITS,)
    except InvalidComponent:
        # Of a country that it does not know, or of a bank: a new one is in no list of last year.
        if account[:2] not in EEA | SEPA_BEYOND:
            return (SlipFlaw.BEYOND,)
    except ValidationError:
        return (SlipFlaw.ACCOUNT,)
    if account[:2] in EEA or (account[:2] in SEPA_BEYOND and bics.is_valid(bic)):
        return ()
    return (SlipFlaw.BEYOND,)


def _reference(text: str) -> tuple[str, bool]:
    """Write a reference as banks take it, and tell whether its check digits are wrong."""
    found = _BELGIAN.fullmatch(text)
    if found:
        if ogm_vcs.is_valid(_digits(text)):
            return f"+++{ogm_vcs.format(_digits(text))}+++", False
        # Twelve digits alone may be the number of anything.
        return text, bool(found["begin"] or found["slash"])
    if _EUROPEAN.fullmatch(text.upper()):
        compact = iso11649.compact(text.upper())
        return (iso11649.format(compact), False) if iso11649.is_valid(compact) else (text, True)
    return text, False


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text, flags=re.ASCII)
