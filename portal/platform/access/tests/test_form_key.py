"""A form that is sent twice is acted on once, and answered the same."""

import asyncio
import re
import secrets
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.test import AsyncRequestFactory

from portal.platform.access import cookies, once, sessions
from portal.platform.access.middleware import forms, middleware
from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.database import pool
from portal.platform.language import middleware as language
from portal.platform.language.current import current

pytestmark = pytest.mark.security

OURS = "http://localhost:8000"
PATH = "/profiel/roepnaam/"
LIES = Identity("84651421235", "Lies", "Verhaegen", SignInMeans.EID, Assurance.HIGH, "subject-1")


class Browser:
    """A session, and a page behind the middleware that counts how often it acts."""

    def __init__(self, session, cookie) -> None:
        self.session = session
        self.cookie = cookie
        self.acted = 0
        self.answers = HttpResponseRedirect
        self.pause = 0.05

    async def sends(self, key, path=PATH, **fields):
        factory = AsyncRequestFactory()
        factory.cookies[cookies.SESSION] = self.cookie
        form = {"form_token": self.session.form_token, **({"form_key": key} if key else {}), **fields}
        request = factory.post(path, form, headers={"Origin": OURS})
        request.csp_nonce, request.correlation_id = secrets.token_urlsafe(16), "-"
        answer = await middleware(forms(self._act))(request)
        return answer.status_code, answer.get("Location", ""), answer.content, request.csp_nonce

    async def _act(self, request):
        self.acted += 1
        number = self.acted
        await asyncio.sleep(self.pause)
        return self.answers(f"/hulp/?{number}")


@pytest_asyncio.fixture
async def lies(database):
    return Browser(*await sessions.open_session(LIES, now=datetime.now(UTC)))


def key() -> str:
    return secrets.token_urlsafe(16)


@pytest.mark.parametrize("gap", [0, 0.005, 0.1])
async def test_form_sent_twice_is_acted_on_once(lies, gap):
    same = key()
    first = asyncio.create_task(lies.sends(same, nickname="Lies"))
    await asyncio.sleep(gap)
    second = await lies.sends(same, nickname="Lies")
    assert ((await first)[:3], second[:3], lies.acted) == ((302, "/hulp/?1", b""), (302, "/hulp/?1", b""), 1)
    assert (await lies.sends(same, nickname="Lies"))[1] == "/hulp/?1"


async def test_form_that_was_changed_and_one_of_another_page_are_forms_of_their_own(lies):
    same = key()
    await lies.sends(same, nickname="Lies")
    await lies.sends(same, nickname="Lie")
    await lies.sends(same, nickname="Lies", other="")
    await lies.sends(same, path="/profiel/foto/wijzigen/", nickname="Lies")
    await lies.sends(key(), nickname="Lies")
    assert lies.acted == 5


async def test_file_counts_as_content(lies):
    same = key()
    for content in (b"a", b"a", b"b"):
        await lies.sends(same, photo=SimpleUploadedFile("photo.jpg", content))
    assert lies.acted == 2


async def test_page_is_answered_again_with_the_nonce_it_was_made_for(lies):
    lies.answers = lambda said: HttpResponse(f"wrong: {said}", status=422)
    same = key()
    first, second = await lies.sends(same), await lies.sends(same)
    assert first == second
    assert first[:3] == (422, "", b"wrong: /hulp/?1")


async def test_page_is_answered_again_in_the_language_it_was_made_in(lies):
    said = []

    async def in_language(spoken, form):
        async def send(request):
            return await middleware(forms(answered))(request)

        async def answered(request):
            return HttpResponse(current(), status=422)

        factory = AsyncRequestFactory()
        factory.cookies[cookies.SESSION], factory.cookies[language.COOKIE] = lies.cookie, spoken
        request = factory.post(PATH, form, headers={"Origin": OURS})
        request.csp_nonce, request.correlation_id = secrets.token_urlsafe(16), "-"
        answer = await language.middleware(send)(request)
        said.append((answer.content, answer["Content-Language"]))

    form = {"form_token": lies.session.form_token, "form_key": key()}
    for spoken in ("en", "nl", "en"):
        await in_language(spoken, form)
    await in_language("nl", form | {"form_key": key()})
    assert said == [(b"en", "en")] * 3 + [(b"nl", "nl")]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_form_that_failed_may_be_sent_again(lies, status):
    lies.answers = lambda _: HttpResponse(status=status)
    same = key()
    assert ((await lies.sends(same))[0], (await lies.sends(same))[0], lies.acted) == (status, status, 2)


async def test_form_is_acted_on_to_the_end_when_its_browser_leaves(lies):
    same = key()
    first = asyncio.create_task(lies.sends(same))
    await asyncio.sleep(0.03)
    first.cancel()
    assert (await lies.sends(same))[:2] == (302, "/hulp/?1")
    assert lies.acted == 1


@pytest.mark.parametrize("wrong", ["", "short", "x" * 23, "é" * 22])
async def test_form_without_a_key_does_nothing_and_comes_back_with_what_was_typed(lies, wrong):
    status, _, page, _ = await lies.sends(wrong, nickname='"Lies" & co', many="x")
    text = page.decode()
    assert (status, lies.acted) == (409, 0)
    assert '<input type="hidden" name="nickname" value="&#34;Lies&#34; &amp; co">' in text
    (given,) = re.findall('name="form_key" value="([^"]+)"', text.partition("<main")[2].partition("</main>")[0])
    assert (await lies.sends(given, nickname='"Lies" & co', many="x"))[:2] == (302, "/hulp/?1")


async def test_key_of_another_session_says_nothing(lies):
    same = key()
    other = Browser(*await sessions.open_session(LIES, now=datetime.now(UTC)))
    await lies.sends(same)
    await other.sends(same)
    assert (lies.acted, other.acted) == (1, 1)


async def test_answers_are_sealed_bounded_and_gone_with_their_session(lies, past_walls):
    lies.pause = 0
    lies.answers = lambda _: HttpResponse("Kersenlaar 7")
    for _ in range(once.MOST_FORMS + 3):
        await lies.sends(key())
    rows = past_walls.execute("select sealed from access_once where session_id = %s", [lies.session.id]).fetchall()
    assert len(rows) == once.MOST_FORMS
    assert [row for (row,) in rows if row is None or b"Kersenlaar" in row] == []
    await sessions.close(lies.session)
    left = past_walls.execute("select count(*) from access_once where session_id = %s", [lies.session.id]).fetchone()
    assert left == (0,)


async def test_form_of_a_process_that_died_is_taken_over(lies, past_walls):
    same = key()
    lies.answers = lambda _: HttpResponse(status=500)
    await lies.sends(same)  # so that there is no answer
    lies.answers = HttpResponseRedirect
    await lies.sends(same)
    # As it is when the process died before it had one.
    past_walls.execute(
        "update access_once set sealed = null, started_at = now() - %s",
        [once.TAKEN_OVER_AFTER + timedelta(seconds=1)],
    )
    assert (await lies.sends(same))[1] == "/hulp/?3"


async def test_answer_is_behind_the_wall_of_its_citizen(lies):
    await lies.sends(key())
    for who, seen in ((lies.session.citizen_id, 1), (uuid4(), 0)):
        async with pool.as_citizen(who) as conn:
            assert await (await conn.execute("select count(*) from access_once")).fetchone() == (seen,)
