"""What a view for machines asks of access, and how it says what is wrong (RFC 9457)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Annotated, cast

import msgspec
from django.http import HttpResponse, HttpResponseBase

from . import machine_clients
from .guards import seen_by
from .types import Audience, ForMachine, MachineRequest, Open, Request, View

TYPE = "urn:problem-type:burgerprofiel:"
PROBLEM = "application/problem+json"


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with a request (RFC 9457)."""

    type: Annotated[str, msgspec.Meta(description=f"Which kind of problem it is: {TYPE} and a name.")]
    title: Annotated[str, msgspec.Meta(description="The words of the HTTP status.")]
    status: Annotated[int, msgspec.Meta(ge=400, lt=600)]
    detail: Annotated[str, msgspec.Meta(description="What to do about it. It never repeats what was sent.")]


def problem(status: HTTPStatus, code: str, detail: str, headers: dict[str, str] | None = None) -> HttpResponse:
    """Answer with what is wrong. code: the name of its kind, after `TYPE`. detail: never repeats what was sent."""
    content = Problem(TYPE + code, status.phrase, int(status), detail)
    return HttpResponse(msgspec.json.encode(content), status=status, content_type=PROBLEM, headers=headers)


def json_answer(
    content: object, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Answer a program in JSON; content: what msgspec can write."""
    return HttpResponse(msgspec.json.encode(content), status=status, content_type="application/json", headers=headers)


def for_machines(view: View) -> View:
    """Mark a view that machines call: the middleware looks at no cookie and no Origin there, and sets no session."""
    return seen_by(Audience.MACHINE)(view)


def machine_client[**Parts](scope: str) -> Callable[[ForMachine[Parts]], Open[Parts]]:
    """Let a view answer bodies whose token has a scope; it finds who calls in `request.machine`."""

    def guard(view: ForMachine[Parts]) -> Open[Parts]:
        @for_machines
        @wraps(view)
        async def guarded(request: Request, /, *arguments: Parts.args, **named: Parts.kwargs) -> HttpResponseBase:
            scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
            machine = None
            if scheme.lower() == "bearer" and token.strip():
                machine = await machine_clients.holder_of(token.strip(), now=datetime.now(UTC))
            if machine is None:
                challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
                detail = "A bearer token is needed; this one is missing, unknown or expired."
                return problem(HTTPStatus.UNAUTHORIZED, "invalidAccessToken", detail, challenge)
            if scope not in machine.scopes:
                challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
                return problem(HTTPStatus.FORBIDDEN, "missingScope", f"The token lacks the scope {scope}.", challenge)
            known = cast("MachineRequest", request)
            known.machine = machine
            return await view(known, *arguments, **named)

        return guarded

    return guard
