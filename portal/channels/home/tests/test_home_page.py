"""The home page with blocks made for tests: it fills as they find, and no block or dismissal delays or empties it."""

import asyncio
import re

import pytest
from django.test import override_settings

from portal.channels.home import attention, finding, home_page
from portal.features.profile import actions, queries
from portal.features.profile.types import Dismissal
from portal.platform.feature.home import Block, Card, Gap, Piece, Rule, Signal
from portal.platform.journal.types import Occasion
from portal.platform.ui import links, sight
from tests.between import Between
from tests.citizen import Citizen, person, sign_in
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

TEMPLATE = "home/unasked.html"  # any template that shows a value of a piece
NOTHING_TO_DO = "Er is niets dat u nu moet doen."
RULE = Rule("trial.rule", "Omdat het zo is.")


@pytest.fixture(autouse=True)
def host():
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


def block(found, name: str = "trial", **more) -> Block:
    card = Card(name, f"Kaart {name}", slots=("eerst", "dan"), waiting="Even wachten")
    values = {"order": 1, "unasked": f"wat {name} weet", "template": TEMPLATE, "rules": (RULE,)} | more
    return Block(name=name, find=found, cards=lambda: (card,), **values)


def piece(slot: str, text: str, card: str = "trial") -> Piece:
    return Piece(card, slot, {"slot": "", "unasked": text})


async def whole(_):
    yield piece("eerst", "DIT")
    yield Piece("trial", "dan", None)
    yield piece("", "SLOT")


async def warns(_):
    yield Signal(RULE.id, "cause-1", "Er is iets <b>.", "Doe iets.", "/ergens/", "Ga erheen", ("a.b", "c.d"))


async def breaks(_):
    yield piece("eerst", "DIT", "broken")
    raise ValueError("secret")


async def hangs(_):
    yield piece("eerst", "DIT", "hung")
    await asyncio.Event().wait()


async def misses(_):
    yield Gap()


async def warns_of_a_gap(_):
    yield Gap()
    yield Signal(RULE.id, "cause-2", "Er is iets anders.")


async def stops(_):
    """Wait for something of its own that was cancelled."""
    yield piece("eerst", "DIT", "stopped")
    inner = asyncio.create_task(asyncio.sleep(60))
    inner.cancel()
    await inner


def refuses(_):
    raise ValueError("secret")


