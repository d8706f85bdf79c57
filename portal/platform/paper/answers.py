"""Answer a request for a document: with the PDF, or with a page that says why there is none."""

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

# From the request to the PDF. Asking sources takes at most a page's budget (10 s); the rest is for the turn and the
# program, which need a second or two. The browser shows nothing meanwhile.
SECONDS = 15.0
RETRY_SECONDS: Mapping[type[PortalError], int] = {PdfBusy: 30, PdfUnderWay: 15}

# Django's `render` with the request filled in: this room is below access, and does not know requests.
type Render = Callable[..., HttpResponse]


class Asker(NamedTuple):
    """Whoever asks for a document.

    correlation_id: of the request, for the log. back, words: the link to the page before, its address and its words,
    in Dutch: the page of the refusal translates them.
    """

    citizen_id: UUID
    correlation_id: str
    back: str
    words: str


async def answer(
    render: Render, asker: Asker, make: Callable[[], Awaitable[HttpResponseBase]], log: logging.Logger
) -> HttpResponseBase:
    """Answer with what `make` gives within SECONDS, or with a page that says why there is no PDF.

    For each citizen one PDF is made at a time. The page has status 429 when another is under way, and 503 otherwise;
    what else `make` raises is not caught. log: gets a line when there is no PDF, without its content.
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


def download(pdf: bytes, name: str) -> HttpResponse:
    """Answer with a PDF as a file.

    name: the subject in lower case, for the name of the file; nothing of the citizen, as lists of downloads keep it.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name)
    headers = {
        "Content-Disposition": f'attachment; filename="mijn-burgerprofiel-{plain}.pdf"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _refusal(render: Render, asker: Asker, error: PortalError) -> HttpResponse:
    status = HTTPStatus.TOO_MANY_REQUESTS if isinstance(error, PdfUnderWay) else HTTPStatus.SERVICE_UNAVAILABLE
    context = {"why": error.code, "back": asker.back, "words": asker.words}
    response = render("paper/not_made.html", context, status=status)
    if type(error) in RETRY_SECONDS:
        response.headers["Retry-After"] = str(RETRY_SECONDS[type(error)])
    return response
