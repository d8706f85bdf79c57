"""What somebody gets who asks for a document: the PDF, or a page that says why there is none."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase

from portal.platform.kit.errors import PortalError

from . import typesetting
from .typesetting import PdfBusy, PdfNotMade, PdfUnderWay

# For all of it, from the request to the PDF. Asking takes at most a page's budget of that (10 s); what is left is for
# the turn and the program, which need a second or two. The browser shows nothing meanwhile.
SECONDS = 15.0
RETRY_SECONDS: Mapping[type[PortalError], int] = {PdfBusy: 30, PdfUnderWay: 15}

# Django's `render` for the request of whoever asks, which this room below access does not know.
type Render = Callable[..., HttpResponse]


class Asker(NamedTuple):
    """Who asks for a document, and what they can go back to: an address, and its words in Dutch."""

    citizen_id: UUID
    correlation_id: str
    back: str
    words: str


async def answer(
    render: Render, asker: Asker, make: Callable[[], Awaitable[HttpResponseBase]], log: logging.Logger
) -> HttpResponseBase:
    """Answer with what `make` gives within SECONDS; with a page that says why there is no PDF where it cannot.

    One at a time is made for a citizen. log: where that there is none is written, without what it would say.
    """
    try:
        with typesetting.only_one(asker.citizen_id):
            async with asyncio.timeout(SECONDS):
                return await make()
    except TimeoutError:
        error: PortalError = PdfNotMade("too slow as a whole")
    except (PdfBusy, PdfNotMade, PdfUnderWay) as caught:
        error = caught
    level = logging.WARNING if isinstance(error, PdfUnderWay) else logging.ERROR
    log.log(level, "no PDF: %s %s", error, asker.correlation_id)
    return _refusal(render, asker, error)


def download(made: bytes, name: str) -> HttpResponse:
    """Give a PDF as a file. Its name says what it is about, and nothing of the citizen: it stays in lists."""
    plain = re.sub(r"[^a-z0-9]+", "-", name)
    headers = {
        "Content-Disposition": f'attachment; filename="mijn-burgerprofiel-{plain}.pdf"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _refusal(render: Render, asker: Asker, error: PortalError) -> HttpResponse:
    status = HTTPStatus.TOO_MANY_REQUESTS if isinstance(error, PdfUnderWay) else HTTPStatus.SERVICE_UNAVAILABLE
    context = {"why": error.code, "back": asker.back, "words": asker.words}
    response = render("paper/not_made.html", context, status=status)
    if type(error) in RETRY_SECONDS:
        response.headers["Retry-After"] = str(RETRY_SECONDS[type(error)])
    return response
