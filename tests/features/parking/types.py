"""The mail that parking sends, and what its machines ask."""

import msgspec

from portal.platform.feature.types import MachineAnswer, MachineOperation
from portal.platform.mail.types import MailContent


class PermitGiven(MailContent, frozen=True, tag="permit_given"):
    """A permit was given for a plate."""

    subject = "Uw parkeervergunning"
    words = "parking/mail/permit.txt"

    plate: str


class District(msgspec.Struct, frozen=True):
    """A district where one parks."""

    name: str


CLOSED = MachineOperation(
    route="parking:district",
    method="DELETE",
    summary="Close a district",
    parts=District,
    answers={204: MachineAnswer("It is closed.")},
)
