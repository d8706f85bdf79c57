"""The question form: what it refuses and why, what it keeps, and that it is sent once."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import AsyncClient, override_settings

from portal.features.contact import forms, limits, rules
from portal.features.contact.forms import FASTEST, LONGEST, FilledForm, FormMark, issue_mark, mistakes, read_mark
from portal.platform.access import cookies, sessions
from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.language import dates
from portal.platform.language.current import speaking

pytestmark = pytest.mark.security

ORIGIN = "http://localhost:8000"
NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
GOOD = {"onderwerp": "app", "vraag": "Waar vind ik de app?", "email": "an@example.org", "telefoon": ""}
NUMBER = "84651421235"


def filled(**other: str) -> FilledForm:
    return forms.read(GOOD | other)


def fields(**other: str) -> list[str]:
    return [mistake.field for mistake in mistakes(filled(**other))]


def test_good_form_has_no_mistakes():
    assert mistakes(filled()) == []
    for number in ("+32 470 12 34 56", "(02) 123 45 67", "(+32) 2/123.45.67", "+32 (0)2 123 45 67"):
        assert mistakes(filled(email="", telefoon=number)) == []
    assert forms.question_of(filled()).topic == "De app"
    # Who answers reads Dutch, whatever the language of the form.
    with speaking("en"):
        assert forms.topics("en")["app"] == "The app"
        assert forms.question_of(filled()).topic == "De app"


@pytest.mark.parametrize(
    ("other", "wrong"),
    [
        ({"onderwerp": ""}, ["onderwerp"]),
        ({"onderwerp": "<script>"}, ["onderwerp"]),
        ({"vraag": " \n "}, ["vraag"]),
        ({"vraag": "\u200b\u202e"}, ["vraag"]),
        ({"vraag": "a" * 5001}, ["vraag"]),
        ({"vraag": "€" * 4000}, ["vraag"]),
        ({"vraag": f"Mijn nummer is {NUMBER}."}, ["vraag"]),
        ({"vraag": "Mijn nummer is 84.65.14-212.35, klopt dat?"}, ["vraag"]),
        ({"vraag": "Mijn nummer is 84/65/14-212-35."}, ["vraag"]),
        ({"vraag": "Mijn nummer is 846514/212/35."}, ["vraag"]),
        ({"vraag": "Mijn nummer is 84.65.14–212.35."}, ["vraag"]),
        ({"email": "an@example.org\r\nBcc: b@example.org"}, ["email"]),
        ({"email": "an"}, ["email"]),
        ({"email": ""}, ["email"]),
        ({"telefoon": "bel mij"}, ["telefoon"]),
        ({"telefoon": "(02) 12"}, ["telefoon"]),
        ({"telefoon": "2+2 345 678"}, ["telefoon"]),
        ({"telefoon": "() / () - ().()"}, ["telefoon"]),
        ({"telefoon": "0470\r\nBcc: b@example.org"}, ["telefoon"]),
        ({"website": "https://spam.example"}, ["formulier"]),
        ({"onderwerp": "", "vraag": "", "email": ""}, ["onderwerp", "vraag", "email"]),
    ],
)
def test_what_is_wrong_is_said_at_its_field(other, wrong):
    assert fields(**other) == wrong


@pytest.mark.parametrize(
    "text", ["Ik belde 02 553 17 00 op 3 maart 2026.", "84651421236", "184651421235", "a" * 5000]
)
def test_what_looks_odd_but_is_fine_passes(text):
    assert fields(vraag=text) == []


def test_what_was_filled_in_is_never_printed():
    assert repr(filled()) == "FilledForm(…)"


async def test_mark_is_ours_and_does_not_last():
    form_id = uuid4()
    mark = await issue_mark(form_id, NOW)
    assert await read_mark(mark, NOW) == FormMark(form_id, NOW)
    assert await read_mark(mark, NOW + LONGEST) == FormMark(form_id, NOW)
    assert await read_mark(mark, NOW + LONGEST + timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    "forge",
    [
        lambda mark: "",
        lambda mark: "..",
        lambda mark: mark[:-1],
        lambda mark: f"{mark}é",
        lambda mark: mark.replace(mark[:8], "00000000"),
        lambda mark: re.sub(r"\.\d+\.", f".{int((NOW - timedelta(hours=1)).timestamp())}.", mark),
    ],
)
async def test_forged_mark_is_none(forge):
    assert await read_mark(forge(await issue_mark(uuid4(), NOW)), NOW) is None


class Visitor(AsyncClient):
    """A browser at the form."""

    async def send(self, step: str, mark: str, headers: dict[str, str] | None = None, **other: str):
        """Press a button of the form."""
        form = GOOD | {"formulier": mark, "stap": step} | other
        return await self.post("/contact/", form, headers={"Origin": ORIGIN} | (headers or {}))


@pytest.fixture
async def visitor(database, past_walls, monkeypatch):
    for table in ("mail_question", "mail_question_rate", "procrastinate_jobs"):
        past_walls.execute(f"delete from {table}")
    monkeypatch.setattr(limits, "MOST", 3)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield Visitor()


async def an_older_mark(form_id: UUID | None = None) -> str:
    return await issue_mark(form_id or uuid4(), datetime.now(UTC) - FASTEST)


def row_counts(past_walls) -> tuple[int, int]:
    rows = "select (select count(*) from mail_question), (select count(*) from procrastinate_jobs)"
    return past_walls.execute(rows).fetchone()


async def test_form_carries_a_mark_and_the_topic_one_comes_from(visitor):
    page = (await visitor.get("/contact/?over=phishing")).content.decode()
    mark = re.search(r'name="formulier" value="([^"]+)"', page)[1]
    assert await read_mark(mark, datetime.now(UTC)) is not None
    assert '<option value="berichten" selected>' in page
    assert " selected" not in (await visitor.get("/contact/?over=niets")).content.decode()


async def test_question_is_looked_over_then_sent_then_confirmed(visitor, past_walls):
    form_id = uuid4()
    mark = await an_older_mark(form_id)
    looked = await visitor.send("nakijken", mark)
    assert (looked.status_code, "Kijk uw vraag na" in looked.content.decode()) == (200, True)
    assert row_counts(past_walls) == (0, 0)
    sent = await visitor.send("versturen", mark)
    assert sent.status_code == 303
    assert row_counts(past_walls) == (1, 1)
    receipt = (await visitor.get(sent["Location"])).content.decode()
    question_id = await forms.question_id(form_id, forms.question_of(filled()))
    assert rules.reference(question_id) in receipt
    assert "verwijzen wij u door" in receipt
    assert [word for word in ("an@example.org", "Waar vind ik") if word in receipt] == []


async def test_form_that_is_sent_twice_is_one_question(visitor, past_walls):
    mark = await an_older_mark()
    first = await visitor.send("versturen", mark)
    again = await visitor.send("versturen", mark)
    assert (first["Location"], again.status_code) == (again["Location"], 303)
    assert row_counts(past_walls) == (1, 1)


@pytest.mark.parametrize(
    "other", [{"vraag": "Ik vergat dit."}, {"email": "jan@example.org"}, {"onderwerp": "anders"}]
)
async def test_form_that_was_changed_after_it_was_sent_is_another_question(visitor, past_walls, other):
    """Who goes back from the receipt and changes something there, sends what they changed."""
    mark = await an_older_mark()
    first = await visitor.send("versturen", mark)
    await visitor.send("wijzigen", mark)
    await visitor.send("nakijken", mark, **other)
    changed = [await visitor.send("versturen", mark, **other) for _click in range(2)]
    assert changed[0]["Location"] == changed[1]["Location"] != first["Location"]
    assert row_counts(past_walls) == (2, 2)


async def test_nothing_is_lost_on_a_mistake_or_a_change(visitor, past_walls):
    for step, other in (("nakijken", {"email": "an"}), ("versturen", {"telefoon": "x"}), ("wijzigen", {})):
        mark = await an_older_mark()
        answer = await visitor.send(step, mark, vraag="Regel <b>één</b>\r\nRegel twee", **other)
        page = answer.content.decode()
        assert answer.status_code == (200 if step == "wijzigen" else 422)
        assert "Regel &lt;b&gt;één&lt;/b&gt;\nRegel twee</textarea>" in page
        assert f'value="{mark}"' in page
    assert row_counts(past_walls) == (0, 0)


async def test_form_that_is_not_ours_comes_back_as_ours_with_what_was_typed(visitor, past_walls):
    for mark in ("", "forged", await issue_mark(uuid4(), datetime.now(UTC) - LONGEST - FASTEST)):
        answer = await visitor.send("versturen", mark)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "te lang open" in page
        assert "Waar vind ik de app?</textarea>" in page
        new = re.search(r'name="formulier" value="([^"]+)"', page)[1]
        assert await read_mark(new, datetime.now(UTC)) is not None
    assert row_counts(past_walls) == (0, 0)


async def test_programs_that_are_too_fast_or_fill_in_all_are_stopped(visitor, past_walls):
    fast = await visitor.send("versturen", await issue_mark(uuid4(), datetime.now(UTC)))
    assert "Dat ging erg snel" in fast.content.decode()
    trapped = await visitor.send("versturen", await an_older_mark(), website="x")
    assert trapped.status_code == 422
    assert 'value="x"' not in trapped.content.decode()
    assert row_counts(past_walls) == (0, 0)


async def test_many_from_one_address_are_refused_kindly(visitor, past_walls):
    answers = [await visitor.send("versturen", await an_older_mark()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert "Waar vind ik de app?" in answers[-1].content.decode()
    assert row_counts(past_walls) == (3, 3)


async def test_form_that_was_taken_has_its_receipt_when_no_more_are_taken(visitor, past_walls):
    first = await an_older_mark()
    marks = [first, await an_older_mark(), await an_older_mark(), await an_older_mark(), first]
    answers = [await visitor.send("versturen", mark) for mark in marks]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429, 303]
    assert answers[-1]["Location"] == answers[0]["Location"]
    assert row_counts(past_walls) == (3, 3)


async def test_many_from_everywhere_are_taken_and_told_that_they_wait(visitor, past_walls, monkeypatch):
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 1)
    answers = [await visitor.send("versturen", await an_older_mark()) for _ in range(2)]
    pages = [(await visitor.get(answer["Location"])).content.decode() for answer in answers]
    ((until,),) = past_walls.execute("select max(send_at) from mail_question").fetchall()
    words = f"Daarom gaat uw vraag pas op {dates.moment(until)} naar onze medewerkers."
    assert [words in page for page in pages] == [False, True]
    assert row_counts(past_walls) == (2, 2)
    past_walls.execute("update mail_question set send_at = now()")
    assert "Daarom gaat" not in (await visitor.get(answers[1]["Location"])).content.decode()


async def test_more_than_can_wait_are_refused_with_phone_and_mail(visitor, past_walls, monkeypatch):
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 1)
    monkeypatch.setattr(limits, "LONGEST_WAIT", timedelta(0))
    first = await an_older_mark()
    answers = [await visitor.send("versturen", mark) for mark in (first, await an_older_mark(), first)]
    assert [answer.status_code for answer in answers] == [303, 503, 303]
    page = answers[1].content.decode()
    words = ("niet verstuurd", "tel:1700", "mailto:hulp@burgerprofiel.example", "Waar vind ik de app?")
    assert [word for word in words if word not in page] == []
    assert row_counts(past_walls) == (1, 1)


async def test_without_a_database_nothing_is_lost_and_the_phone_is_named(visitor):
    from portal.platform.database import pool

    mark = await an_older_mark()
    await pool.close_pools()
    answer = await visitor.send("versturen", mark)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "niet verstuurd" in page
    assert "tel:1700" in page
    assert "Waar vind ik de app?" in page


async def test_ten_megabytes_are_refused_before_they_are_read(visitor, past_walls):
    answer = await visitor.send("versturen", await an_older_mark(), vraag="a" * 10_000_000)
    assert answer.status_code == 400
    assert row_counts(past_walls) == (0, 0)


async def test_other_site_sends_nothing(visitor, past_walls):
    answer = await visitor.send("versturen", await an_older_mark(), {"Origin": "https://kwaad.example"})
    assert answer.status_code == 403
    assert row_counts(past_walls) == (0, 0)


async def test_signed_in_or_not_the_form_is_the_same_and_is_ours(visitor, past_walls):
    """It acts for nobody, so a page from before a sign-in goes on; another site's is refused all the same."""
    jan = Identity("84651421235", "Jan", "Peeters", SignInMeans.EID, Assurance.HIGH, "subject-1")
    _, cookie = await sessions.open_session(jan, now=datetime.now(UTC))
    visitor.cookies[cookies.SESSION] = cookie
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await visitor.send("versturen", await an_older_mark(), elsewhere)).status_code == 403
    assert row_counts(past_walls) == (0, 0)
    assert (await visitor.send("versturen", await an_older_mark())).status_code == 303
    assert row_counts(past_walls) == (1, 1)


async def test_receipt_of_no_question_is_not_there(visitor):
    assert (await visitor.get(f"/contact/{uuid4()}/")).status_code == 404
