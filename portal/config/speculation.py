"""Refuse speculative loads: pages that a browser asks for in case somebody opens them."""

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpResponse, HttpResponseBase
from django.utils.decorators import async_only_middleware
from django.utils.translation import gettext_noop as _

from portal.platform.access.types import Request, Respond
from portal.platform.language.texts import gettext

# The last three are what browsers sent before `Sec-Purpose` was agreed on, and some still do.
HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
PURPOSES = ("prefetch", "prerender", "preview")
# The text for somebody who sees the refusal after all, such as a preview that they tap.
REFUSAL = _("Uw browser vroeg deze pagina vooraf op. Wilt u ze zien? Laad ze dan opnieuw.")


@async_only_middleware
def middleware(get_response: Respond) -> Respond:
    """Refuse a load that nobody asked for yet (503): the browser then asks when somebody does.

    It runs before the session is read. A speculative load must not start or use up a sign-in, ask a body, write in
    the journal that somebody looked, or keep a session alive.
    """

    async def respond(request: Request) -> HttpResponseBase:
        # A browser never posts speculatively.
        if request.method != "POST" and is_speculative(request.headers):
            return HttpResponse(gettext(REFUSAL), "text/plain; charset=utf-8", HTTPStatus.SERVICE_UNAVAILABLE)
        return await get_response(request)

    return respond


def is_speculative(headers: Mapping[str, str]) -> bool:
    """Tell whether a header says that the load is speculative, as `Sec-Purpose: prefetch;prerender`."""
    purposes = [value.lower() for name in HEADERS if (value := headers.get(name))]
    return any(purpose in value for value in purposes for purpose in PURPOSES)
