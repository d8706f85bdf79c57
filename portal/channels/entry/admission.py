"""Decide by age who may sign in: ask the register for the birth date, and apply `access.rules`."""

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
# Why the register is asked, as the journal and its register say it.
OF_AGE = Purpose("sign in", _("Nagaan of u oud genoeg bent om u aan te melden."))
# Reasons (`Missing.reason`) for which a part is missing now, but may be there the next time.
TEMPORARY = frozenset(("busy", "unavailable", "fault", "connection", "status", "silent", "late", "full", "failing"))
SECONDS = 2.0  # sign-in waits for the register this long and no longer


class AgeCheck(msgspec.Struct, frozen=True):
    """Whether somebody may sign in by their age, and the register's answer, which the session may keep."""

    admission: Admission
    answer: tuple[DatasetEntry, Outcome] | None


async def judge(insz: str, *, today: date, correlation_id: str) -> AgeCheck:
    """Ask the register for the birth date, and judge the age by it; without it, by the national number alone."""
    entry = catalogue.installed().provider_of(BIRTH_DATE)
    if entry is None:
        return AgeCheck(rules.admission(insz, None, today), None)
    occasion = Occasion(await pseudonym.citizen_id(insz), datetime.now(UTC), correlation_id)
    # There is no session yet; the answer is kept once there is.
    consultation = Consultation(None, occasion, insz, OF_AGE)
    outcome = await asking.answer(consultation, datasets.inquiry_of(entry), seconds=SECONDS)
    return AgeCheck(rules.admission(insz, birth_date_in(outcome), today), (entry, outcome))


async def keep(session: Session, answer: tuple[DatasetEntry, Outcome]) -> None:
    """Keep the register's answer in the session that was opened after it."""
    entry, outcome = answer
    await asking.keep(session, datasets.inquiry_of(entry), outcome)


def name_of_register() -> str:
    """Give the name of the body that is asked for the birth date, in the language that holds now; "" for none."""
    entry = catalogue.installed().provider_of(BIRTH_DATE)
    return entry.agency.words.name if entry else ""


def birth_date_in(outcome: Outcome) -> IncompleteDate | None:
    """Find the birth date in the register's answer; `rules.UNKNOWN` when the answer has none that is a date.

    None when the register did not answer, or when the part that is missing may be there the next time.
    """
    if not is_answer(outcome):
        return None
    written = next((fact.value for fact in facts_of(outcome) if fact.key == BIRTH_DATE), None)
    if written is None and any(part.reason in TEMPORARY for part in missing_of(outcome)):
        return None
    return incomplete_date.read(written or "") or rules.UNKNOWN
