"""What a citizen chooses about mails: kept sealed, asked by the worker, shown to them, gone when they say so."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
import pytest_asyncio
from django.test import AsyncClient, override_settings
from django.urls import reverse

from portal.features.notifications import actions as notifications
from portal.features.notifications import preference_actions as actions
from portal.features.notifications import preference_rules as rules
from portal.features.notifications import preferences, service_list
from portal.features.notifications import queries as notices
from portal.features.notifications.preference_forms import name_of
from portal.features.notifications.preference_rules import (
    EBOX,
    NoMail,
    Pace,
    Preferences,
    UnwantedMail,
    WantedMail,
    Way,
)
from portal.features.profile import actions as profile
from portal.features.profile import emails
from portal.features.profile.tests import reads
from portal.features.profile.types import OTHER_EMAIL, KeptKind
from portal.platform.access import cookies, sessions
from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.database import pool
from portal.platform.journal.types import WORKER, Occasion
from portal.platform.keys import citizens
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

CODE = "314159"
PVB = "vaph/30201"
OURS = {"origin": "http://localhost:8000", "sec-fetch-site": "same-origin"}
TABLES = ("notifications_preferences", "profile_kept", "profile_email", "profile_proposal", "profile_code_sent")


def occasion(citizen_id: UUID) -> Occasion:
    return Occasion(citizen_id, datetime.now(UTC), str(uuid4()))


async def gives(citizen_id, address, kind=KeptKind.EMAIL) -> UUID:
    """Give an address and confirm it; returns its id."""
    await profile.propose_email(occasion(citizen_id), address, code=CODE, kind=kind)
    await profile.confirm_email(occasion(citizen_id), CODE, kind=kind)
    return await id_of(citizen_id, address)


async def id_of(citizen_id, address) -> UUID:
    (found,) = [one.id for one in await reads.verified_emails_of(citizen_id) if one.address == address]
    return found


@pytest_asyncio.fixture
async def citizen(past_walls: psycopg.Connection) -> UUID:
    """Somebody with keys, on empty tables."""
    for table in (*TABLES, "mail_outbox", "procrastinate_jobs"):
        past_walls.execute(f"delete from {table}")
    citizen_id = uuid4()
    await citizens.ensure(citizen_id)
    return citizen_id


async def test_nobody_is_mailed_before_they_chose(citizen):
    await gives(citizen, "lies@example.org")
    assert await preferences.for_service(occasion(citizen), PVB) == UnwantedMail(NoMail.NOTHING_CHOSEN)
    assert await preferences.for_service(occasion(uuid4()), PVB) == UnwantedMail(NoMail.NOTHING_CHOSEN)


async def test_worker_is_told_where_how_and_how_soon(citizen, as_worker):
    home = await gives(citizen, "lies@example.org")
    work = await gives(citizen, "work@example.org", OTHER_EMAIL)
    await profile.propose_nickname(occasion(citizen), "Zonnetje")
    proposed = await reads.proposal_of(citizen, KeptKind.NICKNAME, now=datetime.now(UTC))
    await profile.confirm_nickname(occasion(citizen), proposed.id)
    await actions.choose(occasion(citizen), rules.for_each({PVB: work, EBOX: home}, Pace.DAILY))
    async with as_worker():
        working = msgspec.structs.replace(occasion(citizen), actor=WORKER)
        assert await preferences.for_service(working, PVB) == WantedMail("work@example.org", "Zonnetje", Pace.DAILY)
        assert await preferences.for_service(working, "kortrijk/30102") == UnwantedMail(NoMail.NOT_THIS_SERVICE)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await actions.choose(occasion(citizen), rules.for_all(home, Pace.DAILY))
        # It may take them away of whom it names as not seen for two years, and of nobody else.
        assert await actions.withdraw(occasion(citizen)) is False
        assert await preferences.for_service(working, PVB) == WantedMail("work@example.org", "Zonnetje", Pace.DAILY)
    asked, wanted = (await entries_of(citizen))[1:3]
    assert [use.activity.dataset for use in wanted.uses] == ["preferences", "email", "nickname"]
    assert [use.activity.dataset for use in asked.uses] == ["preferences"]


async def test_removed_address_leaves_its_services_without_mail_also_when_it_comes_back(citizen):
    await gives(citizen, "lies@example.org")
    work = await gives(citizen, "work@example.org", OTHER_EMAIL)
    await actions.choose(occasion(citizen), rules.for_all(work, Pace.AT_ONCE))
    await emails.remove_other(occasion(citizen), work)
    assert await preferences.for_service(occasion(citizen), PVB) == UnwantedMail(NoMail.ADDRESS_GONE)
    await gives(citizen, "work@example.org", OTHER_EMAIL)
    assert await preferences.for_service(occasion(citizen), PVB) == UnwantedMail(NoMail.ADDRESS_GONE)


async def test_another_main_address_changes_nothing_and_a_replaced_one_takes_its_services_along(citizen):
    home = await gives(citizen, "lies@example.org")
    work = await gives(citizen, "work@example.org", OTHER_EMAIL)
    await actions.choose(occasion(citizen), rules.for_all(home, Pace.AT_ONCE))
    await emails.make_main(occasion(citizen), work)
    assert (await preferences.for_service(occasion(citizen), PVB)).address == "lies@example.org"
    await emails.make_main(occasion(citizen), home)
    await gives(citizen, "new@example.org")
    assert (await preferences.for_service(occasion(citizen), PVB)).address == "new@example.org"


async def test_only_an_address_of_their_own_is_kept(citizen, past_walls):
    await gives(citizen, "lies@example.org")
    other = uuid4()
    await citizens.ensure(other)
    await gives(other, "main@example.org")
    theirs = await gives(other, "theirs@example.org", OTHER_EMAIL)
    for wish in (rules.for_all(theirs, Pace.DAILY), rules.for_each({PVB: theirs}, Pace.DAILY)):
        with pytest.raises(actions.AddressUnknown):
            await actions.choose(occasion(citizen), wish)
    assert past_walls.execute("select count(*) from notifications_preferences").fetchone() == (0,)


async def test_what_was_chosen_is_one_sealed_row_that_opens_for_nobody_else(citizen, past_walls):
    home = await gives(citizen, "lies@example.org")
    for pace in Pace:
        await actions.choose(occasion(citizen), rules.for_each({PVB: home}, pace))
    ((_, sealed, consent, _),) = past_walls.execute("select * from notifications_preferences").fetchall()
    assert (consent, b"vaph" in sealed, str(home).encode() in sealed) == ("contactvoorkeuren-1", False, False)
    other = uuid4()
    await citizens.ensure(other)
    past_walls.execute("update notifications_preferences set citizen_id = %s", (other,))
    assert (await preferences.look_at_choice(occasion(other))).preferences is None
    assert await preferences.for_service(occasion(other), PVB) == UnwantedMail(NoMail.UNREADABLE)
    async with pool.as_citizen(citizen) as conn:
        assert (await conn.execute("delete from notifications_preferences")).rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(actions.KEEP, (uuid4(), b"", "", datetime.now(UTC)))


async def test_what_was_chosen_is_exported_withdrawn_and_forgotten(citizen, past_walls):
    home = await gives(citizen, "lies@example.org")
    await actions.choose(occasion(citizen), rules.for_each({PVB: home}, Pace.DAILY))
    (record,) = [one for one in await notices.export(citizen) if one.kind == "preferences"]
    assert (record.value, record.consent) == (
        {
            "way": "each",
            "pace": "daily",
            "expiry": True,
            "address": None,
            "services": {"Persoonsvolgend budget (PVB)": "lies@example.org"},
        },
        "contactvoorkeuren-1",
    )
    async with pool.as_citizen(citizen) as conn:
        await notifications.forget(conn, citizen)
    assert past_walls.execute("select count(*) from notifications_preferences").fetchone() == (0,)
    await actions.choose(occasion(citizen), rules.for_all(home, Pace.DAILY))
    assert [await actions.withdraw(occasion(citizen)) for _ in range(2)] == [True, False]
    assert [one.kind for one in await notices.export(citizen)] == []
    names = [entry.name for entry in await entries_of(citizen)]
    assert names[:2] == ["withdraw contact preferences", "choose contact preferences"]


async def test_journal_names_what_the_page_shows_and_nothing_else(citizen):
    await preferences.look_at_choice(occasion(citizen))
    assert await entries_of(citizen) == []
    home = await gives(citizen, "lies@example.org")
    await preferences.look_at_choice(occasion(citizen))
    assert [use.activity.dataset for use in (await entries_of(citizen))[0].uses] == ["email"]
    await actions.choose(occasion(citizen), rules.for_all(home, Pace.DAILY))
    await preferences.look_at_choice(occasion(citizen))
    assert [use.activity.dataset for use in (await entries_of(citizen))[0].uses] == ["preferences", "email"]


async def test_whoever_lost_their_keys_is_mailed_nothing_and_chooses_anew(citizen):
    home = await gives(citizen, "lies@example.org")
    await actions.choose(occasion(citizen), rules.for_all(home, Pace.DAILY))
    await citizens.erase(citizen)
    assert await preferences.for_service(occasion(citizen), PVB) == UnwantedMail(NoMail.UNREADABLE)
    assert [one.value for one in await notices.export(citizen) if one.kind == "preferences"] == [None]
    assert (await preferences.look_at_choice(occasion(citizen))).preferences is None
    assert await actions.withdraw(occasion(citizen)) is True


async def test_address_removed_at_the_same_moment_is_never_mailed(citizen):
    await gives(citizen, "lies@example.org")
    work = await gives(citizen, "work@example.org", OTHER_EMAIL)
    wish = rules.for_all(work, Pace.AT_ONCE)
    await asyncio.gather(
        actions.choose(occasion(citizen), wish),
        emails.remove_other(occasion(citizen), work),
        return_exceptions=True,
    )
    assert isinstance(await preferences.for_service(occasion(citizen), PVB), UnwantedMail)


class Visitor:
    """Somebody signed in, with the browser they use."""

    def __init__(self, session, cookie) -> None:
        self.citizen_id = session.citizen_id
        self._token = session.form_token
        self._client = AsyncClient()
        self._client.cookies[cookies.SESSION] = cookie

    async def reads(self, name, query=""):
        """Read a page."""
        return (await self._client.get(reverse(f"notifications:{name}") + query)).content.decode()

    async def sends(self, name, values=()):
        """Send its form; give the answer's status, where it leads, and its text."""
        ours = {"form_token": self._token, "form_key": secrets.token_urlsafe(16)}
        answer = await self._client.post(reverse(f"notifications:{name}"), {**ours, **dict(values)}, headers=OURS)
        return answer.status_code, answer.headers.get("Location", ""), answer.content.decode()


