"""Make the answers of a source behind the REST gateway: each repeats the correlation id of its question."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

CORRELATION = "x-correlation-id"


class Refused(Exception):
    """The question is refused; holds the HTTP status, and the text says what is wrong with it."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def problem(request: web.Request, status: int, detail: str, **more: object) -> web.Response:
    """Answer with a problem+json (RFC 9457); `more` are further members of it."""
    members = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return json_answer(request, status, msgspec.json.encode(members), "application/problem+json")


def json_answer(request: web.Request, status: int, body: bytes, content_type: str) -> web.Response:
    """Answer with bytes of JSON."""
    return web.Response(status=status, body=body, headers={**echo(request), "Content-Type": content_type})


def echo(request: web.Request) -> Mapping[str, str]:
    """Give the headers that every answer to a question has: its correlation id, when it has one."""
    correlation = request.headers.get(CORRELATION)
    return {CORRELATION: correlation} if correlation else {}
