"""Pages of items and PDFs as a browser asks for them: whose they are, what the answer was, what is written down."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from django.test import AsyncClient, override_settings
from django.urls import reverse

from portal.config.handler import RequestHandler
from portal.platform.access import cookies, return_path, sessions
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans
from portal.platform.confined import programs
from portal.platform.paper import answers, typesetting
from portal.platform.sources import asking, catalogue, datasets, fetch
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Nothing, Outcome, Ready
from portal.platform.ui import streaming
from portal.platform.ui.links import links
from tests.journal_entries import entries_of
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

ENDLESS = "portal.features.themes.paper.tests.endless_program"
THEN = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def entry() -> DatasetEntry:
    """A dataset with items; whose, a body decides."""
    return next(one for one in catalogue.installed().entries if one.dataset.items)


@pytest.fixture(autouse=True)
def nobody_is_asked():
    """Serve the host that Django's test clients ask for, with every source switched off."""
    off = frozenset(one.dataset.source for one in catalogue.installed().entries)
    with override_settings(ALLOWED_HOSTS=["testserver"], SOURCES_OFF=off):
        yield


def two_items(entry: DatasetEntry) -> Outcome:
    items = entry.dataset.items
    return Ready(
        tuple(Fact(items.title[0], "Naam", f"Ding {n}", "text", f"{items.path}[{n}]/Naam") for n in (1, 2)), THEN
    )


class Browser:
    """Somebody signed in, with the browser they use."""

    def __init__(self, session: Session, cookie: str) -> None:
        self.session = session
        self._client = AsyncClient()
        self._client.cookies[cookies.SESSION] = cookie

    async def get(self, address: str):
        return await self._client.get(address)

    async def head(self, address: str):
        return await self._client.head(address)

    async def post(self, address: str):
        return await self._client.post(address)

    def scope(self, address: str) -> dict[str, Any]:
        """Ask for a page as a server does, which can be told that the reader left."""
        cookie = f"{cookies.SESSION}={self._client.cookies[cookies.SESSION].value}"
        headers = [(b"host", b"testserver"), (b"cookie", cookie.encode())]
        known = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"}
        return known | {"method": "GET", "path": address, "query_string": b"", "headers": headers}


def children_of(server: int | None) -> list[str]:
    return Path(f"/proc/{server}/task/{server}/children").read_text().split() if server else []


