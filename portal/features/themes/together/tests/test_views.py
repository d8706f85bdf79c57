"""The timeline and the differences as a browser asks for them: who is asked, what is said of what is not there."""

import re
import threading
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from django.shortcuts import render
from django.template.loader import get_template
from django.test import AsyncClient, override_settings

from portal.features.themes import section
from portal.features.themes.arranging import rendering
from portal.features.themes.together import gathering, views
from portal.features.themes.together.coverage import coverage_of
from portal.features.themes.together.differences import comparable
from portal.features.themes.together.timeline import MANY
from portal.platform.access import sessions
from portal.platform.access.types import Assurance
from portal.platform.sources import asking, catalogue, datasets
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready
from tests.citizen import Citizen, person
from tests.journal_entries import entries_of

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

THEN = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
ME, OTHER = "84651421235", "47692310692"
DIFFERENCES, TIMELINE = "/uw-gegevens/verschillen/", "/uw-gegevens/tijdlijn/"
both = pytest.mark.parametrize("page", [DIFFERENCES, TIMELINE])


@pytest.fixture(autouse=True)
def nobody_is_asked():
    """Serve the host that Django's test clients ask for, with every source switched off."""
    off = frozenset(one.dataset.source for one in catalogue.installed().entries)
    with override_settings(ALLOWED_HOSTS=["testserver"], SOURCES_OFF=off):
        yield


class Visitor(Citizen):
    """Somebody signed in, who looks at these pages."""

    async def keeps(self, *found) -> None:
        for each in found:
            entry, outcome = each
            await asking.keep(self.session, datasets.inquiry_of(entry), outcome)

    async def opens(self, page: str, **query: str) -> str:
        answer = await self.gets(page, **query)
        assert answer.status_code == 200
        return answer.content.decode()

    async def asks(self, page: str) -> str:
        return await self.opens(page, alles="1")

    async def looks(self) -> int:
        return len(await entries_of(self.session.citizen_id, most=10_000))


async def signs_in(number: str = ME, assurance: Assurance = Assurance.HIGH) -> Visitor:
    return Visitor(*await sessions.open_session(person(number, assurance), now=datetime.now(UTC)))


@pytest_asyncio.fixture
async def visitor() -> Visitor:
    return await signs_in()


ALL = gathering.all_entries()
NUMBERED = [
    one for one in comparable(ALL) if section.of(one).compared.national_number and not section.of(one).compared.of
]
LISTED = next(one for one in ALL if one.dataset.items and one.dataset.items.when)


def numbers(entry: DatasetEntry, *said: str) -> tuple[DatasetEntry, Ready]:
    key = section.of(entry).compared.national_number
    return entry, Ready(
        tuple(Fact(key, "Nummer", one, "national_number", f"X[{n}]") for n, one in enumerate(said)), THEN
    )


def things(*dates: str) -> tuple[DatasetEntry, Ready]:
    items = LISTED.dataset.items
    facts = [
        fact
        for n, day in enumerate(dates, 1)
        for fact in (
            Fact(items.title[0], "Naam", f"<i>Ding</i> {n}", "text", f"{items.path}[{n}]/Naam"),
            Fact(items.when[0], "Begonnen op", day, "date", f"{items.path}[{n}]/Van"),
        )
    ]
    return LISTED, Ready(tuple(facts), THEN)


def found_in(text: str) -> str:
    said = re.search(r'class="found" role="status">\s*<p>(.*?)</p>', text, re.DOTALL)
    assert said
    return said[1]


def titles(entries) -> list[str]:
    return [one.dataset.title.replace("&", "&amp;") for one in entries]


def not_asked(text: str) -> str:
    said = re.search(r"Nog op te vragen: (.*?)\.</p>", text)
    return said[1] if said else ""


@both
async def test_opening_a_page_asks_nobody_and_looks_at_nothing_that_is_not_kept(visitor, page):
    before = await visitor.looks()
    text = await visitor.opens(page)
    wanted = comparable(ALL) if page == DIFFERENCES else ALL
    assert not_asked(text) == ", ".join(titles(wanted))
    assert found_in(text) in {
        "Wij konden nog niets vergelijken. Er kunnen dus wel verschillen zijn.",
        "Wij konden nog niets op uw tijdlijn zetten. Dat betekent niet dat er niets is.",
    }
    assert await visitor.looks() == before


