"""Describe the endpoint for notices in the API document for bodies."""

from http import HTTPStatus

import msgspec

from portal.platform.access.machine_guard import PROBLEM, Problem
from portal.platform.feature.types import MachineAnswer, MachineOperation

from .bundles import Bundle
from .types import SCOPE


class Accepted(msgspec.Struct, frozen=True):
    """The answer to a bundle. status: "Aanvaard", it is kept; "Verlopen", its Vervaldatum is over, so nobody is told.

    Of one that was kept before nothing changes then.
    """

    id: str = msgspec.field(name="Id")
    status: str = msgspec.field(name="Status")


OPERATIONS = (
    MachineOperation(
        route="notifications:notify",
        method="POST",
        summary="Notify citizens of a change",
        about="It is kept before it is answered. The same bundle again changes nothing, and is answered alike until "
        "its Vervaldatum: repeat it until it is taken. The answer does not tell whether anybody is known here.",
        scope=SCOPE,
        body=Bundle,
        answers={
            HTTPStatus.OK: MachineAnswer("Taken, now or before.", Accepted),
            HTTPStatus.BAD_REQUEST: MachineAnswer(
                "Not what is described here; nothing of it was kept.", Problem, PROBLEM
            ),
            HTTPStatus.FORBIDDEN: MachineAnswer(
                "The token lacks the scope, or AanbiederUri is another body's.", Problem, PROBLEM
            ),
            HTTPStatus.CONFLICT: MachineAnswer("This Id said something else before.", Problem, PROBLEM),
        },
    ),
)
