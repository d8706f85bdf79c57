"""A citizen of whom every feature and room keeps something: what a copy must hold, and an erasure must delete."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from portal.features.corrections import actions as corrections
from portal.features.corrections.types import Report
from portal.features.dossiers import actions as dossiers
from portal.features.dossiers.tests import reports
from portal.features.dossiers.tests.answers import change, read
from portal.features.mailbox import actions as mailbox
from portal.features.mailbox.arranged import folders, marks
from portal.features.mailbox.arranged.arrangement import Arranging
from portal.features.mailbox.copies import consent
from portal.features.mailbox.payments import paid
from portal.features.mailbox.registry.locating import MessagePlace
from portal.features.mailbox.reminders import storage
from portal.features.mailbox.tests.test_copies import keeps
from portal.features.mailbox.tests.test_reminders import message
from portal.features.notifications import preference_actions, preference_rules
from portal.features.notifications.tests import notifying
from portal.features.privacy import actions as privacy
from portal.features.privacy.rights import actions as rights
from portal.features.privacy.rights.types import Ask, DataRight
from portal.features.profile import actions as profile
from portal.features.profile.tests import reads
from portal.features.profile.tests.conftest import HOME, picture
from portal.features.profile.types import OTHER_EMAIL, Dismissal, KeptKind
from portal.platform.access import devices, sessions
from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.sources import catalogue
from tests.citizen import Citizen, person
from tests.inbox import past_walls

LIES = "84651421235"
CODE = "314159"
REPORT = Report("Bewijzen", "AHOVOKS", "Bewijs", "Bewijzen/Bewijs[1]", "Bachelor", "CANARY-MASTER", "Diploma", "")


async def comes(insz: str = LIES, shown_at: datetime | None = None) -> Citizen:
    """Sign somebody in, with a kind of device. shown_at: when they authenticated, now by default."""
    who = msgspec.structs.replace(person(insz), authenticated_at=shown_at or datetime.now(UTC))
    session, cookie = await sessions.open_session(who, now=datetime.now(UTC), device="Firefox op Linux")
    async with pool.as_citizen(session.citizen_id) as conn:
        await devices.is_new(conn, session.citizen_id, "Firefox op Linux", on=datetime.now(UTC).date())
    return Citizen(session, cookie)


def occasion(citizen_id: UUID) -> Occasion:
    return Occasion(citizen_id, datetime.now(UTC), str(uuid4()))


async def fill(who: Citizen) -> None:
    """Have every feature and room keep something of a citizen, as pages, bodies and the worker do."""
    citizen_id = who.session.citizen_id
    for nickname in ("CANARY-Zonnetje", "CANARY-Regenboog"):
        await profile.propose_nickname(occasion(citizen_id), nickname)
        if nickname == "CANARY-Zonnetje":
            proposed = await reads.proposal_of(citizen_id, KeptKind.NICKNAME, now=datetime.now(UTC))
            await profile.confirm_nickname(occasion(citizen_id), proposed.id)
    for kind, address in ((KeptKind.EMAIL, "canary@example.org"), (OTHER_EMAIL, "canary-2@example.org")):
        await profile.propose_email(occasion(citizen_id), address, code=CODE, kind=kind)
        await profile.confirm_email(occasion(citizen_id), CODE, kind=kind)
    await profile.keep_photo(occasion(citizen_id), picture())
    await profile.save_address(occasion(citizen_id), HOME)
    await profile.dismiss(occasion(citizen_id), Dismissal("themes.expiring", "CANARY-CAUSE"))
    main = (await reads.verified_emails_of(citizen_id))[0]
    preferences = preference_rules.for_all(main.id, preference_rules.Pace.AT_ONCE)
    await preference_actions.choose(occasion(citizen_id), preferences)
    await mailbox.link(occasion(citizen_id), main.id, who.session.identity.insz)
    await paid.mark(occasion(citizen_id), "federaal|CANARY-PAID")
    now = datetime.now(UTC)
    folder = await folders.add(occasion(citizen_id), "CANARY-FOLDER")
    place = MessagePlace("federaal", "CANARY-STAR", received_at=now)
    arranging = Arranging(is_starred=True, is_moved=True, folder=folder)
    await marks.arrange(occasion(citizen_id), [place], arranging)
    reminded = message("federaal", "CANARY-REMINDED", expires_at=now + timedelta(days=900))
    await storage.keep(occasion(citizen_id), reminded, now.date() + timedelta(days=3))
    await consent.give(occasion(citizen_id))
    await keeps(citizen_id, b"CANARY-COPIED", key="federaal|CANARY-COPY")
    event = "insert into mailbox_event (citizen_id, mark, at, ends_at) values (%s, %s, %s, %s)"
    past_walls(event, citizen_id, uuid4().bytes, now, now + timedelta(days=30))
    await dossiers.mark_seen(occasion(citizen_id), read(change("CANARY-SEEN")))
    machine = reports.Machine(await reports.token_of())
    agents = [reports.agent(who.session.identity.insz)]
    assert (await machine.sends(reports.report(Agenten=agents))).status_code == 200
    assert (await notifying.notify(notifying.bundle(who.session.identity.insz))).status_code == 200
    entry: Any = catalogue.installed().entry("ahovoks.bewijzen")
    await corrections.report(who.session, occasion(citizen_id), entry, REPORT, uuid4())
    wanted = (DataRight.ERASURE, "vdab", Ask("VDAB", "CANARY-RIGHTS", ""))
    await rights.ask(who.session, occasion(citizen_id), wanted, uuid4())
    async with pool.as_citizen(citizen_id) as conn:
        await privacy.note_visit(conn, citizen_id, on=now.date())
    answer = "insert into sources_answer (citizen_id, session_id, dataset, sealed) values (%s, %s, %s, %s)"
    for name in ("rijksregister.adres", "rijksregister.adres HANDLE", "rijksregister.adres !trouble"):
        past_walls(answer, citizen_id, who.session.id, name, b"sealed")
