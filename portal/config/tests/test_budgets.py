"""What one citizen may have under way: places, pace, a line of their own, and every place given back."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, AsyncRequestFactory, override_settings

from portal.config import budgets as room
from portal.config import security
from portal.config.budgets import Budgets, Limits, TooMuchError, middleware
from portal.config.shared_counts import CountKind, Counts, CountTable
from portal.platform.access import machine_clients
from portal.platform.access.types import Assurance, Identity, Machine, Session, SignInMeans
from portal.platform.ui import first_bytes
from tests.waiting import until

AN, BO = UUID(int=1), UUID(int=2)
LIMITS = {
    "PAGES_PER_CITIZEN": 2,
    "PAGES_BURST": 100,
    "PAGES_PER_CITIZEN_SECOND": 50,
    "PAGES_WAITING_PER_CITIZEN": 2,
}
OWN = Limits(at_once=2, burst=100, per_second=50, waiting=2)


@pytest.fixture(autouse=True)
def limits():
    with override_settings(**LIMITS):
        yield


def alone(*clock):
    return Budgets(Counts(CountKind.PAGES, CountTable.alone()), *clock)


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


# All of it is in this loop, on the clock of which nothing ends because the machine is slow.
pytestmark = pytest.mark.usefixtures("clock")


async def test_more_than_may_be_under_way_waits_in_order_and_another_goes_on():
    budgets = alone()
    leave = [await budgets.enter(AN, OWN) for _ in range(2)]
    waiting = [asyncio.create_task(budgets.enter(AN, OWN)) for _ in range(2)]
    await turns()
    assert [task.done() for task in waiting] == [False, False]
    (await budgets.enter(BO, OWN))()
    with pytest.raises(TooMuchError):
        await budgets.enter(AN, OWN)
    leave[0]()
    leave[0]()  # once is enough
    await turns()
    assert [task.done() for task in waiting] == [True, False]
    leave[1]()
    await turns()
    assert [task.done() for task in waiting] == [True, True]


async def test_nobody_waits_for_the_first_byte_of_a_page_that_stands_in_its_citizens_line():
    budgets = alone()
    leave = [await budgets.enter(AN, OWN) for _ in range(2)]
    first_bytes.expect("third")
    third = asyncio.create_task(budgets.enter(AN, OWN, "third"))
    await turns()
    async with asyncio.timeout(first_bytes.PATIENCE / 2):
        await first_bytes.let_go_first()
    # The page goes on, and counts like the others again.
    leave[0]()
    await third
    assert first_bytes.register("third")


async def test_place_of_who_left_while_they_waited_goes_to_the_next():
    budgets = alone()
    leave = [await budgets.enter(AN, OWN) for _ in range(2)]
    gone, next_one = (asyncio.create_task(budgets.enter(AN, OWN)) for _ in range(2))
    await turns()
    # The client disconnects at the moment at which its place comes free.
    leave[0]()
    gone.cancel()
    await turns()
    assert (gone.cancelled(), next_one.done()) == (True, True)
    leave[1]()
    (await next_one)()
    assert budgets._of[AN].under_way == 0


async def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(room, "PATIENCE", 0.01)
    budgets = alone()
    leave = [await budgets.enter(AN, OWN) for _ in range(2)]
    with pytest.raises(TooMuchError):
        await budgets.enter(AN, OWN)
    for each in leave:
        each()
    assert (budgets._of[AN].under_way, len(budgets._of[AN].waiting)) == (0, 0)


async def test_pace_lets_so_many_begin_and_then_one_at_a_time():
    now = [0.0]
    budgets = alone(lambda: now[0])
    limits = OWN._replace(burst=3)
    for _ in range(3):
        (await budgets.enter(AN, limits))()
    later = asyncio.create_task(budgets.enter(AN, limits))
    await asyncio.sleep(0.03)
    assert not later.done()
    now[0] = 0.021
    await asyncio.sleep(0.03)
    assert later.done()
    (await budgets.enter(BO, limits))()


async def test_citizens_with_nothing_under_way_are_forgotten(monkeypatch):
    monkeypatch.setattr(room, "MANY", 3)
    now = [0.0]
    budgets = alone(lambda: now[0])
    await budgets.enter(AN, OWN)
    for _ in range(2):
        (await budgets.enter(uuid4(), OWN))()
    now[0] = 10
    await budgets.enter(BO, OWN)
    assert list(budgets._of) == [AN, BO]


IDENTITY = Identity(
    insz="71690999827",
    given_name="An",
    family_name="Peeters",
    means=SignInMeans.ITSME,
    assurance=Assurance.HIGH,
    provider_subject="s",
)
NOW = datetime(2026, 3, 3, tzinfo=UTC)
SESSION = Session(b"", AN, IDENTITY, NOW, NOW, NOW, b"", "token")


def new_request(
    path="/uw-gegevens/", *, session=SESSION, method="get", address="192.0.2.1", typed=None, headers=None
):
    request = getattr(AsyncRequestFactory(), method)(path, typed, headers=headers)
    request.META["REMOTE_ADDR"] = address
    request.session, request.session_trouble = session, None
    request.correlation_id, request.csp_nonce, request.resolver_match = "0", "", None
    return request


@pytest.fixture
def budgets(monkeypatch):
    made = alone()
    monkeypatch.setattr(room, "budgets", made)
    monkeypatch.setattr(room, "REFUSED_AFTER", 0.0)
    return made


async def test_nobody_waits_for_the_first_byte_of_a_page_whose_reader_left():
    async def respond(request):
        raise asyncio.CancelledError

    request = new_request()
    with override_settings(ALLOWED_HOSTS=["testserver"]), pytest.raises(asyncio.CancelledError):
        await security.middleware(respond)(request)
    assert not first_bytes.register(request.correlation_id)


async def test_stream_is_under_way_until_it_is_closed_though_nobody_read_it(budgets):
    async def tiles():
        yield b"tile"

    async def respond(request):
        return StreamingHttpResponse(tiles())

    response = await middleware(respond)(new_request())
    assert budgets._of[AN].under_way == 1
    await asyncio.to_thread(response.close)
    await turns()
    assert budgets._of[AN].under_way == 0


async def test_page_that_failed_or_was_left_is_under_way_no_more(budgets):
    async def respond(request):
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await middleware(respond)(new_request())
    assert budgets._of[AN].under_way == 0


async def test_too_much_is_said_kindly_and_signing_out_goes_on(budgets):
    async def respond(request):
        return HttpResponse("ok")

    with override_settings(PAGES_WAITING_PER_CITIZEN=0):
        leave = [await budgets.enter(AN, OWN._replace(waiting=0)) for _ in range(2)]
        answer = await middleware(respond)(new_request())
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
        assert "U opende veel pagina" in answer.content.decode()
        assert (
            "Laad deze pagina dan opnieuw" in (await middleware(respond)(new_request(method="post"))).content.decode()
        )
        typed = {"form_key": "k" * 22, "onderwerp": "Mijn naam"}
        kept = await middleware(respond)(new_request(method="post", typed=typed))
        assert (kept.status_code, kept.headers["Retry-After"]) == (429, "5")
        assert 'name="onderwerp" value="Mijn naam"' in kept.content.decode()
        assert f'name="form_key" value="{"k" * 22}"' in kept.content.decode()
        ours, foreign = {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "cross-site"}
        assert (await middleware(respond)(new_request("/afmelden/", method="post", headers=ours))).content == b"ok"
        # The page that asks for confirmation, and a form that is refused, take a turn as any page.
        for other in (new_request("/afmelden/"), new_request("/afmelden/", method="post", headers=foreign)):
            assert (await middleware(respond)(other)).status_code == 429
        for each in leave:
            each()
        assert (await middleware(respond)(new_request())).content == b"ok"


async def test_network_has_so_many_returns_under_way_and_other_pages_go_on():
    gate = asyncio.Event()

    async def respond(request):
        await gate.wait()
        return HttpResponse("ok")

    back = middleware(respond)
    with override_settings(RETURNS_PER_NETWORK=1):
        first = asyncio.create_task(back(new_request("/aanmelden/terug/", session=None)))
        await turns()
        answer = await back(new_request("/aanmelden/terug/", session=None))
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "melden zich nu veel mensen aan" in answer.content.decode()
        gate.set()
        assert (await back(new_request("/aanmelden/terug/", session=None, address="192.0.2.2"))).content == b"ok"
        assert (await first).content == b"ok"
        assert (await back(new_request("/aanmelden/terug/", session=None))).content == b"ok"


async def test_visitors_of_one_network_share_a_pace_and_nobody_else_waits_for_them(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(room, "visitors", alone(lambda: now[0]))

    async def respond(request):
        return HttpResponse("ok")

    there = middleware(respond)
    with override_settings(VISITORS_BURST=2, VISITORS_PER_NETWORK_SECOND=50):
        for _ in range(2):
            assert (await there(new_request("/", session=None))).content == b"ok"
        # A request without a session counts for its network, whatever page it asks for.
        third = asyncio.create_task(there(new_request(session=None)))
        await asyncio.sleep(0.03)
        assert not third.done()
        for another in (new_request("/", session=None, address="192.0.2.2"), new_request("/")):
            assert (await there(another)).content == b"ok"
        now[0] = 0.021
        assert (await third).content == b"ok"


async def test_visitors_who_must_wait_too_long_are_told_so_kindly(monkeypatch):
    monkeypatch.setattr(room, "visitors", alone(lambda: 0.0))
    monkeypatch.setattr(room, "PATIENCE", 0.01)
    monkeypatch.setattr(room, "REFUSED_AFTER", 0.0)

    async def respond(request):
        return HttpResponse("ok")

    with override_settings(VISITORS_BURST=1):
        await middleware(respond)(new_request("/", session=None))
        answer = await middleware(respond)(new_request("/", session=None))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "vragen veel mensen nu pagina" in answer.content.decode()


async def test_visitor_who_is_refused_keeps_no_place_while_the_refusal_waits(monkeypatch):
    monkeypatch.setattr(room, "visitors", visitors := alone(lambda: 0.0))
    monkeypatch.setattr(room, "PATIENCE", 0.01)
    monkeypatch.setattr(room, "REFUSED_AFTER", 3600.0)

    async def respond(request):
        return HttpResponse("ok")

    def home(number):
        return new_request("/", session=None, address=f"2001:db8:1:{number}00::1")

    def places():
        return [visitors._of[name].under_way for name in ("2001:db8:1:500::/64", "2001:db8:1:500::/56")]

    with override_settings(VISITORS_BURST=1):
        # Five homes have had all that their provider's network gets, so the sixth has a place in its own alone.
        for number in range(5):
            assert (await middleware(respond)(home(number))).content == b"ok"
        refused = asyncio.create_task(middleware(respond)(home(5)))
        await turns()
        assert places() == [1, 1]
        await until(lambda: places() == [0, 0])
        assert not refused.done()
    refused.cancel()
    await asyncio.wait([refused])


async def test_form_that_is_refused_counts_as_a_page(monkeypatch):
    monkeypatch.setattr(room, "visitors", alone(lambda: 0.0))
    monkeypatch.setattr(room, "PATIENCE", 0.01)
    monkeypatch.setattr(room, "REFUSED_AFTER", 0.0)
    client = AsyncClient()
    with override_settings(VISITORS_BURST=1, ALLOWED_HOSTS=["testserver"]):
        answers = [await client.post("/hulp/", headers={"sec-fetch-site": "cross-site"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [403, 503]


async def test_machine_that_is_not_recognised_counts_as_a_visitor_and_others_do_not(monkeypatch):
    async def holder_of(token, *, now):
        return Machine("vdab", frozenset(("notificaties",))) if token == "known" else None

    monkeypatch.setattr(room, "visitors", alone(lambda: 0.0))
    monkeypatch.setattr(room, "PATIENCE", 0.01)
    monkeypatch.setattr(room, "REFUSED_AFTER", 0.0)
    monkeypatch.setattr(machine_clients, "holder_of", holder_of)
    client, answers = AsyncClient(), []
    with override_settings(VISITORS_BURST=1, ALLOWED_HOSTS=["testserver"]):
        for token in ("guessed", "guessed", "known", "known"):
            headers = {"authorization": f"Bearer {token}"}
            answers.append(await client.post("/api/v2/notificaties", b"{", "application/json", headers=headers))
    assert [answer.status_code for answer in answers] == [401, 503, 400, 400]
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}
