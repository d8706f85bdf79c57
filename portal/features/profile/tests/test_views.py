"""The pages as a browser asks for them: whose they are, what they refuse, what they keep of what was typed."""

import asyncio
import re
import secrets
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, override_settings
from django.urls import reverse

from portal.features.profile import actions, emails, photo, rules
from portal.features.profile.tests import reads
from portal.features.profile.types import OTHER_EMAIL, KeptKind, PostalAddress
from portal.platform.access import cookies, sessions
from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.database import pool
from portal.platform.keys import citizens
from tests.journal_entries import entries_of
from tests.waiting import until

from .conftest import CODE, TABLES, a_lock_is_waited_for, give_email, occasion, picture

pytestmark = pytest.mark.security

OURS = {"origin": "http://localhost:8000", "sec-fetch-site": "same-origin"}
HOME = PostalAddress("Thuis", "Veldstraat", "12", "", "9000", "Gent")
WORK = {"label": "Werk", "street": "Meir", "number": "1", "box": "", "postcode": "2000", "municipality": "Antwerpen"}


@pytest.fixture(autouse=True)
def host_of_test_clients():
    """Serve the host that Django's test clients ask for."""
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


class Visitor:
    """Somebody signed in, with the browser they use."""

    def __init__(self, session, cookie) -> None:
        self.citizen_id = session.citizen_id
        self._token = session.form_token
        self._client = AsyncClient()
        self._client.cookies[cookies.SESSION] = cookie

    async def get(self, name, **arguments):
        """Ask for a page."""
        return await self._client.get(reverse(f"profile:{name}", kwargs=arguments))

    async def post(self, name, values=(), **arguments):
        """Send its form, of a page just opened unless a key says which."""
        ours = {"form_token": self._token, "form_key": secrets.token_urlsafe(16)}
        return await self._client.post(
            reverse(f"profile:{name}", kwargs=arguments), {**ours, **dict(values)}, headers=OURS
        )


async def signs_in(insz, *, ago=timedelta(0)):
    now = datetime.now(UTC)
    identity = Identity(insz, "Lies", "Verhaegen", SignInMeans.ITSME, Assurance.HIGH, "x", now - ago)
    return Visitor(*await sessions.open_session(identity, now=now))


@pytest_asyncio.fixture
async def lies(past_walls):
    for table in TABLES:
        past_walls.execute(f"delete from {table}")
    return await signs_in("84651421235")


@pytest_asyncio.fixture
async def other(lies):
    return await signs_in("47692310692")


def leads_to(answer) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("Location", "")


PAGES = [
    "profile",
    "nickname",
    "nickname_check",
    "photo_file",
    "photo",
    "remove_nickname",
    "remove_photo",
    "add_address",
]
FRESH = ["email", "email_code", "remove_email", "other_email", "other_email_code"]


@pytest.mark.parametrize("name", [*PAGES, *FRESH])
async def test_page_is_for_who_is_signed_in(database, name):
    address = reverse(f"profile:{name}")
    answer = await AsyncClient().get(address)
    assert leads_to(answer) == (303, f"/aanmelden/?naar={address.replace('/', '%2F')}")


@pytest.mark.parametrize("name", FRESH)
async def test_address_for_mail_is_for_who_signed_in_just_now(lies, name):
    stale = await signs_in("84651421235", ago=timedelta(minutes=21))
    for answer in (await stale.get(name), await stale.post(name, {"email": "thief@example.org"})):
        back = reverse(f"profile:{name}").replace("/", "%2F")
        assert leads_to(answer) == (303, f"/aanmelden/opnieuw/?naar={back}")
    assert await reads.proposal_of(stale.citizen_id, KeptKind.EMAIL, now=datetime.now(UTC)) is None


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("profile", "photo_file", "add_address")])
async def test_form_without_its_token_is_refused(lies, name):
    lies._token = "x"
    assert (await lies.post(name)).status_code == 403


async def test_address_without_its_token_is_shown_again_to_its_own_and_changes_nothing(lies, other):
    address_id = await actions.save_address(occasion(lies.citizen_id, datetime.now(UTC)), HOME)
    lies._token = "x"
    form = (await lies.get("add_address")).content.decode()
    (whose,) = re.findall('name="van" value="([^"]+)"', form)
    for name, named in (("add_address", {}), ("change_address", {"address_id": address_id})):
        for van, is_shown in ((whose, True), ("", False), (whose[:-4], False)):
            answer = await lies.post(name, WORK | {"van": van}, **named)
            assert (answer.status_code, f'value="{WORK["street"]}"' in answer.content.decode()) == (200, is_shown)
    # Somebody else signed in at the same browser meanwhile.
    other._token = "x"
    assert "Meir" not in (await other.post("add_address", WORK | {"van": whose})).content.decode()
    assert [saved.address for saved in await reads.addresses_of(lies.citizen_id)] == [HOME]


