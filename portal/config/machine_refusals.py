"""Answers to machines when a limit refuses their request, or we fail: problems (RFC 9457) instead of pages."""

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpResponse, HttpResponseBase

from portal.platform.access.machine_guard import PROBLEM, problem

from .refusals import RETRY_SECONDS

_KEPT = ("Allow", "Retry-After")  # headers of a page that its problem keeps
_FOR_PROGRAMS = ("application/json", PROBLEM)  # media types that stay as they are
_WORDS: Mapping[int, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: ("badRequest", "The request cannot be read."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("methodNotAllowed", "Use a method that Allow names."),
    HTTPStatus.REQUEST_TIMEOUT: ("requestTimeout", "What was sent came too slowly. Send it again."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("payloadTooLarge", "What was sent is too large. Nothing of it was taken."),
    HTTPStatus.TOO_MANY_REQUESTS: ("tooManyRequests", "Too much was asked at once. Try again later."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("internalError", "Something failed here. Try again later."),
    HTTPStatus.SERVICE_UNAVAILABLE: ("unavailable", "It is too busy here, or something is away. Try again later."),
}
_OTHER = ("refused", "This cannot be done here.")


def make_problem(status: HTTPStatus, headers: dict[str, str] | None = None) -> HttpResponse:
    """Make the problem that refuses a request, with `Retry-After` for 503."""
    again = {"Retry-After": str(RETRY_SECONDS)} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    return problem(status, *_WORDS.get(status, _OTHER), {**again, **(headers or {})})


def as_problem(response: HttpResponseBase) -> HttpResponseBase:
    """Give a problem with the same status in place of a page; what a program can read stays as it is."""
    if response.headers.get("Content-Type", "").partition(";")[0] in _FOR_PROGRAMS:
        return response
    kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return make_problem(HTTPStatus(response.status_code), kept)
