"""The providers of the model town, asked as pages do: what each has for somebody, and one message with its parts."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio
from django.test import override_settings

from portal.features.mailbox.registry import looking, providers, reference
from portal.features.mailbox.tests.watching import forget
from portal.features.mailbox.types import MessagePage, MessageQuery
from portal.platform.access import sessions
from portal.platform.access.types import SignedInRequest
from portal.platform.journal.types import Occasion
from portal.platform.sources import unread
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.gates.states import states
from portal.platform.sources.reading.outcomes import Down, Late, Nothing, Outcome, Partial, Ready, name_of
from portal.platform.wire import calls
from tests.citizen import person
from tests.journal_entries import entries_of
from tests.knowing_town import KnowingTown, run_knowing_town

LIES, NOBODY = "84651421235", "93681527060"
ALL = {"smals", "vlaanderen", "federaal"}


@pytest.fixture(scope="module")
def town() -> Iterator[KnowingTown]:
    with run_knowing_town() as one:
        yield one


@pytest_asyncio.fixture
async def asked_of(town, database) -> AsyncIterator[KnowingTown]:
    town.put_right()
    town.ask("DELETE", "/ebox/messages")
    forget()
    with override_settings(REST_URL=town.tls, PORTAL_ORIGIN=town.portal):
        yield town
    for name in ALL:
        town.ask("DELETE", f"/ebox/providers/{name}")
    forget()
    await calls.close()


async def request_of(insz: str = LIES) -> SignedInRequest:
    session, _ = await sessions.open_session(person(insz), now=datetime.now(UTC))
    occasion = Occasion(session.citizen_id, datetime.now(UTC), str(uuid4()))
    return cast(SignedInRequest, SimpleNamespace(session=session, occasion=occasion))


async def look(insz: str = LIES, query: MessageQuery | None = None, **more: Any) -> dict[str, Outcome[MessagePage]]:
    found = looking.look(await request_of(insz), query or MessageQuery(), **more)
    return {provider.id: outcome async for provider, outcome in found}


def page(outcome: Outcome[MessagePage]) -> MessagePage:
    assert isinstance(outcome, Ready | Partial)
    return outcome.value


def ready(found: dict[str, Outcome[MessagePage]]) -> dict[str, MessagePage]:
    assert {name: name_of(outcome) for name, outcome in found.items()} == dict.fromkeys(ALL, "ready")
    return {name: page(outcome) for name, outcome in found.items()}


async def test_every_active_provider_says_what_it_has_for_somebody(asked_of):
    pages = ready(await look())
    for name, one in pages.items():
        assert one.found
        assert [m.received_at for m in one.found] == sorted((m.received_at for m in one.found), reverse=True)
        assert all(m.provider == name and m.subjects for m in one.found)
        assert one.total is not None
        assert one.unread is not None
    assert any(m.is_registered for one in pages.values() for m in one.found)


async def test_senders_and_kinds_have_names_on_the_first_page(asked_of):
    pages = ready(await look())
    for name, one in pages.items():
        for message in one.found:
            assert reference.sender(name, message.sender), message.sender
            assert reference.message_type(name, message.type_id)
    assert {one.id for one in reference.senders()} >= {m.sender for one in pages.values() for m in one.found}
    assert all(reference.is_whole(one) for one in providers.at_hand(datetime.now(UTC)))


async def test_who_has_nothing_is_told_so_by_every_provider(asked_of):
    found = await look(NOBODY)
    assert {name: name_of(outcome) for name, outcome in found.items()} == dict.fromkeys(ALL, "nothing")


async def test_the_list_goes_on_after_a_message(asked_of):
    pages = ready(await look())
    every = sorted(
        (m for one in pages.values() for m in one.found), key=lambda m: (-m.received_at.timestamp(), m.provider, m.id)
    )
    middle = every[len(every) // 2]
    past = (middle.received_at, middle.provider, middle.id)
    rest = await look(query=MessageQuery(past=past))
    found = {m.key for outcome in rest.values() if isinstance(outcome, Ready) for m in outcome.value.found}
    assert found == {m.key for m in every[every.index(middle) + 1 :]}


async def test_a_message_has_its_text_its_files_and_its_amount(asked_of):
    request = await request_of()
    pages = ready(await look())
    seen = set()
    for one in (m for each in pages.values() for m in each.found):
        whole = await looking.message(request, one.provider, one.id)
        assert isinstance(whole, Ready), (one.key, whole)
        assert whole.value.id == one.id
        if one.has_payment:
            amount = await looking.payment(request, one.provider, one.id)
            assert isinstance(amount, Ready)
            assert amount.value.amount is not None
            seen.add("amount")
        body = await looking.body(request, one.provider, one.id)
        assert isinstance(body, Ready | Nothing)
        seen |= {"text"} if isinstance(body, Ready) else set()
        seen |= {"file"} if one.attachments else set()
    assert seen == {"amount", "text", "file"}


async def test_opening_the_main_content_makes_a_message_read_and_nothing_else_does(asked_of):
    request = await request_of()
    pages = ready(await look())
    unread = next(m for one in pages.values() for m in one.found if not m.is_read and not m.is_body_main)
    await looking.message(request, unread.provider, unread.id)
    await looking.body(request, unread.provider, unread.id)
    still = await looking.message(request, unread.provider, unread.id)
    assert isinstance(still, Ready)
    assert not still.value.is_read


@pytest.mark.security
async def test_messages_of_another_are_given_to_nobody(asked_of):
    asked_of.ask("PUT", "/faults/ebox-federaal", {"mode": "another_box"})
    found = await look()
    assert isinstance(found["federaal"], Down)
    assert found["federaal"].reason == "mismatch"


@pytest.mark.parametrize(
    "mode",
    [
        "503",
        "broken",
        "reset",
        "tls",
        "huge",
        "wrong-encoding",
        "wrong-root",
        "redirect",
        "html",
        "twice",
        "204-exceptions",
        "other-person",
    ],
)
async def test_a_damaged_answer_is_trouble_of_its_provider_alone(asked_of, mode):
    asked_of.ask("PUT", "/faults/ebox-federaal", {"mode": mode})
    found = await look()
    assert isinstance(found["federaal"], Down)
    assert {name_of(found["smals"]), name_of(found["vlaanderen"])} == {"ready"}
    asked_of.put_right()
    gatekeeper._gates.clear()
    asked_of.ask("PUT", "/faults/ebox-federation", {"mode": mode})
    providers._shelf._again_at = 0.0
    await providers.active_providers(datetime.now(UTC))
    assert set(await look()) == ALL, "an older list goes on"


async def test_a_message_that_is_not_there_is_nothing_and_one_of_no_provider_is_trouble(asked_of):
    request = await request_of()
    await look()
    assert isinstance(await looking.message(request, "federaal", "not/there"), Nothing)
    for provider in ("nobody", "vroeger", "later", "federation", ""):
        assert isinstance(await looking.message(request, provider, "x"), Down)
    for id_ in ("..", ".", "", "x" * 2000):
        assert isinstance(await looking.message(request, "smals", id_), Down | Nothing), id_


async def test_announced_maintenance_is_said_and_nobody_is_asked(asked_of):
    now = datetime.now(UTC)
    times = {"startDate": "2020-01-01T00:00:00Z", "endDate": f"{now.year + 1}-01-01T00:00:00Z"}
    asked_of.ask("PUT", "/ebox/providers/smals", {"maintenance": [times]})
    found = await look()
    assert found["smals"] == Down("maintenance", until=datetime(now.year + 1, 1, 1, tzinfo=UTC))
    assert name_of(found["federaal"]) == "ready"


async def test_an_odd_interval_of_maintenance_is_counted_for_operators_and_the_list_stays_whole(asked_of):
    moment = "2020-01-01T00:00:00Z"
    asked_of.ask("PUT", "/ebox/providers/smals", {"maintenance": [{"startDate": moment, "endDate": moment}]})
    found = await look()
    assert ("federation" in found, name_of(found["smals"])) == (False, "ready")
    assert "messageProviderPlannedMaintenance" in unread.counts_of(["bosa.providers"])[0].places


@pytest.mark.parametrize("url", ["http://127.0.0.1/ebox", "https://a@b.example"])
async def test_a_provider_without_a_sound_address_is_named_and_never_asked(asked_of, url):
    asked_of.ask("PUT", "/ebox/providers/smals", {"url": url})
    found = await look()
    assert found["smals"] == Down("unreadable", "no address")
    assert found["federation"] == Down("unreadable", "not the whole list")
    assert name_of(found["vlaanderen"]) == "ready"


async def test_without_a_list_nothing_is_called_empty_and_an_older_list_goes_on(asked_of):
    asked_of.ask("PUT", "/faults/ebox-federation", {"mode": "503"})
    found = await look()
    assert list(found) == ["federation"]
    assert isinstance(found["federation"], Down)
    asked_of.put_right()
    forget()
    ready(await look())
    asked_of.ask("PUT", "/faults/ebox-federation", {"mode": "503"})
    providers._shelf._again_at = 0.0
    ready(await look())


async def test_no_page_waits_long_for_a_list_that_does_not_come(asked_of, monkeypatch):
    monkeypatch.setattr(providers, "WAIT_SECONDS", 0.0)
    known = await providers.active_providers(datetime.now(UTC), seconds=0.0)
    assert known.trouble == Late()
    task = providers._shelf.renew()
    assert task is not None
    await task
    ready(await look())


async def test_who_is_passed_over_is_not_asked(asked_of):
    found = await look(without={"smals"})
    assert set(found) == ALL - {"smals"}


async def test_operators_see_every_provider_that_was_asked_and_can_switch_it_off(asked_of):
    await look()
    with override_settings(SOURCES_OFF=frozenset({"ebox-smals"})):
        seen = {state.source: state.condition for state in states(0.0)}
        assert (seen["ebox-smals"], seen["ebox-federaal"], seen["ebox-federation"]) == ("off", "open", "open")
        assert (await look())["smals"] == Down("off")


async def test_the_federation_tells_where_else_an_ebox_is_linked_and_its_trouble_is_said(asked_of):
    request = await request_of()
    found = await looking.consents(request)
    assert isinstance(found, Ready)
    assert {one.id for one in found.value if one.is_given} == {"my-ebox", "doccle"}
    assert len(found.value) == 7
    asked_of.ask("PUT", "/ebox/consents/" + LIES, ["kbc"])
    found = await looking.consents(request)
    assert isinstance(found, Ready)
    assert [one.id for one in found.value if one.is_given] == ["kbc"]
    for mode in ("503", "html", "twice", "reset"):
        asked_of.ask("PUT", "/faults/ebox-federation", {"mode": mode})
        assert isinstance(await looking.consents(request), Down), mode
        asked_of.put_right()
        gatekeeper._gates.clear()
    names = [entry.name for entry in await entries_of(request.session.citizen_id)]
    assert "look at own mailbox consents" in names
