"""The operation of this channel itself: to get an access token."""

from http import HTTPStatus

from portal.platform.access.machine_clients import TokenForm
from portal.platform.access.types import MachineRefusal, MachineToken
from portal.platform.feature.types import MachineAnswer, MachineOperation

OPERATIONS = (
    MachineOperation(
        route="machine:token",
        method="POST",
        summary="Get a token",
        about="For the client credentials of a body, which proves by an assertion that it is that body.",
        body=TokenForm,
        media="application/x-www-form-urlencoded",
        answers={
            HTTPStatus.OK: MachineAnswer("The token, and for how many seconds it is valid.", MachineToken),
            HTTPStatus.BAD_REQUEST: MachineAnswer("What is asked for cannot be given.", MachineRefusal),
            HTTPStatus.UNAUTHORIZED: MachineAnswer("The caller was not recognised.", MachineRefusal),
        },
    ),
)
