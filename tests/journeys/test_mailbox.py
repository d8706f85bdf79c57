"""The list of the eBox: every provider's messages in one order, whatever a provider does; over HTTP alone."""

import asyncio
import json
import re
import time
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from html import unescape

import pytest

from portal.features.mailbox.tests.examples import links_the_ebox
from portal.platform.language.dates import day_here
from tests.walks.example import Person
from tests.walks.somebody import Answer, People, Somebody

LIST = "/brievenbus/ebox/"
PROVIDERS = ("federaal", "smals", "vlaanderen")
MESSAGE = re.compile(r'<article [^>]*data-message="([^"]*)" data-read="([01])" data-expires="([^"]*)"')
LINE = re.compile(r'data-provider="([^"]*)" data-outcome="([^"]*)"')
OLDER = re.compile(r'href="([^"]*)">Oudere documenten<')
NOTHING = "Er staan geen documenten in uw eBox."

pytestmark = pytest.mark.security


class Console:
    """What senders do in the town, and how its registries behave."""

    def __init__(self, town: str) -> None:
        self.town = town

    async def asks(self, method: str, path: str, what: object = None) -> object:
        """Ask the town something."""
        return await asyncio.to_thread(self._ask, method, path, what)

    async def holds(self, person: str) -> dict[str, dict[str, object]]:
        """List what the boxes of a person hold that did not expire, by provider and id."""
        letters = await self.asks("GET", f"/ebox/messages?person={person}")
        now = datetime.now(UTC)
        assert isinstance(letters, list)
        return {
            f"{one['provider']}|{one['messageId']}": one
            for one in letters
            if datetime.fromisoformat(one["expirationDate"]) > now
        }

    def _ask(self, method: str, path: str, what: object) -> object:
        data = json.dumps(what).encode() if what is not None else None
        request = urllib.request.Request(self.town + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status < 300
            return json.loads(answer.read() or b"null")


@pytest.fixture
async def console(house):
    """The sender's console, put right afterwards."""
    console = Console(house.town)
    yield console
    await console.asks("DELETE", "/ebox/providers")
    await console.asks("DELETE", "/ebox/messages")


@pytest.fixture
async def who(people: People, faults) -> Somebody:
    """Somebody who linked their eBox, on a day without weather."""
    found = await people.who(Person.complete)
    await links_the_ebox(found)
    return found


def messages(page: Answer) -> list[str]:
    return [unescape(key) for key, _, _ in MESSAGE.findall(page.text)]


def lines(page: Answer) -> dict[str, str]:
    found = LINE.findall(page.text)
    assert len(found) == len(dict(found)), "a provider has one line"
    return dict(found)


async def pages_from(who: Somebody, path: str = LIST) -> list[Answer]:
    """Open a list and all that is older, page after page."""
    found = [await who.gets(path)]
    while older := OLDER.search(found[-1].text):
        assert len(found) < 50
        found.append(await who.gets(unescape(older[1])))
    return found


def newest_first(letters: Sequence[dict[str, object]]) -> list[str]:
    """Put letters in the order of the list: when they came, provider, id."""
    by_id = sorted(letters, key=lambda one: (str(one["provider"]), str(one["messageId"])))
    ordered = sorted(by_id, key=lambda one: str(one["receiptDate"]), reverse=True)
    return [f"{one['provider']}|{one['messageId']}" for one in ordered]


def day_of(moment: object) -> str:
    """Give the day of a moment of a provider's as the portal shows it: as it is in Belgium."""
    return day_here(datetime.fromisoformat(str(moment))).isoformat()


async def test_every_providers_messages_stand_in_one_list_with_what_the_wire_says(who, console):
    held = await console.holds(who.person)

    page = await who.gets(LIST)

    assert set(lines(page)) == set(PROVIDERS)
    assert set(lines(page).values()) == {"ready"}
    shown = {unescape(key): (read == "1", day) for key, read, day in MESSAGE.findall(page.text)}
    assert list(shown) == [key for key in newest_first(list(held.values())) if key in shown]
    hidden = {key for key, one in held.items() if not one["visible"]}
    assert set(shown) == set(held) - hidden
    assert all(
        shown[key] == (one["readStatus"], day_of(one["expirationDate"])) for key, one in held.items() if key in shown
    )


async def test_pages_of_twenty_five_lose_and_repeat_nothing_while_letters_arrive(who, console):
    await console.asks("POST", "/ebox/fill", {"person": who.person, "count": 80})
    held = await console.holds(who.person)
    visible = [one for one in held.values() if one["visible"]]

    first = await who.gets(LIST)
    await console.asks("POST", "/ebox/messages", {"person": who.person, "subject": {"nl": "Net aangekomen"}})
    older = OLDER.search(first.text)
    assert older
    rest = await pages_from(who, unescape(older[1]))

    shown = [key for page in (first, *rest) for key in messages(page)]
    assert shown == newest_first(visible)
    assert {len(messages(page)) for page in (first, *rest[:-1])} == {25}
    # Addresses stay in histories.
    assert not any(str(one["messageId"]) in unescape(older[1]) for one in visible)


async def test_whoever_does_not_answer_is_named_and_takes_nothing_from_the_others(who, console, faults):
    held = await console.holds(who.person)
    await faults.set("ebox-vlaanderen", "503")
    await console.asks(
        "PUT",
        "/ebox/providers/smals",
        {"maintenance": [{"startDate": "2020-01-01T00:00:00Z", "endDate": "2099-01-01T00:00:00Z"}]},
    )

    page = await who.gets(LIST)

    assert lines(page) == {"federaal": "ready", "smals": "down", "vlaanderen": "down"}
    visible = [one for one in held.values() if one["visible"] and one["provider"] == "federaal"]
    assert messages(page) == newest_first(visible)
    assert "Van 3 aanbieders antwoordde er 1." in page.text
    assert "U hebt minstens" in page.text
    assert NOTHING not in page.text


async def test_nobody_is_told_that_there_is_nothing_as_long_as_somebody_did_not_answer(people, console, faults):
    who = await people.who(Person.in_civic_path)
    await links_the_ebox(who)
    assert NOTHING in (await who.gets(LIST)).text

    await faults.set("ebox-federaal", "503")
    page = await who.gets(LIST)

    assert lines(page)["federaal"] == "down"
    assert NOTHING not in page.text
    assert "Er kunnen dus documenten zijn." in page.text


async def test_who_does_not_want_to_wait_is_shown_the_others_at_once(who, console, faults):
    await faults.set("ebox-smals", "ok", latency_ms=3000)

    began = time.monotonic()
    page = await who.gets(f"{LIST}?zonder=smals&zonder=niemand")

    assert time.monotonic() - began < 2.5
    assert lines(page) == {"federaal": "ready", "smals": "late", "vlaanderen": "ready"}
    assert "Wij wachtten niet op" in page.text
    assert not any(key.startswith("smals|") for key in messages(page))


@pytest.mark.parametrize(
    ("form", "fits"),
    [
        ({"toon": "ongelezen"}, lambda one: not one["readStatus"]),
        ({"toon": "gelezen"}, lambda one: one["readStatus"]),
        ({"aangetekend": "1"}, lambda one: one["registeredMail"]),
        ({"zoek": "pensioenoverzicht"}, lambda one: "pensioenoverzicht" in one["subject"].get("nl", "")),
        ({"verzender": "0308357159"}, lambda one: one["senderOrganizationId"] == "0308357159"),
        (
            {"van": "2026-11-01", "tot": "2026-11-26"},
            lambda one: "2026-11-01" <= day_of(one["receiptDate"]) <= "2026-11-26",
        ),
        ({"toon": "verborgen"}, lambda one: not one["visible"]),
    ],
)
async def test_filters_leave_what_fits_and_their_words_stand_in_no_address(who, console, form, fits):
    held = await console.holds(who.person)

    sent = await who.posts(LIST, form)
    page = await who.gets(sent.location.partition("#")[0])

    assert sent.status == 303
    assert not any(value in sent.location for value in form.values() if len(value) > 1)
    is_hidden = form.get("toon") == "verborgen"
    wanted = [one for one in held.values() if fits(one) and one["visible"] is not is_hidden]
    assert messages(page) == newest_first(wanted)


async def test_a_provider_that_ignores_what_is_asked_shows_nothing_else(who, console):
    for id_ in ("a", "b"):
        letter = {
            "person": who.person,
            "provider": "federaal",
            "subject": {"nl": "Brief"},
            "messageId": f"same-{id_}",
        }
        await console.asks("POST", "/ebox/messages", letter | {"raw": {"readStatus": True}})

    page = await who.gets(f"{LIST}?toon=ongelezen")

    assert all(read == "0" for _, read, _ in MESSAGE.findall(page.text))


async def test_texts_of_senders_are_texts(who, console):
    subject = '<img src=x onerror=alert(1)>"\u202e{{ 7*7 }}' + "x" * 400
    letter = {"person": who.person, "provider": "vlaanderen", "subject": {"fr": subject}, "messageId": '"><b>|&amp;'}
    await console.asks("POST", "/ebox/messages", letter)

    page = await who.gets(LIST)

    assert 'vlaanderen|"><b>|&amp;' in messages(page)
    assert "<img" not in page.text
    assert "\u202e" not in page.text
    assert '<a href="/brievenbus/ebox/bericht/' in page.text
    assert re.search(r'lang="fr">&lt;img src=x onerror=alert\(1\)&gt;', page.text)


UNREAD = re.compile(r'data-rule="mailbox\.unread">.*?<span>([^<]*)</span>', re.DOTALL)


async def test_home_tells_in_one_line_of_what_was_not_read_and_only_who_linked_is_asked_for(
    who, people, faults, console
):
    home = await who.gets("/")
    unread = [one for one in (await console.holds(who.person)).values() if not one["readStatus"]]
    found = UNREAD.search(home.text)
    assert found
    assert found[1] == f"{len(unread)} ongelezen documenten in uw eBox."
    assert 'href="/brievenbus/ebox/?toon=ongelezen"' in home.text

    before = faults.questions()
    other = await people.who(Person.nowhere)
    assert not UNREAD.search((await other.gets("/")).text)
    after = faults.questions()
    assert {name: after[name] - before[name] for name in after if name.startswith("ebox-")}.keys() >= {"ebox-smals"}
    assert all(after[name] == before[name] for name in after if name.startswith("ebox-"))


async def test_home_does_not_count_for_certain_what_somebody_did_not_answer(who, faults):
    await faults.set("ebox-smals", "503")

    home = await who.gets("/")

    found = UNREAD.search(home.text)
    assert found
    assert found[1].startswith("Minstens ")
    assert "Er is niets dat u nu moet doen" not in home.text
