"""The operations of the policy for programs, as the OpenAPI document lists them."""

from http import HTTPStatus

from portal.platform.feature.types import MachineAnswer, MachineOperation

from .types import ProcessingRegister

OPERATIONS = (
    MachineOperation(
        route="privacy:register_for_programs",
        method="GET",
        summary="Read the processing register",
        about=(
            "Anybody may ask, without a token. Every kind of personal data that this portal asks for, receives or "
            "keeps: whose it is, for what, on which ground and until when, in Dutch."
        ),
        answers={HTTPStatus.OK: MachineAnswer("The whole register.", ProcessingRegister)},
    ),
)