@pytest_asyncio.fixture
async def lies(citizen):
    now = datetime.now(UTC)
    identity = Identity(
        "84651421235", "Lies", "Verhaegen", SignInMeans.ITSME, Assurance.HIGH, "x", now - timedelta(0)
    )
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield Visitor(*await sessions.open_session(identity, now=now))


async def chosen_by(visitor) -> Preferences:
    return (await preferences.look_at_choice(occasion(visitor.citizen_id))).preferences


async def test_without_an_address_there_is_nothing_to_choose(lies):
    page = await lies.reads("preferences")
    assert "U hebt ons geen e-mailadres gegeven. Wij sturen u dus geen mails." in page
    assert 'href="/profiel/#e-mail"' in page
    for name in ("preferences_all", "preferences_each"):
        assert (await lies.sends(name, {"email": str(uuid4()), "pace": "daily"}))[:2] == (
            303,
            "/uw-gegevens/contactvoorkeuren/",
        )
    assert await chosen_by(lies) == Preferences()


async def test_one_address_for_all_is_chosen_and_withdrawn(lies):
    home = await gives(lies.citizen_id, "lies@example.org")
    assert "U krijgt geen mails over nieuws." in await lies.reads("preferences")
    sent = await lies.sends("preferences_all", {"email": str(home), "pace": "daily"})
    assert sent[:2] == (303, "/uw-gegevens/contactvoorkeuren/?klaar=bewaard")
    page = await lies.reads("preferences", "?klaar=bewaard")
    assert "Uw keuze is bewaard." in page
    assert "U krijgt mails over alle diensten op lies@example.org." in page
    assert "U krijgt hoogstens één mail per dag en per adres, om 18 uur." in page
    assert (await lies.sends("preferences"))[:2] == (303, "/uw-gegevens/contactvoorkeuren/?klaar=geen-mails")
    assert "Uw keuze is bewaard." not in await lies.reads("preferences", "?klaar=bewaard")
    assert await chosen_by(lies) == Preferences()


