"""The steps that questions to all services of the eBox share: fault of the switch, token, reading JSON."""

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

AnswerMaker = Callable[[], Awaitable[web.Response]]


@dataclass(frozen=True)
class Service:
    """Hold a service of the eBox. source: the name of its switch; name: as in its errors; refusal: makes an error."""

    source: str
    name: str
    refusal: Callable[[web.Request, int, str], web.Response] = status_message


async def meet_fault(
    request: web.Request, service: Service, answer: AnswerMaker, *, person: str = "", is_file: bool = False
) -> web.StreamResponse:
    """Answer with the fault of the service's switch. is_file: the answer is a file, and no JSON."""

    def damage(mode: str, body: bytes) -> bytes:
        if not is_file:
            return damaged_json(mode, body, person, service.source)
        return body[: len(body) // 2] if mode == "broken" else body

    dialect = Dialect(
        unavailable=lambda: service.refusal(request, 503, f"{service.name} is not available for now"),
        defect=lambda: service.refusal(request, 502, f"{service.name} failed"),
        damage=damage,
        padding_at=len if is_file else padding_at,
        empty_with_exceptions=lambda: web.Response(status=204),
    )
    town = request.app[TOWN]
    switch = town.switches[service.source]
    return await meet(
        town, switch, request, lambda: answer_or_refuse(request, service, answer), dialect, person=person
    )


async def answer_or_refuse(request: web.Request, service: Service, answer: AnswerMaker) -> web.Response:
    """Give the answer, or an error of the service when it raises Refused."""
    try:
        return await answer()
    except Refused as error:
        return service.refusal(request, error.status, str(error))


async def person_of(request: web.Request, audience: str) -> str:
    """Check a question's token, and give the national number of the box's owner. Raises Refused (401)."""
    town, header = request.app[TOWN], request.headers.get("Authorization", "")
    try:
        return await tokens.person_of(town.portal_keys, header, audience, town.clock())
    except tokens.NotAuthentic as error:
        raise Refused(401, str(error)) from error


def content_of[T](body: bytes, kind: type[T]) -> T:
    """Read the JSON of a question as this type. Raises Refused (400)."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "the content is not as the contract has it") from error
