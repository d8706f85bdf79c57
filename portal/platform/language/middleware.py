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
    """Let a request's language hold while it is answered, and name it in the answer (Content-Language).

    It is the outermost middleware, so that refusals are in that language too. A streamed answer is rendered after
    this function returns, in the same task, so the language stays; otherwise the language of before holds again.
    """

    async def respond(request: HttpRequest) -> HttpResponseBase:
        before, language = current(), known_language(request.COOKIES.get(COOKIE))
        speak(language)
        response = await get_response(request)
        # An answer that is repeated for a form sent twice (`access.form_key`) names its own language.
        response.headers.setdefault("Content-Language", language)
        if not response.streaming:
            speak(before)
        return response

    return respond