async def test_each_service_has_its_own_address_or_none(lies):
    home = await gives(lies.citizen_id, "lies@example.org")
    work = await gives(lies.citizen_id, "work@example.org", OTHER_EMAIL)
    fields = {name_of(service): "" for service in service_list.list_services()} | {"pace": "at_once"}
    wish = fields | {"dienst-vaph-30201": str(work), "dienst-ebox": str(home)}
    # A page from before does not ask about documents that expire.
    for more, may_mail in (({}, True), ({"expiry": "nee"}, False), ({}, False), ({"expiry": "ja"}, True)):
        assert (await lies.sends("preferences_each", wish | more))[1].endswith("?klaar=bewaard")
        chosen = rules.for_each({PVB: work, EBOX: home}, Pace.AT_ONCE, may_mail_expiry=may_mail)
        assert await chosen_by(lies) == chosen
        assert ("dan mailen wij u dat niet" in await lies.reads("preferences")) is not may_mail
    assert (await lies.sends("preferences_each", wish | {"expiry": "x"}))[0] == 422
    page = await lies.reads("preferences_each")
    assert page.count("selected") == len(fields) + 1
    await emails.remove_other(occasion(lies.citizen_id), work)
    page = await lies.reads("preferences")
    assert "Voor deze diensten koos u een adres dat niet meer in uw profiel staat." in page
    assert "work@example.org" not in page
    assert (await lies.sends("preferences_each", fields))[1].endswith("?klaar=geen-mails")
    assert (await chosen_by(lies)).way is Way.NONE