class Home:
    """A citizen, and the home page that these blocks make."""

    def __init__(self, citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
        self.citizen = citizen
        self._monkeypatch = monkeypatch

    async def page(self, *blocks: Block, query: str = "/") -> str:
        self._monkeypatch.setattr(finding, "all_blocks", lambda: blocks)
        answer = await self.citizen.gets(query)
        assert (answer.status_code, answer.streaming) == (200, True)
        return b"".join([part async for part in answer]).decode()

    async def sends(self, page: str, words: str) -> str:
        """Press the button with these words."""
        form = next(form for form in re.findall(r"<form method=\"post\".*?</form>", page, re.DOTALL) if words in form)
        action = re.search(r'action="(/profiel/[^"]+)"', form)
        answer = await self.citizen.posts(action[1], melding=re.search(r'name="melding" value="([^"]+)"', form)[1])
        assert answer.status_code == 303
        return str(answer["Location"])


@pytest.fixture
async def home(between_clocked: Between, monkeypatch: pytest.MonkeyPatch) -> Home:
    """On a clock that stands still while the database is at work."""
    await between_clocked.open_pools(PATIENCE)
    return Home(await sign_in(person("71690999827")), monkeypatch)


async def test_cards_fill_slot_by_slot_and_nothing_to_do_is_said_when_all_was_asked(home: Home):
    page = await home.page(block(whole))
    assert re.search(r"<h1[^>]*>Dag <bdi>Jan</bdi></h1>", page)
    filled = re.findall(r'<(div|span) slot="card-trial-(\w+)"', page)
    assert filled == [("div", "eerst"), ("span", "dan"), ("div", "end"), ("span", "room")]
    assert (NOTHING_TO_DO in page, page.count("DIT"), page.count("SLOT")) == (True, 1, 1)
    # What waits is in the frame, before anything came, and the region that speaks too.
    frame, _, _ = page.partition("DIT")
    assert all(
        words in frame for words in ('aria-live="polite"', "Even wachten", "Kaart trial", "Wij kijken dit nu na")
    )


async def test_what_comes_when_the_page_is_seen_leaves_its_room_where_it_was(home: Home, monkeypatch):
    early = await home.page(block(whole))
    monkeypatch.setattr(sight, "UNSEEN_SECONDS", -1)
    late = await home.page(block(whole))
    for slot in ("attention-room", "card-trial-room"):
        assert [f'<span slot="{slot}" hidden>' in page for page in (early, late)] == [True, False], slot


async def test_button_that_asks_again_stands_in_the_fold_and_below_it(home: Home):
    page = await home.page(block(warns))
    assert re.search(
        r"class=\"again-among\"(?s:.*?)</details>\s*<form method=\"get\"[^>]* class=\"again-alone\"", page
    )


def test_what_is_known_last_stands_last():
    last, other = Rule("trial.last", "Waarom.", is_last=True), Rule("trial.other", "Waarom.")
    several = [Block("one", 1, whole, "iets", rules=(last, RULE)), Block("two", 2, whole, "iets", rules=(other,))]
    assert list(attention.rules_of(several)) == [RULE.id, other.id, last.id]


async def test_gap_that_a_signal_tells_of_is_not_said_twice(home: Home):
    async def tells(_):
        yield Gap()
        yield Signal(RULE.id, "cause-1", "Wij kregen niet alles.", tells_gap=True)

    assert "Wij konden niet alles nakijken" not in await home.page(block(tells))
    both = await home.page(block(tells), block(breaks, "broken"))
    assert "Wij konden niet alles nakijken: wat broken weet." in both
    # Whose gap it is counts: this signal tells nothing of another block's.
    for another in (misses, warns_of_a_gap):
        beside = await home.page(block(tells), block(another, "another"))
        assert "Wij konden niet alles nakijken. Er kan dus meer zijn." in beside


async def test_block_that_breaks_or_hangs_takes_nothing_from_others_and_says_so(home: Home, caplog):
    async with asyncio.timeout(1):
        page = await home.page(block(breaks, "broken"), block(hangs, "hung", seconds=0.2), block(whole))
    assert (page.count("DIT"), "SLOT" in page, NOTHING_TO_DO in page) == (3, True, False)
    assert "Wij konden niet alles nakijken: wat broken weet en wat hung weet." in page
    for card in ("broken", "hung"):
        assert f"Dit konden wij nu niet nakijken: wat {card} weet." in page
        assert re.search(rf'<div slot="card-{card}-end"', page)
        assert re.search(rf'<span slot="card-{card}-dan" hidden>', page)
    assert "secret" not in page + caplog.text


async def test_block_that_never_begins_or_is_stopped_does_not_hold_up_the_page(home: Home, caplog):
    async with asyncio.timeout(1):
        page = await home.page(block(refuses, "refusing"), block(stops, "stopped"), block(whole))
    assert (page.count("DIT"), "SLOT" in page, NOTHING_TO_DO in page) == (2, True, False)
    assert "Wij konden niet alles nakijken: wat refusing weet en wat stopped weet." in page
    assert "secret" not in page + caplog.text


async def test_what_cannot_be_shown_takes_nothing_from_the_rest_and_is_said(home: Home, caplog):
    async def unshown(_):
        yield Piece("unshown", "eerst", {"secret": "secret"})
        yield Signal("trial.of_nobody", "cause-1", "Niemand kent deze regel.")
        yield piece("eerst", "ELDERS", "another")
        yield piece("dan", "DIT", "unshown")
        yield Piece("unshown", "", {"secret": "secret"})

    page = await home.page(block(unshown, "unshown"), block(whole))
    assert (page.count("DIT"), "SLOT" in page, NOTHING_TO_DO in page, "ELDERS" in page) == (2, True, False, False)
    assert "Wij konden niet alles nakijken: wat unshown weet." in page
    filled = re.findall(r'<(div|span) slot="card-unshown-(\w+)"', page)
    assert filled == [("span", "eerst"), ("div", "dan"), ("div", "end"), ("span", "room")]
    assert "Dit konden wij nu niet nakijken: wat unshown weet." in page
    assert page.rstrip().endswith("</html>")
    assert "secret" not in page + caplog.text


async def test_portal_that_cannot_take_a_dismissal_back_hides_nothing(home: Home, monkeypatch):
    page = await home.page(block(warns))
    await home.sends(page, "Niet meer tonen")
    offered = {name: link for name, link in links.links_by_name().items() if name not in ("dismiss", "show_again")}
    monkeypatch.setattr(links, "links_by_name", lambda: offered)
    without = await home.page(block(warns))
    assert ('class="signal"' in without, "Niet meer tonen" in without) == (True, False)
    monkeypatch.undo()
    await home.sends(await home.page(block(warns)), "Toon weer")


async def test_nothing_to_do_is_never_said_beside_a_gap_or_a_signal(home: Home):
    with_gap, with_signal = await home.page(block(misses)), await home.page(block(warns))
    assert (NOTHING_TO_DO in with_gap, "Wij konden niet alles nakijken." in with_gap) == (False, True)
    assert (NOTHING_TO_DO in with_signal, "Er is verder niets" in with_signal) == (False, False)


async def test_signal_says_what_it_is_why_one_sees_it_and_asks_again(home: Home):
    page = await home.page(block(warns))
    shown = re.search(r'<div class="signal".*?</div>', page, re.DOTALL)[0]
    assert "<span>Er is iets &lt;b&gt;.</span></summary>" in shown
    for words in ("Doe iets.", 'href="/ergens/">Ga erheen', "Waarom ziet u dit?", RULE.why):
        assert words in shown
    # Once in its fold and once below it: of the two forms one is seen.
    assert re.findall(r'name="opnieuw" value="([^"]+)"', shown) == ["a.b", "c.d"] * 2


async def test_dismissal_hides_its_own_cause_until_it_is_taken_back(home: Home):
    page = await home.page(block(warns))
    assert await home.sends(page, "Niet meer tonen") == "/?verborgen=1#aandacht"
    hidden = await home.page(block(warns), query="/?verborgen=1")
    assert ('class="signal"' in hidden, "U verborg 1 melding" in hidden) == (False, True)
    assert "Er is verder niets dat u nu moet doen." in hidden
    assert NOTHING_TO_DO not in hidden

    async def warns_of_another_cause(_):
        yield Signal(RULE.id, "cause-2", "Er is iets anders.")

    assert 'class="signal"' in await home.page(block(warns_of_another_cause))
    assert await home.sends(hidden, "Toon weer") == "/#aandacht"
    assert 'class="signal"' in await home.page(block(warns))


async def test_form_of_another_session_dismisses_nothing(home: Home):
    page = await home.page(block(warns))
    other = Home(await sign_in(person("71690999827")), home._monkeypatch)
    await other.sends(page, "Niet meer tonen")
    assert 'class="signal"' in await other.page(block(warns))


async def test_trouble_with_what_is_ours_takes_nothing_of_the_sources_away(home: Home, monkeypatch, caplog):
    async def fails(*_):
        raise RuntimeError("secret")

    session = home.citizen.session
    occasion = Occasion(session.citizen_id, session.opened_at, "00000000-0000-0000-0000-000000000007")
    await actions.dismiss(occasion, Dismissal(RULE.id, "cause-1"))
    monkeypatch.setattr(queries, "look_at_nickname", fails)
    monkeypatch.setattr(queries, "dismissals_of", fails)
    page = await home.page(block(whole), block(warns, "warning"))
    assert ("Dag <bdi>Jan</bdi>" in page, "DIT" in page, 'class="signal"' in page) == (True, True, True)
    assert "secret" not in page + caplog.text
    monkeypatch.undo()
    await actions.show_again(occasion, Dismissal(RULE.id, "cause-1"))


async def test_dismissals_that_do_not_come_are_waited_for_once_a_page(home: Home, monkeypatch):
    async def hangs(_):
        await asyncio.Event().wait()

    async def warns_often(_):
        for number in range(5):
            yield Signal(RULE.id, str(number), "Er is iets.")

    monkeypatch.setattr(queries, "dismissals_of", hangs)
    monkeypatch.setattr(attention, "SECONDS", 0.3)
    async with asyncio.timeout(2 * attention.SECONDS):
        page = await home.page(block(warns_often))
    assert page.count('class="signal"') == 5


async def test_who_leaves_half_way_stops_every_block(home: Home, monkeypatch):
    stopped = []

    async def notes(_):
        try:
            yield piece("eerst", "DIT")
            await asyncio.sleep(60)
        finally:
            stopped.append("block")

    monkeypatch.setattr(finding, "all_blocks", lambda: [block(notes)])
    answer = await home.citizen.gets("/")
    parts = answer.streaming_content
    while b"DIT" not in await anext(parts):
        pass
    await parts.aclose()
    # The loop closes what nobody goes through any more.
    await until(lambda: stopped == ["block"])


async def test_frame_greets_by_the_nickname_and_waits_for_it_no_longer_than_it_must(home: Home, monkeypatch):
    async def slow(_):
        await asyncio.sleep(60)

    async def given(_):
        return "Zonnetje"

    monkeypatch.setattr(queries, "look_at_nickname", given)
    assert "Dag <bdi>Zonnetje</bdi>" in await home.page(block(whole))
    monkeypatch.setattr(queries, "look_at_nickname", slow)
    monkeypatch.setattr(home_page, "NAME_SECONDS", 0.01)
    assert "Dag <bdi>Jan</bdi>" in await home.page(block(whole))
