"""Put the rules of admission together: what the provider says, then what the register says of the age."""

from datetime import UTC, date, datetime

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.access import rules
from portal.platform.access.types import Admission, Session
from portal.platform.journal.types import Occasion, Purpose
from portal.platform.keys import pseudonym
from portal.platform.kit import incomplete_date
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.sources import asking, catalogue, datasets
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.inquiry import Consultation
from portal.platform.sources.reading.outcomes import Outcome, facts_of, is_answer, missing_of

BIRTH_DATE = "birth_date"
# Why the register is asked, as the journal says it.
OF_AGE = Purpose("sign in", _("Nagaan of u oud genoeg bent om u aan te melden."))
# Reasons for which a missing part may be there the next time.
PASSING = frozenset(("busy", "unavailable", "fault", "connection", "status", "silent", "late", "full", "failing"))
SECONDS = 2.0  # sign-in waits for the register this long and no longer


class AgeCheck(msgspec.Struct, frozen=True):
    """Whether someone of this age may come in, and the register's answer, which the session may keep."""

    admission: Admission
    answer: tuple[DatasetEntry, Outcome] | None


async def judge(insz: str, *, today: date, correlation_id: str) -> AgeCheck:
    """Ask the register once for the birth date, and judge the age by it, or without it."""
    entry = catalogue.installed().provider_of(BIRTH_DATE)
    if entry is None:
        return AgeCheck(rules.admission(insz, None, today), None)
    occasion = Occasion(await pseudonym.citizen_id(insz), datetime.now(UTC), correlation_id)
    # There is no session yet; the answer is kept once there is.
    consultation = Consultation(None, occasion, insz, OF_AGE)
    outcome = await asking.answer(consultation, datasets.inquiry_of(entry), seconds=SECONDS)
    return AgeCheck(rules.admission(insz, birth_date_in(outcome), today), (entry, outcome))


async def keep(session: Session, answer: tuple[DatasetEntry, Outcome]) -> None:
    """Keep the register's answer in the session that it led to."""
    entry, outcome = answer
    await asking.keep(session, datasets.inquiry_of(entry), outcome)


def name_of_register() -> str:
    """Name the body that is asked for the birth date, as its manifest does in the language that holds now."""
    entry = catalogue.installed().provider_of(BIRTH_DATE)
    return entry.agency.words.name if entry else ""


def birth_date_in(outcome: Outcome) -> IncompleteDate | None:
    """Find the birth date in the register's answer; UNKNOWN when it gives none that is a date.

    None when it did not answer, or when the part that is missing may come later: then nobody can tell yet.
    """
    if not is_answer(outcome):
        return None
    given = next((fact.value for fact in facts_of(outcome) if fact.key == BIRTH_DATE), None)
    if given is None and any(part.reason in PASSING for part in missing_of(outcome)):
        return None
    return incomplete_date.read(given or "") or rules.UNKNOWN
