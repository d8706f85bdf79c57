"""How a source behind the gateway answers: what came as the id of a question goes back with it."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

CORRELATION = "x-correlation-id"


class Refused(Exception):
    """The question is not for the source; holds the HTTP status and what is wrong with it."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def problem(request: web.Request, status: int, detail: str, **more: object) -> web.Response:
    """Answer with what is wrong, as a problem+json; more: its other members."""
    members = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return json_answer(request, status, msgspec.json.encode(members), "application/problem+json")


def json_answer(request: web.Request, status: int, body: bytes, content_type: str) -> web.Response:
    """Answer with JSON that is written already."""
    return web.Response(status=status, body=body, headers={**echo(request), "Content-Type": content_type})


def echo(request: web.Request) -> Mapping[str, str]:
    """Give the headers that every answer to the question has."""
    correlation = request.headers.get(CORRELATION)
    return {CORRELATION: correlation} if correlation else {}
