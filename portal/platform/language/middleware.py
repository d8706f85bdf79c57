"""The language of each request: what its reader chose, in a cookie, or Dutch."""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import async_only_middleware

from .current import current, speak
from .offer import known_language

Respond = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

COOKIE = "__Host-mbp-taal"


@async_only_middleware
def middleware(get_response: Respond) -> Respond:
    """Let a request's language hold, and name it in the answer.

    The outermost: refusals speak it too. What streams goes on in it, in the task that sends the answer; whoever calls
    us for a whole answer finds their own again.
    """

    async def respond(request: HttpRequest) -> HttpResponseBase:
        before, language = current(), known_language(request.COOKIES.get(COOKIE))
        speak(language)
        response = await get_response(request)
        # An answer that is given again (`access.form_key`) says itself in which it was made.
        response.headers.setdefault("Content-Language", language)
        if not response.streaming:
            speak(before)
        return response

    return respond
