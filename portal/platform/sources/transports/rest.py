"""Call a JSON service: POST over mutual TLS, with a token of the authorization server (contract: `magda.md` 1.4).

`rest_token` gets the tokens. Each question has a correlation id of its own, as the contract demands; the log ties it
to that of the page.
"""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from string import Template

import msgspec
from django.conf import settings

from portal.platform.language.dates import day_here
from portal.platform.wire.calls import HttpAnswer

from ..catalogue import SourceQuestion
from ..inquiry import Inquiry
from ..manifest import TODAY, Rest
from ..reading.outcomes import Down, Outcome
from . import mutual_tls, rest_answer, rest_token
from .answer import AnswerText

TOKEN_REFUSED = mutual_tls.refusal(401)
ANSWERED = (200, 204)


class RestCall(msgspec.Struct, frozen=True):
    """Where a call goes, and what counts as an answer to it.

    path: below `REST_URL`. scope: of the token. expected: the statuses of an answer; any other is a failure. headers:
    beside those of every call.
    """

    path: str
    scope: str
    expected: tuple[int, ...]
    headers: Mapping[str, str] = {}


async def call(to: RestCall, body: bytes, token: str, new_reference: Callable[[], str]) -> HttpAnswer | Down:
    """Make a call with a token; when the token is refused, once more with another, unless it was replaced just now.

    new_reference: gives the x-correlation-id of each attempt. Failures upstream come back as values. The deadline,
    for both attempts together, is the caller's.
    """
    answer = await _post(to, body, token, new_reference())
    if answer != TOKEN_REFUSED or not rest_token.forget(to.scope, token, time.monotonic()):
        return answer
    other = await rest_token.for_scope(to.scope, time.monotonic(), is_again=True)
    if isinstance(other, Down):
        return other
    again = await _post(to, body, other, new_reference())
    # Whatever happened to the second attempt, the first was sent.
    return msgspec.structs.replace(again, is_unsent=False) if isinstance(again, Down) else again


async def ask(question: SourceQuestion, values: Mapping[str, str], *, sent: list[str]) -> AnswerText | Down:
    """Ask one question; `values` fill in its template (`insz`: 11 digits); each reference is added to `sent`.

    As by `call`, failures come back as values, and the deadline is the caller's.
    """
    service = question.service
    assert isinstance(service, Rest)  # noqa: S101 - chosen by the caller's table
    token = await rest_token.for_scope(service.scope, time.monotonic())
    if isinstance(token, Down):
        return token
    body = body_of(question.template, values, datetime.now(UTC))

    def new_reference() -> str:
        sent.append(str(uuid.uuid4()))
        return sent[-1]

    answer = await call(RestCall(service.path, service.scope, ANSWERED), body, token, new_reference)
    return answer if isinstance(answer, Down) else _answer(answer, sent[-1])


def body_of(template: str, values: Mapping[str, str], now: datetime) -> bytes:
    """Fill in a question. `now` (UTC) gives the day in Belgium; raises KeyError when a value is missing."""
    # The value stands inside a JSON string: escape quotes and backslashes.
    inside = {name: json.dumps(value)[1:-1] for name, value in values.items()}
    today = day_here(now).isoformat()
    return Template(template).substitute({**inside, TODAY: today}).encode()


def read[K, T](answer: AnswerText, inquiry: Inquiry[K, T], insz: str | None) -> Outcome[T]:
    """Read one inquiry's answer; never raises."""
    return rest_answer.read(answer, inquiry, insz)


def headers_of(token: str, reference: str) -> dict[str, str]:
    """Write the headers of every call: who asks, with which token, by which reference."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": "application/json, application/problem+json",
        "x-correlation-id": reference,
        "X-Magda-Sender-ID": settings.MAGDA_SENDER,
    }
    if settings.MAGDA_CAPACITY:
        headers["X-Magda-Sender-QualityCode"] = settings.MAGDA_CAPACITY
    return headers


async def _post(to: RestCall, body: bytes, token: str, reference: str) -> HttpAnswer | Down:
    headers = {**headers_of(token, reference), **to.headers}
    return await mutual_tls.post(
        f"{settings.REST_URL}{to.path}", body, headers, expected=to.expected, is_lenient=settings.REST_CA_LENIENT
    )


def _answer(answer: HttpAnswer, reference: str) -> AnswerText | Down:
    status, headers = answer.status, answer.headers
    if headers.get("x-correlation-id", reference) != reference:
        # This is an answer to another question. A 204 has no body in which to check whom it is about.
        return Down("mismatch", "correlation")
    exceptions = headers.get("x-magda-exceptions", "").strip()
    if exceptions and status == 204:
        return Down("unavailable", "x-magda-exceptions")
    return AnswerText(
        answer.data,
        reference,
        datetime.now(UTC),
        is_empty=status == 204,
        has_exceptions=bool(exceptions),
        has_more=answer.has_more,
    )
