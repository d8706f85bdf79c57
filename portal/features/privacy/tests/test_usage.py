"""Who used somebody's data, as they read it: what each line says, what fits a filter, a year, and whose it is not."""

import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command

from portal.features.privacy.usage import reading, seeking, views
from portal.features.privacy.usage.seeking import SoughtUses
from portal.platform.database import pool
from portal.platform.journal import actions, searching
from portal.platform.journal.types import (
    Activity,
    Actor,
    ActorKind,
    Occasion,
    Result,
    begin,
    own_activity,
)
from portal.platform.keys import subjects
from portal.platform.language.dates import day_here
from tests.citizen import Citizen, person, sign_in

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

HERE = "/privacy/gebruik/"
NOW = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
FISH = Activity(
    body="fishery",
    body_name="Visserij & <Zoon>",
    dataset="catch",
    title="Vangst van <b>vis</b>",
    purpose="U bekijkt uw eigen gegevens.",
    legal_basis="Besluit van 1 mei",
    services=("Vang/01.00",),
    retention="session",
)
NOTE = own_activity("note", title="Kattebel", purpose="Wij sturen u een e-mail.", legal_basis="x", retention="y")
PARENT = Actor(ActorKind.PARENT, str(uuid4()))
WORKER_OF_PORTAL = Actor(ActorKind.SYSTEM, "portal")  # the worker itself writes in a role of its own


async def write(
    citizen: UUID,
    at: datetime,
    *activities: Activity,
    actor: Actor | None = None,
    name: str = "look at own data",
    result: Result | None = "ready",
    conn: psycopg.AsyncConnection[Any] | None = None,
) -> str:
    """Write an access and its end; result: None for one that was not ended. Gives its correlation id."""
    chosen = activities or (FISH,)
    occasion = Occasion(citizen, at, str(uuid4()), actor or Actor(ActorKind.CITIZEN))
    operation = begin(name, chosen, occasion)
    async with pool.as_citizen(citizen) as own:
        journalled = await actions.record_asked(own, operation)
        if result is not None:
            results: dict[str, Result] = {one.name: result for one in chosen}
            await actions.record_outcomes(own, journalled, results, now=at)
    return occasion.correlation_id


async def text_of(who: Citizen, path: str = HERE, **query: str) -> str:
    response = await who.gets(path, **query)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return unescape(response.content.decode())


def folds(page: str) -> list[tuple[str, int]]:
    """Who each fold is about, and how often they did it."""
    return [(who, int(count)) for who, count in re.findall(r'data-who="(\w+)" data-count="(\d+)"', page)]


async def test_page_says_who_when_which_data_why_and_with_what_result(lies: Citizen):
    citizen = lies.session.citizen_id
    await write(citizen, NOW)
    await write(citizen, NOW + timedelta(minutes=5))
    await write(citizen, NOW + timedelta(minutes=6), result="down")
    await write(citizen, NOW - timedelta(days=1), actor=PARENT, name="look at a child's data", result="nothing")
    await write(citizen, NOW - timedelta(days=2), actor=Actor(ActorKind.BODY, "ahovoks"), result=None)
    await write(citizen, NOW - timedelta(days=2), NOTE, actor=Actor(ActorKind.SYSTEM, "portal"), name="mail a code")
    page = await text_of(lies)
    # The look at this page stands first; three of one day, for one purpose, are one fold.
    assert folds(page)[:3] == [("citizen", 1), ("citizen", 3), ("parent", 1)]
    assert sorted(folds(page)[3:]) == [("body", 1), ("system", 1)]
    for words in (
        "U bekijkt wie uw gegevens gebruikte.",
        "3 keer, tussen 13:30 en 13:36",
        "niet gekregen: niet bereikbaar of geweigerd",
        "Een ouder van u",
        "er waren geen gegevens",
        "Hoe dit afliep, werd niet opgeschreven.",
        "E-mail met een code klaargezet",
        "Vang/01.00",
        "Besluit van 1 mei",
    ):
        assert words in page, words
    # What a manifest said is no markup of ours, and no parent is named by what the journal calls them.
    source = (await lies.gets(HERE)).content.decode()
    assert "<b>vis" not in source
    assert "Vangst van &lt;b&gt;vis" in source
    assert str(PARENT.name) not in source
    assert str(citizen) not in source


