"""Ask a JSON service: POST over mutual TLS, with a token of the authorization server (contract: `magda.md` 1.4).

OAuth2 client credentials with private_key_jwt; a token is kept until shortly before its end. Each call has a
correlation id of its own, as the contract wants: the log ties it to the page's.
"""

import json
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from string import Template

from django.conf import settings

from ..catalogue import Entry, Question
from ..manifest import Rest
from ..reading.outcomes import Down, Outcome
from . import rest_answer, rest_token, wire
from .answer import Answer

TOKEN_REFUSED = wire.refused(401)


async def ask(question: Question, values: Mapping[str, str], *, sent: list[str]) -> Answer | Down:
    """Ask one question; `values` fill in its template (`insz`: 11 digits). `sent` gets each reference it carried.

    A token that is refused is replaced and the question asked once more, unless it was replaced just now. Whatever
    happens upstream comes back as a value; only cancellation passes through. The deadline, of all of it together,
    is the caller's.
    """
    service = question.service
    assert isinstance(service, Rest)  # noqa: S101 - chosen by the caller's table
    token = await rest_token.for_scope(service.scope, time.monotonic())
    if isinstance(token, Down):
        return token
    answer = await _put(question, service, values, token, sent)
    if answer != TOKEN_REFUSED or not rest_token.forget(service.scope, token, time.monotonic()):
        return answer
    token = await rest_token.for_scope(service.scope, time.monotonic())
    if isinstance(token, Down):
        return token
    return await _put(question, service, values, token, sent)


async def _put(
    question: Question, service: Rest, values: Mapping[str, str], token: str, sent: list[str]
) -> Answer | Down:
    reference = str(uuid.uuid4())
    sent.append(reference)
    # A value becomes the inside of a JSON string: what would end it is escaped.
    inside = {name: json.dumps(value)[1:-1] for name, value in values.items()}
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": "application/json, application/problem+json",
        "x-correlation-id": reference,
        "X-Magda-Sender-ID": settings.MAGDA_SENDER,
    }
    if settings.MAGDA_CAPACITY:
        headers["X-Magda-Sender-QualityCode"] = settings.MAGDA_CAPACITY
    body = Template(question.template).substitute(inside).encode()
    came = await wire.post(
        f"{settings.REST_URL}{service.path}",
        body,
        headers,
        expected=(200, 204),
        is_lenient=settings.REST_CA_LENIENT,
    )
    if isinstance(came, Down):
        return came
    status, said = came.status, came.headers
    if said.get("x-correlation-id", reference) != reference:
        # An answer to somebody else's question: the more so where a 204 has no body to tell whom it is about.
        return Down("mismatch", "correlation")
    exceptions = said.get("x-magda-exceptions", "").strip()
    if exceptions and status == 204:
        return Down("unavailable", "x-magda-exceptions")
    return Answer(
        came.data,
        reference,
        datetime.now(UTC),
        is_empty=status == 204,
        has_exceptions=bool(exceptions),
        has_more=came.has_more,
    )


def read(answer: Answer, entry: Entry, insz: str | None) -> Outcome:
    """Read one dataset's answer; never raises."""
    return rest_answer.read(answer, entry, insz)