async def test_choice_for_a_service_that_is_not_offered_now_stays_unless_no_mail_is_wanted_at_all(lies):
    home = await gives(lies.citizen_id, "lies@example.org")
    work = await gives(lies.citizen_id, "work@example.org", OTHER_EMAIL)
    before = rules.for_each({PVB: home, "later/1": home, "later/2": work}, Pace.DAILY)
    await actions.choose(occasion(lies.citizen_id), before)
    await emails.remove_other(occasion(lies.citizen_id), work)
    wish = {"dienst-ebox": str(home), "pace": "daily"}
    assert (await lies.sends("preferences_each", wish))[1].endswith("?klaar=bewaard")
    assert (await chosen_by(lies)).services == {"later/1": home, EBOX: home}
    assert (await lies.sends("preferences_each", {"pace": "daily"}))[1].endswith("?klaar=geen-mails")
    assert await chosen_by(lies) == Preferences()


@pytest.mark.parametrize("email", ["", "x", "00000000-0000-4000-8000-000000000009", "1" * 10_000])
async def test_address_that_is_not_there_is_refused_and_nothing_typed_is_lost(lies, email):
    home = await gives(lies.citizen_id, "lies@example.org")
    status, _, page = await lies.sends("preferences_all", {"email": email, "pace": "daily"})
    assert (status, '<option value="daily" selected>' in page) == (422, True)
    each = {"dienst-vaph-30201": email or "x", "dienst-ebox": str(home), "pace": "daily"}
    status, _, page = await lies.sends("preferences_each", each)
    assert (status, page.count(f'<option value="{home}" selected>')) == (422, 1)
    assert 'href="#id_dienst-vaph-30201"' in page
    assert await chosen_by(lies) == Preferences()


@pytest.mark.parametrize("pace", ["", "hourly"])
async def test_pace_that_there_is_not_is_refused(lies, pace):
    home = await gives(lies.citizen_id, "lies@example.org")
    assert (await lies.sends("preferences_all", {"email": str(home), "pace": pace}))[0] == 422
    assert await chosen_by(lies) == Preferences()


async def test_service_that_no_body_has_is_not_kept(lies):
    home = await gives(lies.citizen_id, "lies@example.org")
    await lies.sends("preferences_each", {"dienst-made-up": str(home), "dienst-ebox": str(home), "pace": "daily"})
    assert await chosen_by(lies) == rules.for_each({EBOX: home}, Pace.DAILY)
