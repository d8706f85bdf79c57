"""Register a person in the repertorium, for services that answer 40003 without it (contract: `magda.md` 1.7).

A registration lasts as long as a session can. Questions about one person that need one at the same time share it.

The repertorium is a source of its own, with its own gate and deadline: its failures say nothing about the service
that needed the registration.
"""

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.conf import settings

from portal.platform.access.types import LONGEST_SESSION

from ..gates import gatekeeper
from ..gates.gatekeeper import Passage
from ..manifest import REPERTORIUM, Magda
from ..reading.outcomes import Down
from ..reading.xml import Element, UnreadableXml, local_name, parse_xml, text_at, without_namespaces
from . import magda_codes, magda_question

log = logging.getLogger("portal.sources")

SECONDS = 1.0  # half of a dataset's usual deadline, so that its own question still fits
LATE = Down("connection", "Repertorium: no answer")
NOT_REGISTERED = "40003"
ALREADY_REGISTERED = "40143"
SERVICE = Magda(
    "Repertorium",
    "RegistreerInschrijving",
    "02.01.0000",
    "http://webservice.registreerinschrijvingdienst-02_01.repertorium-02_01.vip.vlaanderen.be",
    "",
)
CONTENT = (
    "<Inhoud><Inschrijving><Identificatie>${sender}</Identificatie><Hoedanigheid>${capacity}</Hoedanigheid>"
    "<BetrokkenSubject><Type>PERS</Type><Subjecten><Subject><Type>PERS</Type><Sleutel>${insz}</Sleutel></Subject>"
    "</Subjecten></BetrokkenSubject><Periode><Begin>${begin}</Begin><Einde>${until}</Einde></Periode></Inschrijving>"
    "</Inhoud>"
)

# Registrations under way, each with how many questions wait for it.
_under_way: dict[str, tuple[asyncio.Task[Down | None], list[None]]] = {}


def needs_registration(data: bytes) -> bool:
    """Tell whether an answer says that the person is not registered; an answer without the code is not parsed."""
    # The code is searched without its tags, since a gateway may add white space.
    if NOT_REGISTERED.encode() not in data:
        return False
    try:
        root = parse_xml(data)
    except UnreadableXml:
        return False
    return (NOT_REGISTERED, "magda") in {(code, origin.casefold()) for code, origin, _ in _exceptions(root)}


async def register(insz: str) -> Down | None:
    """Register a person until a session that begins now must end; give the failure, None when they are registered.

    The registration is cancelled together with the last question that waits for it.
    """
    if insz not in _under_way:
        _under_way[insz] = (asyncio.create_task(_register(insz, datetime.now(UTC))), [])
    task, waiting = shared = _under_way[insz]
    waiting.append(None)
    try:
        return await asyncio.shield(task)
    finally:
        waiting.pop()
        if not waiting:
            # Later callers start another registration.
            if _under_way.get(insz) is shared:
                del _under_way[insz]
            task.cancel()


async def _register(insz: str, now: datetime) -> Down | None:
    if not settings.MAGDA_CAPACITY:
        return Down("refused", "Repertorium: MAGDA_CAPACITY is not set")
    started = time.monotonic()
    with gatekeeper.passage_through(REPERTORIUM, (), gatekeeper.voter_of(insz), SECONDS) as passage:
        if passage.bar is not None:
            return msgspec.structs.replace(passage.bar, detail="Repertorium")
        refusal, reference = await _put(insz, now, passage)
        passage.vote([refusal])
    word = f"down ({refusal.reason}: {refusal.detail})" if refusal else "registered"
    log.info("%s %s %.0f ms %s -", REPERTORIUM, word, (time.monotonic() - started) * 1000, reference)
    return msgspec.structs.replace(refusal, since=passage.since) if refusal else None


async def _put(insz: str, now: datetime, passage: Passage) -> tuple[Down | None, str]:
    """Send the registration; give its outcome, and the reference that it carried."""
    values = {
        "sender": settings.MAGDA_SENDER,
        "capacity": settings.MAGDA_CAPACITY,
        "insz": insz,
        "begin": _day(now),
        "until": _day(now + LONGEST_SESSION),
    }
    sent: list[str] = []
    try:
        async with asyncio.timeout(SECONDS):
            answer = await magda_question.put(SERVICE, CONTENT, values, sent)
    except TimeoutError:
        return passage.overdue(LATE, "Repertorium: "), sent[0]
    if isinstance(answer, Down):
        return msgspec.structs.replace(answer, detail=f"Repertorium: {answer.detail}"), sent[0]
    return outcome(answer.data, answer.reference), sent[0]


def outcome(data: bytes, referte: str | None) -> Down | None:
    """Read the answer to a registration: give the failure, None when the person is registered; never raises."""
    try:
        # A gateway may add namespaces to the names.
        root = without_namespaces(parse_xml(data))
    except UnreadableXml as error:
        return Down("unreadable", f"Repertorium: {error.detail}")
    reply = next((e for e in root.iter("Repliek")), None)
    if reply is None:
        return Down("fault", "Repertorium: no Repliek")
    found = _exceptions(reply)
    failed = [
        (reason, code)
        for code, origin, kind in found
        if (reason := magda_codes.FAILURES.get(magda_codes.classify(origin, code, kind, {}))) is not None
    ]
    if failed:
        worst = magda_codes.worst([one for one, _ in failed])
        code = next((code for one, code in failed if one == worst), "")
        return Down(worst, f"Repertorium: {code}" if code.isdecimal() and len(code) < 8 else "Repertorium")
    answer = next((e for e in reply.iter("Antwoord")), None)
    if answer is None or (referte is not None and text_at(answer, "Referte") != referte):
        return Down("mismatch", "Repertorium: Referte")
    is_known = any(code == ALREADY_REGISTERED and origin.casefold() == "magda" for code, origin, _ in found)
    if is_known or text_at(answer, "Inhoud", "Resultaat") == "1":
        return None
    return Down("refused", "Repertorium: Resultaat")


def _exceptions(below: Element) -> list[tuple[str, str, str]]:
    """List code, origin and type of every Uitzondering, whether or not a gateway added namespaces."""
    found = []
    for element in below.iter("{*}Uitzondering"):
        leaves: dict[str, Any] = {local_name(e): (e.text or "").strip() for e in element}
        found.append((leaves.get("Identificatie", ""), leaves.get("Oorsprong", ""), leaves.get("Type", "")))
    return found


def _day(moment: datetime) -> str:
    return moment.astimezone(magda_question.BRUSSELS).strftime("%Y-%m-%d")
