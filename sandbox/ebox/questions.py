"""What every question to the eBox goes through: the fault that it meets, whose box it is about, what it holds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec
from aiohttp import web

from sandbox.certificates import tokens
from sandbox.faults.damaged_json import damaged_json, padding_at
from sandbox.faults.meeting import Dialect, meet
from sandbox.rest.answers import Refused
from sandbox.state import TOWN

from .answers import status_message

Answered = Callable[[], Awaitable[web.Response]]


@dataclass(frozen=True)
class Service:
    """Name who is asked. source: its switch; name: what it calls itself; told: how it says what is wrong."""

    source: str
    name: str
    told: Callable[[web.Request, int, str], web.Response] = status_message


async def meet_fault(
    request: web.Request, service: Service, answer: Answered, *, person: str = "", is_file: bool = False
) -> web.StreamResponse:
    """Answer, or fail, as the service's switch says. is_file: what is answered are the bytes of a file."""

    def damaged(mode: str, body: bytes) -> bytes:
        if not is_file:
            return damaged_json(mode, body, person, service.source)
        return body[: len(body) // 2] if mode == "broken" else body

    dialect = Dialect(
        unavailable=lambda: service.told(request, 503, f"{service.name} is not available for now"),
        defect=lambda: service.told(request, 502, f"{service.name} failed"),
        damage=damaged,
        padding_at=len if is_file else padding_at,
        empty_with_exceptions=lambda: web.Response(status=204),
    )
    town = request.app[TOWN]
    switch = town.switches[service.source]
    return await meet(
        town, switch, request, lambda: answer_or_refuse(request, service, answer), dialect, person=person
    )


async def answer_or_refuse(request: web.Request, service: Service, answer: Answered) -> web.Response:
    """Answer, or say why not."""
    try:
        return await answer()
    except Refused as error:
        return service.told(request, error.status, str(error))


async def person_of(request: web.Request, audience: str) -> str:
    """Read from its token whose box a question is about. Raises Refused (401)."""
    town, header = request.app[TOWN], request.headers.get("Authorization", "")
    try:
        return await tokens.person_of(town.portal_keys, header, audience, town.clock())
    except tokens.NotAuthentic as error:
        raise Refused(401, str(error)) from error


def content_of[T](body: bytes, kind: type[T]) -> T:
    """Read JSON as the contract has it. Raises Refused (400)."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "the content is not as the contract has it") from error
