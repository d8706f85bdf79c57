"""Put the rules of admission together: what the provider says, then what the register says of the age."""

import asyncio
import logging
from datetime import date

import msgspec

from portal.platform.access import rules
from portal.platform.access.types import Admission
from portal.platform.keys import pseudonym
from portal.platform.kit import incomplete_date
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.sources import catalogue, fetch, processing
from portal.platform.sources.catalogue import Entry
from portal.platform.sources.reading.outcomes import Down, Late, Outcome, Partial, facts_of

log = logging.getLogger("portal.access")

BIRTH_DATE = "birth_date"
# Why a part of an answer is missing that may be there the next time.
PASSING = frozenset(("busy", "unavailable", "fault", "connection", "status", "silent", "late", "full", "failing"))
SECONDS = 2.0  # row A4: sign-in waits for the register this long and no longer


class Judgement(msgspec.Struct, frozen=True):
    """Whether someone of this age may come in, and the register's answer, which the session may keep."""

    admission: Admission
    answer: tuple[Entry, Outcome] | None


async def judge(insz: str, *, today: date, correlation_id: str) -> Judgement:
    """Ask the register once for the birth date, and judge the age by it, or without it."""
    entry = catalogue.installed().provider_of(BIRTH_DATE)
    if entry is None:
        return Judgement(rules.admission(insz, None, today), None)
    outcome = await _asked(entry, insz, correlation_id)
    return Judgement(rules.admission(insz, birth_date_in(outcome), today), (entry, outcome))


async def _asked(entry: Entry, insz: str, correlation_id: str) -> Outcome:
    """Ask, with the journal before and after it; what cannot be written down first is not asked."""
    citizen_id = await pseudonym.citizen_id(insz)
    outcome: Outcome = Late()
    journalled = None
    try:
        async with asyncio.timeout(SECONDS):
            try:
                journalled = await processing.asked_at_sign_in(citizen_id, entry, correlation_id=correlation_id)
            except Exception as error:
                log.error("not journalled, so not asked: %s %s", type(error).__name__, correlation_id)
                return Down("journal")
            outcome = await fetch.ask(entry, insz, journalled=journalled, correlation_id=correlation_id)
    except TimeoutError:
        pass
    if journalled is not None:
        await processing.answered_at_sign_in(citizen_id, journalled, (entry, outcome))
    return outcome


def name_of_register() -> str:
    """Name the body that is asked for the birth date, as its manifest does."""
    entry = catalogue.installed().provider_of(BIRTH_DATE)
    return entry.agency.manifest.name if entry else ""


def birth_date_in(outcome: Outcome) -> IncompleteDate | None:
    """Find the birth date in the register's answer; UNKNOWN when it gives none that is a date.

    None when it did not answer, or when the part that is missing may come later: then nobody can tell yet.
    """
    if isinstance(outcome, Late | Down):
        return None
    facts = facts_of(outcome)
    given = next((fact.value for fact in facts if fact.key == BIRTH_DATE), None)
    if given is None and isinstance(outcome, Partial) and any(part.reason in PASSING for part in outcome.missing):
        return None
    return incomplete_date.read(given or "") or rules.UNKNOWN