async def test_addresses_of_somebody_else_are_not_found(lies, other, rows, caplog):
    now = datetime.now(UTC)
    theirs = await actions.save_address(occasion(other.citizen_id, now), HOME)
    for name in ("change_address", "remove_address"):
        for address_id in (theirs, uuid4()):
            assert (await lies.get(name, address_id=address_id)).status_code == 404
            assert (await lies.post(name, WORK, address_id=address_id)).status_code == 404
    assert [saved.address for saved in await reads.addresses_of(other.citizen_id)] == [HOME]
    # Each is a refused look in the log, and nobody reads there at which.
    said = [record.getMessage() for record in caplog.records if record.name == "portal.access"]
    assert [line.rpartition(" ")[0] for line in said] == ["refused: not theirs to see: address"] * 8
    assert str(theirs) not in caplog.text


async def test_photo_is_served_to_its_owner_only(lies, other):
    await actions.keep_photo(occasion(lies.citizen_id, datetime.now(UTC)), picture())
    answer = await lies.get("photo_file")
    assert (answer.status_code, answer.content) == (200, picture())
    assert {name: answer.headers.get(name) for name in ("Content-Type", "Cache-Control")} == {
        "Content-Type": "image/jpeg",
        "Cache-Control": "no-store",
    }
    assert (await other.get("photo_file")).status_code == 404


async def test_photo_that_is_sent_is_cut_and_kept(lies):
    given = SimpleUploadedFile("<b>ik</b>.svg", picture("PNG", (600, 400)), "text/html")
    assert leads_to(await lies.post("photo", {"photo": given})) == (303, "/profiel/?klaar=foto-bewaard")
    answer = await lies.get("photo_file")
    assert (answer.content[:3], answer.headers["Content-Type"]) == (b"\xff\xd8\xff", "image/jpeg")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Kies een foto."),
        ({"photo": "words"}, "Kies een foto."),
        ({"photo": SimpleUploadedFile("a.jpg", b"")}, "Dit bestand is leeg."),
        ({"photo": SimpleUploadedFile("a.jpg", b"<svg>")}, "Dit bestand is geen foto"),
    ],
)
async def test_what_is_no_photo_is_explained(lies, rows, given, said):
    answer = await lies.post("photo", given)
    assert answer.status_code == 422
    assert answer.content.decode().count(said) == 2  # at the field, and summed up on top
    assert rows() == {}


async def test_photo_of_somebody_who_has_several_under_way_is_refused_for_now(lies):
    turns = photo._turns()
    async with turns.take(lies.citizen_id), AsyncExitStack() as waiting:
        second = asyncio.create_task(waiting.enter_async_context(turns.take(lies.citizen_id)))
        await asyncio.sleep(0)
        given = SimpleUploadedFile("a.jpg", picture("JPEG"))
        answer = await lies.post("photo", {"photo": given})
        second.cancel()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
    assert "Wij verwerken al een foto van u" in answer.content.decode()


async def test_photo_that_is_too_large_is_explained(lies):
    answer = await lies._client.get("/profiel/foto/wijzigen/?te-groot=1")
    assert (answer.status_code, answer.content.decode().count("Uw foto is groter dan 15 MB.")) == (422, 2)


