"""The operations of `api`, as the portal's OpenAPI describes them (docs/dosis.md)."""

from http import HTTPStatus

from portal.platform.access.machine_guard import PROBLEM, Problem
from portal.platform.feature.types import MachineAnswer, MachineOperation

from ..section import SCOPE
from .contract import Acceptance, DossierQuery, Push, Refusal, ReportSettings, Result, UploadQuery

_WRONG: dict[int, MachineAnswer] = {
    HTTPStatus.BAD_REQUEST: MachineAnswer(
        "What was sent is not as described here; `errors` says which field.", Refusal
    )
}

OPERATIONS = (
    MachineOperation(
        route="dossiers:reports",
        method="POST",
        summary="Report the whole state of a dossier",
        about="The same UploadId with the same contents changes nothing, and is answered alike: repeat it until it "
        "is taken. Of one dossier the newest WijzigingsDatum counts, in whatever order reports come.",
        scope=SCOPE,
        body=Push,
        answers={
            HTTPStatus.OK: MachineAnswer("Taken, now or before.", Acceptance),
            HTTPStatus.CONFLICT: MachineAnswer("This UploadId came with other contents before.", Refusal),
            **_WRONG,
        },
    ),
    MachineOperation(
        route="dossiers:reports",
        method="DELETE",
        summary="Take back what was reported of a dossier",
        scope=SCOPE,
        query=DossierQuery,
        answers={HTTPStatus.NO_CONTENT: MachineAnswer("Nothing of it is there any more."), **_WRONG},
    ),
    MachineOperation(
        route="dossiers:report-sources",
        method="GET",
        summary="List your own sources",
        about="The URIs by which you may report; each stands in your manifest.",
        scope=SCOPE,
        answers={HTTPStatus.OK: MachineAnswer("The URIs.", list[str])},
    ),
    MachineOperation(
        route="dossiers:report-settings",
        method="GET",
        summary="Read by what a report is checked",
        scope=SCOPE,
        answers={HTTPStatus.OK: MachineAnswer("The codes that are known, and the limits.", ReportSettings)},
    ),
    MachineOperation(
        route="dossiers:report-results",
        method="GET",
        summary="Read what became of your uploads of a dossier",
        scope=SCOPE,
        query=DossierQuery,
        answers={HTTPStatus.OK: MachineAnswer("The newest first, at most a hundred.", list[Result]), **_WRONG},
    ),
    MachineOperation(
        route="dossiers:report-faults",
        method="GET",
        summary="Read which uploads of a dossier failed after they were taken",
        about="Always none: a report is checked whole, and kept, before it is answered.",
        scope=SCOPE,
        query=DossierQuery,
        answers={HTTPStatus.OK: MachineAnswer("Those that failed.", list[Result]), **_WRONG},
    ),
    MachineOperation(
        route="dossiers:report-result",
        method="GET",
        summary="Read what became of one upload",
        scope=SCOPE,
        query=UploadQuery,
        answers={
            HTTPStatus.OK: MachineAnswer("What became of it.", Result),
            HTTPStatus.NOT_FOUND: MachineAnswer("You sent no upload by that name.", Problem, PROBLEM),
            **_WRONG,
        },
    ),
)
