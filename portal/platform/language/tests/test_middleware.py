"""Each request has its own language, from its cookie, and nothing of it is left for the next."""

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncRequestFactory

from portal.platform.language.current import current, speaking
from portal.platform.language.middleware import COOKIE, middleware

pytestmark = pytest.mark.security


async def answer(cookie: str | None, *, is_streamed: bool = False):
    async def stream():
        yield current().encode()

    async def view(request):
        return StreamingHttpResponse(stream()) if is_streamed else HttpResponse(current())

    factory = AsyncRequestFactory()
    if cookie is not None:
        factory.cookies[COOKIE] = cookie
    response = await middleware(view)(factory.get("/"))
    body = b"".join([part async for part in response]) if is_streamed else response.content
    return response["Content-Language"], body.decode()


@pytest.mark.parametrize(
    ("cookie", "language"),
    [
        (None, "nl"),
        ("en", "en"),
        ("nl", "nl"),
        ("", "nl"),
        ("EN", "nl"),
        ("xx", "nl"),
        ("en" * 4000, "nl"),
        ("../en", "nl"),
    ],
)
async def test_language_is_what_the_cookie_says_when_it_is_on_offer(cookie, language):
    for is_streamed in (False, True):
        with speaking("nl"):
            assert await answer(cookie, is_streamed=is_streamed) == (language, language)


async def test_whoever_calls_finds_their_own_language_again():
    await answer("en")
    assert current() == "nl"
