"""The operation of the check page for programs, as the portal's OpenAPI document describes it."""

from http import HTTPStatus

from portal.platform.access.machine_guard import PROBLEM, Problem
from portal.platform.feature.types import MachineAnswer, MachineOperation
from portal.platform.seals import checking

from .types import JudgementAnswer

PDF = "application/pdf"

OPERATIONS = (
    MachineOperation(
        route="authenticity:check",
        method="POST",
        summary="Have a sealed PDF checked",
        about=(
            f"Anybody may ask, without a token. Send the file itself, at most {checking.LARGEST // 1024**2} MB. "
            "`?taal=` nl, fr, de or en chooses the language of the words. Nothing of the file is kept. "
            "At most one document of a network is checked at a time, and one more waits."
        ),
        media=PDF,
        answers={
            HTTPStatus.OK: MachineAnswer("What is said of the document, also of what is no PDF.", JudgementAnswer),
            HTTPStatus.UNPROCESSABLE_ENTITY: MachineAnswer("Nothing was sent.", Problem, PROBLEM),
        },
    ),
)
