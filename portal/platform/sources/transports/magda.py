"""Ask a MAGDA service about a person, and register them first where a service wants that (contract: 1.4, 1.7)."""

from collections.abc import Mapping

import msgspec

from ..catalogue import SourceQuestion
from ..gates import gatekeeper
from ..inquiry import Inquiry
from ..manifest import Magda
from ..reading.outcomes import Down, Outcome
from . import magda_question, repertorium
from .answer import AnswerText
from .magda_answer import read_answer


async def ask(question: SourceQuestion, values: Mapping[str, str], *, sent: list[str]) -> AnswerText | Down:
    """Ask one question; `values` fill in its template (`insz`: 11 digits); each reference is added to `sent`.

    Where the service answers that the person is not in the repertorium, they are registered there and the question is
    asked once more. Failures upstream come back as values. The deadline, for all of this together, is the caller's.
    """
    service = question.service
    assert isinstance(service, Magda)  # noqa: S101 - chosen by the caller's table
    answer = await magda_question.put(service, question.template, values, sent, has_document=question.has_document)
    insz = values.get("insz")
    if insz is None or isinstance(answer, Down) or not repertorium.needs_registration(answer.data):
        return answer
    # The service did answer, so its question counts as sent even when the repertorium fails.
    with gatekeeper.wait_elsewhere(msgspec.structs.replace(repertorium.LATE, is_elsewhere=True)):
        refusal = await repertorium.register(insz)
    if refusal is not None:
        return msgspec.structs.replace(refusal, is_elsewhere=True, is_unsent=False)
    return await magda_question.put(service, question.template, values, sent, has_document=question.has_document)


def read[K, T](answer: AnswerText, inquiry: Inquiry[K, T], insz: str | None) -> Outcome[T]:
    """Read one inquiry's part of an answer; never raises."""
    return read_answer(
        answer.data,
        inquiry,
        asked_at=answer.asked_at,
        referte=answer.reference,
        insz=insz,
        has_more=answer.has_more,
    )