async def test_nothing_typed_is_lost_and_no_markup_gets_through(lies, rows):
    typed = {**WORK, "label": '"><script>x</script>', "postcode": "200"}
    answer = await lies.post("add_address", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Een postcode bestaat uit 4 cijfers, zoals 9000.") == 2
    assert 'value="&#34;&gt;&lt;script&gt;x&lt;/script&gt;"' in page
    assert "<script>x" not in page
    assert 'value="Antwerpen"' in page
    assert rows() == {}


async def test_nickname_of_another_tab_is_shown_before_it_is_used(lies):
    await lies.post("nickname", {"nickname": "Zonnetje"})
    shown = await reads.proposal_of(lies.citizen_id, KeptKind.NICKNAME, now=datetime.now(UTC))
    await lies.post("nickname", {"nickname": "Regenboog"})
    answer = await lies.post("nickname_check", {"voorstel": str(shown.id)})
    assert (answer.status_code, "Dag Regenboog," in answer.content.decode()) == (200, True)
    assert await reads.nickname_of(lies.citizen_id) is None


async def test_mail_that_was_refused_for_good_is_told_with_what_to_do(lies, past_walls):
    await lies.post("email", {"email": "lies@example.org"})
    waiting = (await lies.get("email_code")).content.decode()
    past_walls.execute("update procrastinate_jobs set status = 'failed'")
    refused = (await lies.get("email_code")).content.decode()
    words = ("Wij sturen nu een mail", "Wij kunnen geen mail sturen naar lies@", "Kijk na of het adres juist is.")
    assert [word in waiting for word in words] == [True, False, False]
    assert [word in refused for word in words] == [False, True, True]
    assert ("vanzelf opnieuw" in refused, "De code werkt tot" in refused) == (False, False)


@pytest.mark.parametrize(
    ("page", "shown"),
    [("email", ["email"]), ("remove_photo", ["photo"]), ("photo", ["photo"]), ("add_address", [])],
)
async def test_page_is_journalled_for_what_it_shows(lies, page, shown):
    now = datetime.now(UTC)
    await actions.keep_photo(occasion(lies.citizen_id, now), picture())
    await actions.save_address(occasion(lies.citizen_id, now), HOME)
    await actions.propose_email(occasion(lies.citizen_id, now), "lies@example.org", code="314159")
    await actions.confirm_email(occasion(lies.citizen_id, now), "314159")
    before = (await entries_of(lies.citizen_id))[0].id
    assert (await lies.get(page)).status_code == 200
    new = [access for access in await entries_of(lies.citizen_id) if access.id > before]
    assert [use.activity.dataset for access in new for use in access.uses] == shown


async def test_all_that_one_page_shows_bears_one_time(lies):
    await lies.post("email", {"email": "lies@example.org"})
    before = (await entries_of(lies.citizen_id))[0].id
    await lies.post("email_code", {"doe": "opnieuw"})
    new = [access for access in await entries_of(lies.citizen_id) if access.id > before]
    assert ([access.name for access in new], len({access.at for access in new})) == (
        ["propose for own profile", "look at own profile"],
        1,
    )


async def test_receipt_says_nothing_that_is_not_so(lies):
    for what in ("roepnaam-bewaard", "foto-bewaard", "e-mail-bewaard", "adres-bewaard", "<script>", ""):
        page = (await lies._client.get("/profiel/", {"klaar": what})).content.decode()
        assert 'class="receipt"' not in page


async def test_eleventh_address_is_not_taken(lies, rows):
    for _ in range(10):
        await actions.save_address(occasion(lies.citizen_id, datetime.now(UTC)), HOME)
    assert leads_to(await lies.post("add_address", WORK)) == (303, "/profiel/#adressen")
    assert rows() == {"profile_address": 10}


async def test_profile_whose_keys_are_gone_says_so_and_can_be_begun_anew(lies, rows):
    now = datetime.now(UTC)
    await lies.post("nickname", {"nickname": "Zonnetje"})
    proposed = await reads.proposal_of(lies.citizen_id, KeptKind.NICKNAME, now=now)
    await lies.post("nickname_check", {"voorstel": str(proposed.id)})
    await actions.keep_photo(occasion(lies.citizen_id, now), picture())
    key = await actions.save_address(occasion(lies.citizen_id, now), HOME)
    await citizens.erase(lies.citizen_id)
    await citizens.come_back(lies.citizen_id)
    answer = await lies.get("profile")
    assert (answer.status_code, answer.content.decode().count("niet meer lezen")) == (200, 3)
    for name in ("nickname", "photo", "email", "add_address", "remove_nickname", "remove_photo"):
        assert (await lies.get(name)).status_code == 200
    assert (await lies.get("change_address", address_id=key)).status_code == 200
    assert leads_to(await lies.post("remove_nickname")) == (303, "/profiel/?klaar=roepnaam-weg")
    assert leads_to(await lies.post("remove_photo")) == (303, "/profiel/?klaar=foto-weg")
    assert leads_to(await lies.post("remove_address", address_id=key)) == (303, "/profiel/?klaar=adres-weg")
    assert rows() == {}
    assert leads_to(await lies.post("nickname", {"nickname": "Regenboog"}))[0] == 303


async def test_form_sent_twice_is_one_address_one_code_and_one_try(lies, past_walls):
    def count(table):
        return past_walls.execute(f"select count(*) from {table} where citizen_id = %s", [lies.citizen_id]).fetchone()

    async def twice(name, **values):
        form = {**values, "form_key": secrets.token_urlsafe(16)}
        return [leads_to(one) for one in await asyncio.gather(lies.post(name, form), lies.post(name, form))]

    assert await twice("add_address", **WORK) == [(303, "/profiel/?klaar=adres-bewaard")] * 2
    assert await twice("email", email="lies@example.org") == [(303, "/profiel/e-mail/code/")] * 2
    assert (count("profile_address"), count("mail_outbox")) == ((1,), (1,))
    assert await twice("email_code", doe="controleren", code="000000") == [(422, "")] * 2
    (left,) = past_walls.execute("select attempts_left from profile_proposal").fetchone()
    assert left == rules.ATTEMPTS - 1


async def test_more_addresses_are_given_chosen_and_removed_by_their_owner_only(lies, other):
    now = datetime.now(UTC)
    assert leads_to(await lies.get("other_email")) == (303, "/profiel/#e-mail")  # without a first, no other
    for address, kind in (("lies@example.org", KeptKind.EMAIL), ("work@example.org", OTHER_EMAIL)):
        await actions.propose_email(occasion(lies.citizen_id, now), address, code="314159", kind=kind)
        await actions.confirm_email(occasion(lies.citizen_id, now), "314159", kind=kind)
    main, second = await reads.verified_emails_of(lies.citizen_id)
    for name in ("make_main_email", "remove_other_email"):
        for asks, email_id in ((other, second.id), (other, uuid4()), (lies, main.id), (lies, uuid4())):
            assert (await asks.get(name, email_id=email_id)).status_code == 404
            assert (await asks.post(name, email_id=email_id)).status_code == 404
        stale = await signs_in("84651421235", ago=timedelta(minutes=21))
        assert (await stale.post(name, email_id=second.id)).status_code == 303
    assert await reads.verified_emails_of(lies.citizen_id) == [main, second]
    assert leads_to(await lies.post("make_main_email", email_id=second.id)) == (
        303,
        "/profiel/?klaar=hoofdadres-gekozen",
    )
    assert (
        "U hebt een ander hoofdadres."
        in (await lies._client.get("/profiel/?klaar=hoofdadres-gekozen")).content.decode()
    )
    assert leads_to(await lies.post("remove_other_email", email_id=main.id)) == (303, "/profiel/?klaar=e-mail-weg")
    assert [one.address for one in await reads.verified_emails_of(lies.citizen_id)] == ["work@example.org"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("other_email", {"email": "work@example.org"}),
        ("other_email_code", {"doe": "opnieuw"}),
        ("other_email_code", {"doe": "controleren", "code": CODE}),
    ],
    ids=["address", "new code", "code"],
)
async def test_address_that_another_tab_made_one_too_many_leads_to_those_there_are(lies, past_walls, name, form):
    citizen, now = lies.citizen_id, datetime.now(UTC)
    await give_email(citizen, "lies@example.org", now)
    async with pool.as_citizen(citizen) as conn:
        for number in range(rules.MOST_EMAILS - 2):
            await emails.keep(conn, occasion(citizen, now), f"{number}@example.org", OTHER_EMAIL)
    await actions.propose_email(occasion(citizen, now), "work@example.org", code=CODE, kind=OTHER_EMAIL)
    async with pool.as_citizen(citizen) as conn:
        await emails.lock(conn, citizen)
        asking = asyncio.create_task(lies.post(name, form))
        await until(lambda: asking.done() or a_lock_is_waited_for(past_walls))
        await emails.keep(conn, occasion(citizen, now), "fifth@example.org", OTHER_EMAIL)
    assert leads_to(await asking) == (303, "/profiel/#e-mail")
    assert len(await reads.verified_emails_of(citizen)) == rules.MOST_EMAILS