async def test_a_difference_stands_side_by_side_with_its_sources(visitor):
    first, second = NUMBERED
    await visitor.keeps(numbers(first, ME), numbers(second, ME, "84651421136"))
    text = await visitor.opens(DIFFERENCES)
    assert found_in(text).startswith(
        "Over 1 gegeven zeggen uw bronnen niet hetzelfde. Wij konden niet alles vergelijken"
    )
    assert re.findall(r'data-matter="(\w+)"', text) == ["national_number"]
    assert text.count("84.65.14-•••.••") == 3
    for entry in (first, second):
        at = f"{entry.agency.id}/{entry.dataset.id}/"
        assert f'<a href="/uw-gegevens/bron/{at}">{entry.dataset.title}</a>' in text
        assert f'href="/verbeteren/{at}"' in text
    assert text.count("opgehaald om 14:03") == 2
    assert ME not in text


async def test_no_difference_is_only_said_of_what_was_compared(visitor):
    await visitor.keeps(*(numbers(entry, ME) for entry in NUMBERED))
    text = await visitor.opens(DIFFERENCES)
    assert found_in(text) == "Wij zagen geen verschillen in wat wij konden vergelijken. Ze kunnen er wel zijn."
    assert "Zelfde in 2 soorten gegevens" in text
    asked = await visitor.asks(DIFFERENCES)
    assert found_in(asked) == found_in(text)
    assert not_asked(asked) == ""
    others = [one for one in comparable(ALL) if one not in NUMBERED]
    assert re.findall(r"<p>Niet gekregen: (.*?)\.", asked) == titles(others)


async def test_where_all_answered_no_difference_is_said_outright(visitor):
    rest = [(one, Nothing(THEN)) for one in comparable(ALL) if one not in NUMBERED]
    await visitor.keeps(*rest, *(numbers(entry, ME) for entry in NUMBERED))
    text = await visitor.opens(DIFFERENCES)
    assert found_in(text) == "Wij zagen geen verschillen. Wat meer dan één bron over u zegt, is overal hetzelfde."
    assert f"Hier stond niets in om te vergelijken: {', '.join(titles(one for one, _ in rest))}." in text


async def test_where_nobody_has_anything_that_is_what_is_said(visitor):
    await visitor.keeps(*((one, Nothing(THEN)) for one in ALL))
    assert found_in(await visitor.opens(DIFFERENCES)).startswith("Er valt niets te vergelijken")
    assert found_in(await visitor.opens(TIMELINE)).startswith("Uw tijdlijn is leeg")


async def test_a_timeline_is_a_list_that_leads_on(visitor):
    await visitor.keeps(things("2019-03-02", "2021-00-00", "0000-00-00"))
    text = await visitor.opens(TIMELINE)
    assert found_in(text).startswith("Op uw tijdlijn staan 2 gebeurtenissen. Er kunnen er meer zijn")
    assert re.findall(r"<h2>(\d{4})</h2>", text) == ["2021", "2019"]
    assert re.findall(r'class="when">(.*?)</p>', text) == ["Begonnen in 2021", "Begonnen op 2 maart 2019"]
    hrefs = re.findall(r'class="what"><a href="([^"]+)">&lt;i&gt;Ding&lt;/i&gt; (\d)</a>', text)
    assert [number for _, number in hrefs] == ["2", "1"]
    assert (await visitor.client.get(hrefs[0][0])).status_code == 200
    assert f"</a>: 1 {LISTED.dataset.items.one}</li>" in text
    assert "<details" not in text.partition("<main")[2]


async def test_a_long_timeline_is_folded_by_decade(visitor):
    dates = [f"{2000 + n % 20}-01-{n % 28 + 1:02}" for n in range(MANY + 1)]
    await visitor.keeps(things(*dates, "2999-01-01"))
    text = await visitor.opens(TIMELINE)
    assert re.findall(r'<details class="fold"( open)?><summary>(\d{4} tot \d{4})', text) == [
        (" open", "2010 tot 2019"),
        ("", "2000 tot 2009"),
    ]
    assert "<h2>Later</h2>" in text
    assert text.count('class="when"') == MANY + 2


