"""No unsafe request from another site, and none without the session's own token."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory

from portal.platform.access import cookies, derivation, sessions
from portal.platform.access.guards import keeps_typed, signed_in
from portal.platform.access.middleware import comes_from_us, forms, middleware
from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.journal.types import CITIZEN, Occasion

pytestmark = pytest.mark.security

OURS = "http://localhost:8000"
JAN = Identity("71690999827", "Jan", "Peeters", SignInMeans.EID, Assurance.HIGH, "subject-1")


@middleware
@forms
async def site(request):
    return HttpResponse("-" if request.session is None else request.session.identity.name)


@middleware
@forms
@signed_in
async def guarded(request):
    return HttpResponse(request.session.identity.name)


def new_request(
    method: str = "GET",
    path: str = "/uw-gegevens/",
    cookie: str | None = None,
    data: dict[str, str] | None = None,
    **headers: str,
) -> HttpRequest:
    factory = AsyncRequestFactory()
    if cookie is not None:
        factory.cookies[cookies.SESSION] = cookie
    request = getattr(factory, method.lower())(path, data, headers=headers)
    request.csp_nonce, request.correlation_id = "nonce", "-"  # the outer middleware's
    return request


@pytest.mark.parametrize(
    ("origin", "site", "is_ours"),
    [
        (OURS, "same-origin", True),
        (OURS, None, True),
        ("null", "same-origin", True),
        (None, "same-origin", True),
        (None, None, False),
        ("null", None, False),
        ("", None, False),
        (OURS + "/", None, False),
        ("http://localhost:8001", None, False),
        ("https://localhost:8000", None, False),
        ("http://localhost:8000.evil.example", None, False),
        (OURS, "same-site", False),
        (OURS, "cross-site", False),
        (OURS, "none", False),
        ("null", "cross-site", False),
        ("https://evil.example", "same-origin", False),
        (None, "none", False),
        (None, "", False),
    ],
)
def test_comes_from_us_reads_both_headers(origin, site, is_ours):
    assert comes_from_us(origin, site) is is_ours


@pytest.mark.usefixtures("database")
class TestWithSessions:
    @pytest.fixture
    async def opened(self):
        return await sessions.open_session(JAN, now=datetime.now(UTC))

    async def test_session_is_found_by_its_cookie(self, opened):
        assert (await site(new_request(cookie=opened[1]))).content == b"Jan Peeters"

    async def test_session_is_none_without_or_with_a_damaged_cookie(self, opened):
        cookie = opened[1]
        damaged = [None, "", cookie[:-1], cookie + "A", cookie.swapcase(), "x" * 5000, "%00", "é" * 43]
        assert [(await site(new_request(cookie=one))).content for one in damaged] == [b"-"] * 8

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    async def test_unsafe_request_of_another_site_is_refused(self, method, opened):
        request = new_request(method, cookie=opened[1], origin="https://evil.example")
        answer = await site(request)
        assert (answer.status_code, "niet uitgevoerd" in answer.content.decode()) == (403, True)

    async def test_unsafe_request_with_the_token_is_let_through(self, opened):
        session, cookie = opened
        request = new_request(
            "POST", cookie=cookie, data={"form_token": session.form_token, "form_key": "k" * 22}, origin=OURS
        )
        assert (await site(request)).content == b"Jan Peeters"

    async def test_unsafe_request_without_the_right_token_is_refused(self, opened):
        other, _ = await sessions.open_session(JAN, now=datetime.now(UTC))
        wrong = [{}, {"form_token": ""}, {"form_token": other.form_token}, {"form_token": "é"}]
        requests = [new_request("POST", cookie=opened[1], data=data, origin=OURS) for data in wrong]
        assert [(await site(request)).status_code for request in requests] == [403] * 4

    async def test_form_of_an_earlier_session_reaches_only_a_view_that_shows_it_again(self, opened):
        session, cookie = opened
        other, _ = await sessions.open_session(JAN, now=datetime.now(UTC))

        @middleware
        @forms
        async def tells(request):
            return HttpResponse(str(request.is_from_before))

        async def answer_to(path: str, origin: str, token: str) -> str:
            request = new_request("POST", path, cookie, {"form_token": token, "form_key": "k" * 22}, origin=origin)
            answer = await tells(request)
            return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)

        keeps, other_form = "/profiel/adressen/nieuw/", "/profiel/roepnaam/"
        assert await answer_to(keeps, OURS, session.form_token) == "False"
        assert await answer_to(keeps, OURS, other.form_token) == "True"
        assert await answer_to(keeps, "https://evil.example", session.form_token) == "403"
        assert await answer_to(other_form, OURS, other.form_token) == "403"

    async def test_what_was_typed_comes_back_without_a_session_and_without_its_token(self):
        @middleware
        @forms
        @signed_in
        @keeps_typed
        async def form(request):
            raise AssertionError("nobody is signed in")

        typed = {"street": "<b>Lei</b>", "form_token": "of the old session"}
        answer = await form(new_request("POST", "/profiel/adressen/nieuw/", data=typed, origin=OURS))
        page = answer.content.decode()
        assert answer.status_code == 403
        assert '<input type="hidden" name="street" value="&lt;b&gt;Lei&lt;/b&gt;">' in page
        assert "of the old session" not in page
        assert 'href="/aanmelden/?naar=%2Fprofiel%2Fadressen%2Fnieuw%2F"' in page

    async def test_unsafe_request_of_a_stranger_needs_only_our_origin(self):
        assert (await site(new_request("POST", origin=OURS))).status_code == 200

    async def test_signed_in_lets_the_citizen_through(self, opened):
        assert (await guarded(new_request(cookie=opened[1]))).content == b"Jan Peeters"

    async def test_signed_in_tells_the_view_whose_page_it_is_and_when(self, opened):
        request, before = new_request(cookie=opened[1]), datetime.now(UTC)
        await guarded(request)
        assert request.occasion == Occasion(opened[0].citizen_id, request.occasion.now, "-", CITIZEN)
        assert before <= request.occasion.now <= datetime.now(UTC)

    async def test_signed_in_sends_a_stranger_to_sign_in_and_back(self):
        answer = await guarded(new_request(path="/hulp/?a=b"))
        assert (answer.status_code, answer["Location"]) == (303, "/aanmelden/?naar=%2Fhulp%2F%3Fa%3Db")

    async def test_signed_in_brings_nobody_back_to_a_form_that_was_sent(self):
        answer = await guarded(new_request("POST", path="/hulp/", origin=OURS))
        assert (answer.status_code, answer["Location"]) == (303, "/aanmelden/?naar=%2F")

    async def test_signed_in_says_so_when_the_session_ended(self):
        _, cookie = await sessions.open_session(JAN, now=datetime.now(UTC) - timedelta(minutes=16))
        closed, closed_cookie = await sessions.open_session(JAN, now=datetime.now(UTC))
        await sessions.close(closed)
        unknown = derivation.encode(derivation.new_secret())
        answers = [await guarded(new_request(path="/hulp/", cookie=one)) for one in (cookie, closed_cookie, unknown)]
        assert [answer["Location"] for answer in answers] == ["/afgemeld/?verlopen=1&naar=%2Fhulp%2F"] * 3