async def test_own_look_at_the_page_does_not_drown_the_list(lies: Citizen):
    for _ in range(4):
        page = await text_of(lies)
    assert folds(page) == [("citizen", 4)]
    assert page.count("<h3>") == 1


async def test_nobody_yet_reads_that_there_is_only_this_look_and_sees_a_year(lies: Citizen):
    assert "Niets past bij uw keuze." in await text_of(lies, wie="anderen")
    page = await text_of(lies)
    assert re.search(r"Wat er gebeurde voor \d+ \w+ \d{4}", page)
    assert "Zolang de verantwoordelijken dat bepalen" in page


async def test_year_counts_each_day_as_its_list_does_and_marks_others_and_today(lies: Citizen):
    citizen, now = lies.session.citizen_id, datetime.now(UTC)
    before = now - timedelta(days=40)
    await write(citizen, before)
    await write(citizen, before, actor=WORKER_OF_PORTAL)
    page = await text_of(lies, f"{HERE}jaar/")
    assert 'class="today"' in page
    assert page.count('class="dot"') == 1
    assert "werd 3 keer met uw gegevens gewerkt" in page
    assert "Eén keer was dat door iemand anders dan u." in page
    assert page.count("<svg") - page.count("<svg class") == 12
    days = dict(re.findall(r'\?dag=([0-9-]{10})#lijst">.*?\((\d+)\)', page))
    assert days == {day_here(before).isoformat(): "2", day_here(now).isoformat(): "1"}
    listed = folds(await text_of(lies, dag=day_here(before).isoformat()))
    assert sorted(listed) == [("citizen", 1), ("system", 1)]
    for odd in ("2024", "1969", "9999", "²⁰²⁴", "x" * 4000):
        assert (await text_of(lies, f"{HERE}jaar/", jaar=odd)).count('class="month"') == 12


async def test_filters_find_by_who_body_purpose_words_and_days(lies: Citizen):
    citizen = lies.session.citizen_id
    await write(citizen, NOW, FISH)
    await write(citizen, NOW - timedelta(days=3), NOTE, actor=Actor(ActorKind.BODY, "ahovoks"))

    async def found(**fields: str) -> list[tuple[str, int]]:
        answer = await lies.posts(HERE, **fields)
        assert answer.status_code == 303
        address = answer.headers["Location"]
        assert not any(value and value in address for value in fields.values())
        return [fold for fold in folds(await text_of(lies, address.partition("#")[0])) if fold[0] != "x"]

    assert await found(wie="anderen") == [("body", 1)]
    assert await found(dienst="fishery") == [("citizen", 1)]
    assert await found(doel=seeking.key_of(NOTE.purpose)) == [("body", 1)]
    assert await found(zoek="VÌS besluit") == [("citizen", 1)]
    assert await found(zoek="vis kattebel") == []
    assert await found(van="2026-02-28", tot="2026-02-28") == [("body", 1)]
    assert await found(van="2026-03-03", tot="2026-02-28") == [("citizen", 1), ("body", 1)]
    assert folds(await text_of(lies, dag="2026-03-03")) == [("citizen", 1)]


@pytest.mark.parametrize(
    "typed",
    [
        "'; drop table journal_entry; --",
        "<script>alert(1)</script>",
        "%_%",
        "\u202eabc\u202c",
        "x" * 10_000,
        "vis " * 3000,
        "\x00\x01",
        "e" + "\u0301" * 500,
    ],
)
async def test_odd_words_find_nothing_and_break_nothing(lies: Citizen, typed: str):
    await write(lies.session.citizen_id, NOW, NOTE)
    answer = await lies.posts(HERE, zoek=typed, wie="<x>", dienst=typed, doel="' or 1=1", van="0000-00-00", tot=typed)
    source = (await lies.gets(answer.headers["Location"].partition("#")[0])).content.decode()
    assert "<script>alert" not in source
    assert "\u202e" not in source
    assert folds(source) in ([], [("citizen", 1)], [("citizen", 1), ("citizen", 1)])