@pytest.mark.parametrize("count", [rendering.FEW, rendering.FEW + 1])
async def test_a_long_page_is_rendered_beside_the_loop(visitor, monkeypatch, count):
    where = []

    def noted(*arguments):
        where.append(threading.get_ident())
        return render(*arguments)

    monkeypatch.setattr(views, "render", noted)
    facts = tuple(Fact("x", "X", "x", "text", "X") for _ in range(count))
    await visitor.keeps((catalogue.installed().entry("rijksregister.persoon"), Ready(facts, THEN)))
    await visitor.opens(TIMELINE)
    assert (where[0] != threading.get_ident()) == (count > rendering.FEW)


@both
async def test_a_look_is_written_down_before_it_is_shown(visitor, page):
    await visitor.keeps(numbers(NUMBERED[0], ME))
    before = await visitor.looks()
    await visitor.opens(page)
    assert await visitor.looks() == before + 1
    (access,) = await entries_of(visitor.session.citizen_id, most=1)
    assert {use.activity.name: use.result for use in access.uses} == {NUMBERED[0].name: "kept_ready"}


@both
async def test_a_button_asks_the_rest_and_names_what_did_not_come(visitor, page):
    wanted = comparable(ALL) if page == DIFFERENCES else ALL
    text = await visitor.asks(page)
    assert re.findall(r"<p>Niet gekregen: (.*?)\.", text) == titles(wanted)
    (access,) = await entries_of(visitor.session.citizen_id, most=1)
    # Only what the page is about is asked.
    assert {use.activity.name for use in access.uses} == {one.name for one in wanted}


@both
async def test_the_headers_alone_look_at_nothing(visitor, page):
    await visitor.keeps(numbers(NUMBERED[0], ME))
    before = await visitor.looks()
    answer = await visitor.client.head(page)
    assert (answer.status_code, answer.content) == (200, b"")
    assert await visitor.looks() == before


@both
async def test_signed_out_there_is_no_page(page):
    for query in ({}, {"alles": "1"}):
        answer = await AsyncClient().get(page, query)
        assert answer.status_code == 303
        assert answer["Location"].startswith("/aanmelden/")


@both
async def test_another_session_sees_nothing_of_it(visitor, page):
    await visitor.keeps(numbers(NUMBERED[0], ME), things("2019-03-02"))
    for number in (ME, OTHER):
        text = await (await signs_in(number)).opens(page)
        assert ("84.65.14" in text, "Ding" in text) == (False, False)


@both
async def test_who_signed_in_too_weakly_hears_why(page):
    text = await (await signs_in(assurance=Assurance.LOW)).opens(page)
    assert "Daarvoor moet u aangemeld zijn met een sterker middel" in text
    assert "Probeer opnieuw" not in text


@both
async def test_nothing_personal_stands_in_the_title_or_the_log(visitor, page, caplog):
    await visitor.keeps(numbers(NUMBERED[0], ME), things("2019-03-02"))
    text = await visitor.opens(page)
    assert re.findall("<title>(.*?)</title>", text) == [
        {DIFFERENCES: "Verschillen tussen bronnen", TIMELINE: "Uw tijdlijn"}[page] + " - Mijn Burgerprofiel"
    ]
    assert "themes:" in caplog.text
    assert (ME in caplog.text, "Ding" in caplog.text) == (False, False)


def test_each_trouble_is_said_by_its_name():
    one, two, three, four = ALL[:4]
    part = Partial((), (Missing("X", "1", "unavailable"),), THEN)
    coverage = coverage_of([(one, Late(THEN)), (two, Down("busy")), (three, part)], [four])
    context = {
        "coverage": coverage,
        "here": "/x/",
        "ask": "Vraag alles op",
        "sealed": "",
        "session": {"form_token": "t"},
    }
    text = " ".join(get_template("themes/_coverage.html").render(context).split())
    no_word = "Dat betekent niet dat er geen zijn."
    slow = f"{one.agency.manifest.opening} antwoordt traag. Wij wachten niet langer, zodat u verder kunt. {no_word}"
    assert f"Niet gekregen: {titles([one])[0]}. {slow}" in text
    down = f"Wij konden dat nu niet opvragen bij {two.agency.manifest.mention}. {no_word}"
    assert f"Niet gekregen: {titles([two])[0]}. {down}" in text
    assert f"Niet helemaal gekregen: {titles([three])[0]}." in text
    assert "Een deel ontbreekt:" in text
    assert f"Nog op te vragen: {titles([four])[0]}." in text
    assert (text.count("Vraag alles op"), text.count("Probeer opnieuw")) == (1, 1)