class Endless:
    """A program in the place of the one that sets PDFs, which never ends by itself."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(typesetting, "PROGRAM", ENDLESS)
        monkeypatch.setattr(typesetting, "SECONDS", 600)
        monkeypatch.setattr(answers, "SECONDS", 600)

    async def is_running(self) -> int:
        """Wait until it is; gives the number of its process."""
        await until(lambda: children_of(programs.installed().process))
        return int(children_of(programs.installed().process)[0])

    def is_over(self) -> None:
        """Let PDFs be made again."""
        self._monkeypatch.undo()


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endless]:
    declared = programs.program_names()
    monkeypatch.setattr(programs, "program_names", lambda: [*declared, ENDLESS])
    programs.installed().stop()
    programs.installed.cache_clear()
    yield Endless(monkeypatch)
    programs.installed().stop()
    programs.installed.cache_clear()


async def is_gone(number: int) -> None:
    """Wait until a process has ended, as it was told to."""
    await until(lambda: not Path(f"/proc/{number}").exists())


async def signs_in(insz: str) -> Browser:
    identity = Identity(insz, "Lies", "Verhaegen", SignInMeans.ITSME, Assurance.HIGH, "x")
    return Browser(*await sessions.open_session(identity, now=datetime.now(UTC)))


@pytest_asyncio.fixture
async def lies(entry: DatasetEntry) -> Browser:
    """A citizen whose session kept a list of two."""
    browser = await signs_in("84651421235")
    await asking.keep(browser.session, datasets.inquiry_of(entry), two_items(entry))
    return browser


def page_of(entry: DatasetEntry) -> str:
    return reverse("themes:dataset", kwargs={"agency": entry.agency.id, "dataset": entry.dataset.id})


async def items_of(browser: Browser, entry: DatasetEntry) -> list[str]:
    answer = await browser.get(page_of(entry))
    text = b"".join([part async for part in answer.streaming_content]).decode()
    return re.findall(rf'href="({page_of(entry)}[\w-]{{43}}/)"', text)


async def test_the_head_goes_before_the_frame_is_rendered_and_names_nobody(entry, lies):
    head, frame, *_ = [part.decode() async for part in (await lies.get(page_of(entry))).streaming_content]
    assert head.startswith("<!doctype html>")
    assert head.rstrip().endswith("</head>")
    assert "Verhaegen" not in head
    assert frame.lstrip().startswith("<body>")
    assert "Verhaegen" in frame


async def test_tiles_that_are_there_at_one_moment_leave_in_one_chunk(monkeypatch):
    monkeypatch.setattr(streaming, "STRETCH_SECONDS", 60)
    browser = await signs_in("84651421235")
    kept = catalogue.installed().entries[:12]
    for one in kept:
        await asking.keep(browser.session, datasets.inquiry_of(one), Nothing(THEN))
    page = (await browser.get(links.overview())).streaming_content
    # The head, the frame, what was kept, all that was answered for at once, and the end.
    head, frame, *chunks, end = [part.decode() async for part in page]
    outcomes = [re.findall(r'data-outcome="(\w+)"', chunk) for chunk in chunks]
    assert outcomes[0] == ["nothing"] * len(kept)
    assert [one for each in outcomes[1:] for one in each] == ["down"] * (
        len(catalogue.installed().entries) - len(kept)
    )
    assert [part for part in (head, frame, end) if "data-outcome" in part] == []
    assert len(chunks) < 6


async def test_what_came_of_a_page_that_is_stopped_while_a_tile_is_sent_is_in_the_journal_when_it_ends(
    entry, lies, monkeypatch
):
    settle, settled, reached = asking.Proceeding.settle, [], asyncio.Event()
    said = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def noted(proceeding, to_keep):
        await settle(proceeding, to_keep)
        settled.append(proceeding)

    async def receive():
        for message in said:
            return message
        await asyncio.sleep(60)

    async def send(message):
        if b"data-outcome" in message.get("body", b""):
            reached.set()
            await asyncio.sleep(60)

    monkeypatch.setattr(asking.Proceeding, "settle", noted)
    serving = asyncio.create_task(RequestHandler()(lies.scope(page_of(entry)), receive, send))
    async with asyncio.timeout(PATIENCE):
        await reached.wait()
        serving.cancel()
        await asyncio.wait([serving])
    # Not some time later: a server that stops closes its connections then.
    assert len(settled) == 1
    (access,) = await entries_of(lies.session.citizen_id, most=1)
    assert access.uses[0].result is not None


async def looks(browser: Browser) -> int:
    return len(await entries_of(browser.session.citizen_id, most=10_000))


async def test_an_item_has_a_page_and_a_pdf_that_are_kept_by_nobody(entry, lies):
    first, second = await items_of(lies, entry)
    page, pdf = await lies.get(second), await lies.get(f"{second}pdf/")
    assert (page.status_code, pdf.status_code) == (200, 200)
    assert "<h1>Ding 2</h1>" in page.content.decode()
    assert "Ding 1" not in page.content.decode()
    assert pdf.content.startswith(b"%PDF-1.7")
    assert pdf.headers["Content-Disposition"] == f'attachment; filename="mijn-burgerprofiel-{entry.dataset.id}.pdf"'
    assert first != second


async def test_each_look_is_written_down(entry, lies):
    before = await looks(lies)
    (address, _) = await items_of(lies, entry)
    for each in (address, f"{address}pdf/", f"{page_of(entry)}pdf/"):
        assert (await lies.get(each)).status_code == 200
    assert await looks(lies) == before + 4


async def test_an_address_of_another_session_leads_nowhere_and_the_log_says_so(entry, lies, caplog):
    (address, _) = await items_of(lies, entry)
    for insz in ("84651421235", "47692310692"):
        other = await signs_in(insz)
        await asking.keep(other.session, datasets.inquiry_of(entry), two_items(entry))
        assert (await other.get(address)).status_code == 404
        assert (await other.get(f"{address}pdf/")).status_code == 404
    said = [record.getMessage() for record in caplog.records if record.name == "portal.access"]
    assert [line.rpartition(" ")[0] for line in said] == ["refused: not theirs to see: item"] * 4
    assert return_path.safe_path(address) == return_path.safe_path(f"{address}pdf/") == links.landing()


async def test_a_source_that_cannot_be_asked_is_no_item_that_is_gone(entry):
    nobody = await signs_in("84651421235")
    address = f"{page_of(entry)}{'x' * 43}/"
    page, pdf = await nobody.get(address), await nobody.get(f"{address}pdf/")
    assert (page.status_code, pdf.status_code) == (200, 200)
    assert "Dat betekent niet dat het er niet is." in page.content.decode()


async def test_who_asks_for_headers_alone_asks_no_body(entry, lies):
    (address, _) = await items_of(lies, entry)
    before = await looks(lies)
    for each in (address, f"{address}pdf/", f"{page_of(entry)}pdf/"):
        assert (await lies.head(each)).status_code == 200
        assert (await lies.post(each)).status_code in (403, 405)
    assert await looks(lies) == before


async def test_who_is_not_signed_in_is_sent_to_sign_in(entry):
    answer = await AsyncClient().get(f"{page_of(entry)}pdf/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/aanmelden/?naar=%2F")


async def test_when_enough_are_being_made_the_page_says_so(entry, lies, monkeypatch, caplog):
    monkeypatch.setattr(typesetting, "PATIENCE", 0.01)
    turn = typesetting._turn.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(typesetting.AT_ONCE))
    async with turn, turn:
        answer = await lies.get(f"{page_of(entry)}pdf/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Het is even te druk." in answer.content.decode()
    assert "no PDF: As many documents are being made already" in caplog.text
    assert "Ding" not in caplog.text


async def test_a_pdf_that_cannot_be_made_is_said_plainly(entry, lies, monkeypatch):
    monkeypatch.setattr(typesetting, "SECONDS", 0.001)
    answer = await lies.get(f"{page_of(entry)}pdf/")
    assert (answer.status_code, "afdrukken" in answer.content.decode()) == (503, True)


async def test_asking_turn_and_program_have_one_deadline_together(entry, lies, monkeypatch, caplog):
    monkeypatch.setattr(answers, "SECONDS", 0.001)
    answer = await lies.get(f"{page_of(entry)}pdf/")
    assert (answer.status_code, "afdrukken" in answer.content.decode()) == (503, True)
    assert "too slow as a whole" in caplog.text
    # Asking and a turn can take all they may, and the program has something left.
    monkeypatch.undo()
    assert answers.SECONDS - fetch.PAGE_SECONDS - typesetting.PATIENCE >= 2


async def test_one_citizen_has_one_pdf_made_at_a_time(entry, lies, endless):
    other = await signs_in("47692310692")
    address = f"{page_of(entry)}pdf/"
    first = asyncio.create_task(lies.get(address))
    await endless.is_running()
    again = await signs_in("84651421235")  # another browser of the same citizen
    for browser in (lies, again):
        answer = await browser.get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "15")
        assert "Wij maken al een PDF voor u" in answer.content.decode()
    endless.is_over()
    assert (await other.get(address)).status_code == 200
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await lies.get(address)).status_code == 200


async def test_who_leaves_ends_the_program_and_gives_place_and_turn_back(entry, lies, endless):
    address = f"{page_of(entry)}pdf/"
    turn = typesetting._turn.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(typesetting.AT_ONCE))
    async with turn:  # so that one is left
        leaving, answered = asyncio.Event(), []
        said = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive():
            for message in said:
                return message
            await leaving.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            answered.append(message)

        serving = asyncio.create_task(RequestHandler()(lies.scope(address), receive, send))
        number = await endless.is_running()
        assert turn.locked()
        leaving.set()
        await serving
        await is_gone(number)
        assert answered == []
        endless.is_over()
        assert (await lies.get(address)).status_code == 200