@pytest.mark.parametrize("typed", ["lies@EXAMPLE.org", "LIES@example.org", "Work@example.org"])
async def test_address_that_is_there_is_refused_kindly_and_no_code_is_mailed(lies, typed, rows):
    now = datetime.now(UTC)
    for address, kind in (("lies@example.org", KeptKind.EMAIL), ("work@example.org", OTHER_EMAIL)):
        await actions.propose_email(occasion(lies.citizen_id, now), address, code="314159", kind=kind)
        await actions.confirm_email(occasion(lies.citizen_id, now), "314159", kind=kind)
    mails = rows()["mail_outbox"]
    answer = await lies.post("other_email", {"email": typed})
    assert (answer.status_code, "Dit e-mailadres staat al in uw profiel." in answer.content.decode()) == (422, True)
    assert f'value="{typed}"' in answer.content.decode()
    assert rows()["mail_outbox"] == mails


async def test_main_address_is_not_removed_for_a_successor_that_went_meanwhile(lies):
    now = datetime.now(UTC)
    for address, kind in (("lies@example.org", KeptKind.EMAIL), ("work@example.org", OTHER_EMAIL)):
        await actions.propose_email(occasion(lies.citizen_id, now), address, code="314159", kind=kind)
        await actions.confirm_email(occasion(lies.citizen_id, now), "314159", kind=kind)
    for said in ({}, {"opvolger": "x"}, {"opvolger": str(uuid4())}):
        answer = await lies.post("remove_email", said)
        assert "Daarna is work@example.org uw hoofdadres." in answer.content.decode()
    assert len(await reads.verified_emails_of(lies.citizen_id)) == 2
