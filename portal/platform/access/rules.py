"""Who may come in: adults, as citizens, with a national number and a means that is strong enough. Without I/O."""

from datetime import date

from portal.platform.kit.incomplete_date import ADULT_YEARS, IncompleteDate, birthday
from portal.platform.kit.national_number import birth_date_in, is_valid

from .types import Admission, Admitted, Assurance, Refused, SignInFailure, SignInMeans

AUTHMECH = "urn:be:vlaanderen:authmech:"  # begins each `acr`
CITIZEN = "BUR"  # vo_doelgroepcode
UNKNOWN = IncompleteDate(0, 0, 0)
# A national number may carry a wrong birth date (it is kept when the date is corrected): one year of margin.
ADULT_YEARS_BY_NUMBER = 19

# As Vlaams toegangsbeheer documents them. The provider's itsme is CSAM 450, eIDAS High. What is not listed is LOW.
ASSURANCE = {
    SignInMeans.EID: Assurance.HIGH,
    SignInMeans.EIDAS_HIGH: Assurance.HIGH,
    SignInMeans.ITSME: Assurance.HIGH,
    SignInMeans.APP_CODE: Assurance.SUBSTANTIAL,
    SignInMeans.SMS_CODE: Assurance.SUBSTANTIAL,
    SignInMeans.EIDAS_SUBSTANTIAL: Assurance.SUBSTANTIAL,
}
ALLOWED_ACR = tuple(AUTHMECH + means for means in ASSURANCE)  # asked of the provider, as `acr_values`


def means_of(acr: str | None) -> SignInMeans:
    """Read the means out of an `acr`; anything that is not a known authmech URN is UNKNOWN."""
    if acr is None or not acr.startswith(AUTHMECH):
        return SignInMeans.UNKNOWN
    try:
        return SignInMeans(acr.removeprefix(AUTHMECH))
    except ValueError:
        return SignInMeans.UNKNOWN


def assurance_of(acr: str | None) -> Assurance:
    """Tell how surely an `acr` identifies someone; LOW when absent or unknown."""
    return ASSURANCE.get(means_of(acr), Assurance.LOW)


def claims_admission(acr: str | None, target_group: str | None, insz: str | None) -> Admission:
    """Judge what the provider says: strong enough a means, as a citizen, with a national number."""
    if assurance_of(acr) < Assurance.SUBSTANTIAL:
        is_federal_token = means_of(acr) is SignInMeans.FEDERAL_TOKEN
        return Refused(SignInFailure.FEDERAL_TOKEN if is_federal_token else SignInFailure.MEANS_TOO_WEAK)
    if target_group != CITIZEN:
        return Refused(SignInFailure.NOT_A_CITIZEN)
    if insz is None or not is_valid(insz):
        return Refused(SignInFailure.NO_NATIONAL_NUMBER)
    return Admitted()


def admission(insz: str, birth_date: IncompleteDate | None, today: date) -> Admission:
    """Judge the age: adults only.

    insz:       a valid national number.
    birth_date: what the register answered; UNKNOWN when it does not know, None when it gave no answer.
    today:      the day in Belgium.
    """
    if birth_date is None:
        return _admission_by_number(insz, today)
    candidates = (birth_date, birth_date_in(insz) or UNKNOWN)
    known = next((candidate for candidate in candidates if is_possible(candidate, today)), UNKNOWN)
    earliest, latest = known.earliest(), known.latest()
    if earliest is None or latest is None:
        return Refused(SignInFailure.BIRTH_DATE_INCOMPLETE)
    if today >= birthday(latest, ADULT_YEARS):
        return Admitted()
    if today < birthday(earliest, ADULT_YEARS):
        return Refused(SignInFailure.MINOR)
    return Refused(SignInFailure.BIRTH_DATE_INCOMPLETE)


def is_possible(birth_date: IncompleteDate, today: date) -> bool:
    """Tell whether somebody can have been born then: at least the year is known, and it is not yet to come."""
    earliest = birth_date.earliest()
    return earliest is not None and earliest <= today


def _admission_by_number(insz: str, today: date) -> Admission:
    birth_date = birth_date_in(insz)
    if birth_date and birth_date.year and birth_date.month and birth_date.day:
        born = date(birth_date.year, birth_date.month, birth_date.day)
        if today >= birthday(born, ADULT_YEARS_BY_NUMBER):
            return Admitted()
    return Refused(SignInFailure.AGE_NOT_KNOWN)
