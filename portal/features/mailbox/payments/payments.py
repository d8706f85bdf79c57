"""Check the payment that a message asks for, and write the code of a SEPA transfer that bank apps can scan. No I/O.

The code is that of the European Payments Council (EPC069-12, version 002). It is only written for a payment without
flaws: for any other, the page says what is wrong, and no app fills in a transfer.
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

# Countries whose accounts take a SEPA transfer by IBAN alone (EEA), and those that need the BIC too (EPC409-09).
_EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
EEA = frozenset(re.findall("[A-Z]+", _EEA))
SEPA_BEYOND = frozenset(("AD", "AL", "CH", "GB", "MC", "MD", "ME", "MK", "RS", "SM", "VA"))
HOME = "BE"

_CENT = Decimal("0.01")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_BELGIAN = re.compile(r"(?P<begin>\+{3}|\*{3})?\s?(\d{3})(?P<slash>/?)(\d{4})/?(\d{5})\s?(\+{3}|\*{3})?", re.ASCII)
_EUROPEAN = re.compile(r"RF\d{2}[ A-Z0-9]{1,27}", re.ASCII)


class SlipFlaw(StrEnum):
    """Why no code is written for a payment; FLAW_TEXTS has the text for citizens."""

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
    """A payment after the check.

    total: with VAT, None where amount or VAT could not be read. account: IBAN without spaces. reference: in the form
    that banks take. beneficiary: a text and its language. flaws: why there is no code, () where there is one. code:
    content of the QR code, "" for none.
    """

    total: Decimal | None
    beneficiary: tuple[str, str]
    account: str
    reference: str
    flaws: Sequence[SlipFlaw]
    code: str = ""

    @property
    def is_abroad(self) -> bool:
        """Whether the account is not Belgian, which is unusual for a Belgian authority: the page says so."""
        return bool(self.account) and not self.account.startswith(HOME)


def slip_of(
    payment: PaymentData, reference: str, beneficiary: tuple[str, str], *, is_whole: bool = True
) -> TransferSlip:
    """Check a payment, and write its code where it has no flaws.

    reference: that of the payment in the page's language. beneficiary: the name of the message's sender and its
    language, ("", "") where it is not known. is_whole: all that the provider said of the payment could be read.
    """
    total = None if payment.amount is None or payment.vat is None else payment.amount + payment.vat
    account = re.sub(r"[\s.-]", "", payment.iban)
    bank_reference, is_wrong = _reference(" ".join(reference.split()))
    flaws = list(_flaws_of_amount(payment, total))
    flaws += _flaws_of_account(account, payment.bic)
    if is_wrong:
        flaws.append(SlipFlaw.REFERENCE)
    elif len(bank_reference) > LONGEST_REFERENCE:
        flaws.append(SlipFlaw.LONG)
    if not beneficiary[0].strip():
        flaws.append(SlipFlaw.NOBODY)
    if not is_whole:
        flaws.append(SlipFlaw.UNREAD)
    slip = TransferSlip(
        total=total,
        beneficiary=beneficiary,
        account=account,
        reference=bank_reference,
        flaws=flaws,
    )
    return slip if flaws or total is None else _with_code(slip, total, payment.bic)


def _with_code(slip: TransferSlip, total: Decimal, bic: str) -> TransferSlip:
    """Write the code; where it is too long, the flaw LONG: the name may be cut in it, the reference never."""
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
        "",  # purpose code, not used
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
        # Also checks the country's own check digits, where the package knows them.
        ibans.validate(account)
    except InvalidChecksum:
        return (SlipFlaw.CHECK_DIGITS,)
    except InvalidComponent:
        # A country or bank that the package does not list. Banks can be newer than it; countries are checked here.
        if account[:2] not in EEA | SEPA_BEYOND:
            return (SlipFlaw.BEYOND,)
    except ValidationError:
        return (SlipFlaw.ACCOUNT,)
    if account[:2] in EEA or (account[:2] in SEPA_BEYOND and bics.is_valid(bic)):
        return ()
    return (SlipFlaw.BEYOND,)


def _reference(text: str) -> tuple[str, bool]:
    """Give a reference in the form that banks take, and whether its check digits are wrong.

    It is a structured Belgian one (+++ +++), a European one (RF, ISO 11649), or free text, which has no check digits.
    """
    found = _BELGIAN.fullmatch(text)
    if found:
        if ogm_vcs.is_valid(_digits(text)):
            return f"+++{ogm_vcs.format(_digits(text))}+++", False
        # Twelve digits without the signs of a structured reference may be any number, so they are not wrong.
        return text, bool(found["begin"] or found["slash"])
    if _EUROPEAN.fullmatch(text.upper()):
        compact = iso11649.compact(text.upper())
        return (iso11649.format(compact), False) if iso11649.is_valid(compact) else (text, True)
    return text, False


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text, flags=re.ASCII)