@pytest.mark.parametrize(
    "query",
    [
        {"lijst": "AAAA"},
        {"lijst": "x" * 70_000},
        {"dag": "2026-02-30"},
        {"van": "9999-12-31", "tot": "0001-01-01"},
        {"wie": "ik"},
    ],
)
async def test_addresses_that_cannot_be_show_what_there_is(lies: Citizen, query: dict[str, str]):
    page = await text_of(lies, **query)
    assert folds(page)[:1] in ([("citizen", 1)], [])


async def test_filter_of_another_session_is_not_opened(lies: Citizen):
    other = await sign_in(person("93681527060"))
    address = views.address_of(other.session, SoughtUses(text="geheim"))
    page = await text_of(lies, address)
    assert "Uw filter gold voor toen u de vorige keer aangemeld was." in page
    assert "geheim" not in page


async def test_pages_go_on_until_the_end_and_show_each_once(lies: Citizen, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MOST", 7)
    citizen = lies.session.citizen_id
    for number in range(30):
        await write(citizen, NOW - timedelta(hours=5 * number), NOTE)
    path, seen, pages = f"{HERE}?van=2026-01-01&tot=2026-03-31", list[str](), 0
    while path:
        page = await text_of(lies, path)
        seen += re.findall(r"G-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}</span></span>", page)
        older = re.search(r'class="button quiet" href="([^"]+)"', page)
        path, pages = (older[1] if older else ""), pages + 1
    assert (len(seen), len(set(seen))) == (30, 30)
    assert pages >= 5


async def test_search_that_stops_says_so(lies: Citizen, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MOST", 2)
    monkeypatch.setattr(searching, "WINDOW", 3)
    for number in range(6):
        await write(lies.session.citizen_id, NOW - timedelta(days=number), NOTE if number < 5 else FISH)
    address = views.address_of(lies.session, SoughtUses(body="fishery"))
    page = await text_of(lies, address)
    assert "Wij zochten tot" in page
    assert "Zoek verder terug" in page
    assert "In dit deel staat niets dat past bij uw keuze." in page


async def test_question_carries_the_reference_of_ones_own_line_and_of_no_other(lies: Citizen):
    other = await sign_in(person("93681527060"))
    await write(lies.session.citizen_id, NOW)
    reference = re.findall(r"G-[0-9A-Z-]{14}", await text_of(lies, dag="2026-03-03"))[0]
    asked = await lies.gets(f"{HERE}vraag/{reference}/")
    assert (asked.status_code, asked.headers["Location"]) == (
        303,
        f"/contact/?over=wie-gebruikte-mijn-gegevens&kenmerk={reference}",
    )
    form = await text_of_form(lies, asked.headers["Location"])
    assert f"Mijn vraag gaat over een regel in “Wie gebruikte uw gegevens?”.\nKenmerk: {reference}" in form
    assert (await other.gets(f"{HERE}vraag/{reference}/")).status_code == 404
    wrong = f"{reference[:-1]}{'0' if reference[-1] != '0' else '1'}"
    for guessed in (wrong, "G-0000-0000-0000", "G-ZZZZ-ZZZZ-ZZZZ", "x", "1", "G-IIII-LLLL-OOOO", f"{reference}-0000"):
        assert (await lies.gets(f"{HERE}vraag/{guessed}/")).status_code == 404, guessed


async def text_of_form(who: Citizen, address: str) -> str:
    return unescape((await who.gets(address)).content.decode())


async def test_form_takes_no_reference_that_says_something_else(lies: Citizen):
    for given in ("<script>", "G-AAAA", "bel 0470 12 34 56", "G-0000-0000-0000\nx"):
        form = await text_of_form(lies, f"/contact/?over=wie-gebruikte-mijn-gegevens&kenmerk={given}")
        assert "Kenmerk:" not in form


async def test_all_of_it_is_given_to_whoever_wants_a_copy(lies: Citizen, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MOST_AT_ONCE", 3)
    citizen = lies.session.citizen_id
    for number in range(8):
        await write(citizen, NOW - timedelta(days=number))
    await write(uuid4(), NOW)
    given = [access.at async for access in reading.all_accesses(citizen, NOW)]
    assert given == [NOW - timedelta(days=number) for number in range(8)]
    assert [one async for one in reading.all_accesses(uuid4(), NOW)] == []


async def test_child_and_parent_each_read_their_own(lies: Citizen):
    child = await sign_in(person("93681527060"))
    await write(
        child.session.citizen_id, NOW, actor=Actor(ActorKind.PARENT, str(uuid4())), name="look at a child's data"
    )
    assert ("parent", 1) in folds(await text_of(child))
    assert "parent" not in dict(folds(await text_of(lies)))


async def test_operator_finds_the_entry_of_a_reference_and_not_whose_it_is(lies: Citizen):
    await write(lies.session.citizen_id, NOW, actor=PARENT, name="look at a child's data")
    reference = re.findall(r"G-[0-9A-Z-]{14}", await text_of(lies, dag="2026-03-03"))[0]
    said = io.StringIO()
    call_command("usage", reference.lower(), stdout=said)
    found = json.loads(said.getvalue())
    assert (found["name"], found["by"], found["data"], found["results"], found["began_at"]) == (
        "look at a child's data",
        "parent",
        ["fishery.catch"],
        ["ready"],
        "2026-03-03T12:30:00.000+00:00",
    )
    subject = await subjects.find(lies.session.citizen_id)
    for secret in (PARENT.name, str(subject), subject.hex, str(lies.session.citizen_id)):
        assert secret not in said.getvalue()
    for wrong in ("x", "G-0000-0000-0000", f"{reference[:-1]}{'0' if reference[-1] != '0' else '1'}"):
        with pytest.raises(CommandError):
            call_command("usage", wrong, stdout=said)


async def test_year_and_list_show_what_a_wrong_clock_wrote_in_the_future(lies: Citizen):
    later = datetime.now(UTC) + timedelta(days=400)
    await write(lies.session.citizen_id, later)
    assert folds(await text_of(lies))[0] == ("citizen", 1)
    assert "Uw jaar" in await text_of(lies, f"{HERE}jaar/")


# Elsewhere a list by time lost what was written in one millisecond where a page ended (newtheatre/rehearsal#48).
async def test_what_was_done_in_one_millisecond_is_on_one_page_or_the_next(
    lies: Citizen, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "MOST_AT_ONCE", 2)
    for _ in range(7):
        await write(lies.session.citizen_id, NOW)
    given = [access.id async for access in reading.all_accesses(lies.session.citizen_id, NOW)]
    assert (len(given), len(set(given))) == (7, 7)


# Elsewhere a day stood in the square beside it, or was missing when the clock changed (gitlabhq#9179,
# react-calendar-heatmap#112).
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2024, 2, 29), date(2025, 12, 31)])
async def test_first_and_last_minute_of_a_day_are_in_its_square_and_its_list(lies: Citizen, day: date):
    citizen = lies.session.citizen_id
    begin, end = seeking.midnight(day), seeking.midnight(day + timedelta(days=1))
    for moment in (begin, end - timedelta(milliseconds=1)):
        await write(citizen, moment.astimezone(UTC))
    await write(citizen, end.astimezone(UTC))
    await write(citizen, (begin - timedelta(milliseconds=1)).astimezone(UTC))
    page = await text_of(lies, f"{HERE}jaar/", jaar=str(day.year))
    counted = dict(re.findall(r'\?dag=([0-9-]{10})#lijst">.*?\((\d+)\)', page))
    assert counted[day.isoformat()] == "2"
    assert folds(await text_of(lies, dag=day.isoformat())) == [("citizen", 2)]
