"""What machines can ask of this room itself: their token."""

from http import HTTPStatus

from portal.platform.access.machine_clients import TokenForm
from portal.platform.access.types import MachineRefusal, MachineToken
from portal.platform.feature.types import Answer, Operation

OPERATIONS = (
    Operation(
        route="machine:token",
        method="POST",
        summary="Get a token",
        about="For the client credentials of a body, which proves by an assertion that it is that body.",
        body=TokenForm,
        media="application/x-www-form-urlencoded",
        answers={
            HTTPStatus.OK: Answer("The token, which lives so many seconds as it says.", MachineToken),
            HTTPStatus.BAD_REQUEST: Answer("What is asked for cannot be given.", MachineRefusal),
            HTTPStatus.UNAUTHORIZED: Answer("Who asks was not recognised.", MachineRefusal),
        },
    ),
)
