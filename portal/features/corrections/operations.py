"""The API operations by which bodies' machines report on corrections, and the types of their requests."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import msgspec

from portal.platform.access.machine_guard import PROBLEM, Problem
from portal.platform.feature.types import MachineAnswer, MachineOperation

from . import rules
from .section import SCOPE
from .types import StatusCode


class ReportAddress(msgspec.Struct, frozen=True):
    """The parts of the address: which report a body means."""

    reference: Annotated[str, msgspec.Meta(max_length=100, description="The `kenmerk` with which the report came.")]


class StatusPush(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the request: the status that a body gives to a report."""

    volgnummer: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            lt=rules.LARGEST_NUMBER,
            description="The body's own number, which orders what it says of one report. No decimal point.",
        ),
    ]
    status: StatusCode
    tijdstip: Annotated[
        datetime,
        msgspec.Meta(tz=True, description="Between the report and now, give or take a day; with its offset."),
    ]
    reden: Annotated[
        str,
        msgspec.Meta(max_length=rules.LONGEST_REASON, description="Written to the citizen; `geweigerd` needs one."),
    ] = ""


OPERATIONS = (
    MachineOperation(
        route="corrections:status",
        method="PUT",
        summary="Say what became of a report",
        about="The same again changes nothing, and is answered alike: repeat it until it is taken.",
        scope=SCOPE,
        parts=ReportAddress,
        body=StatusPush,
        answers={
            HTTPStatus.NO_CONTENT: MachineAnswer("Taken, now or before."),
            HTTPStatus.BAD_REQUEST: MachineAnswer("Not what is described here.", Problem, PROBLEM),
            HTTPStatus.NOT_FOUND: MachineAnswer("There is no such report of this body.", Problem, PROBLEM),
            HTTPStatus.CONFLICT: MachineAnswer("This `volgnummer` said something else before.", Problem, PROBLEM),
            HTTPStatus.TOO_MANY_REQUESTS: MachineAnswer(
                f"The report has {rules.MOST_STATUSES} statuses already; no more are taken.", Problem, PROBLEM
            ),
        },
    ),
)
