"""The mail that parking sends."""

from portal.platform.mail.types import Content


class PermitGiven(Content, frozen=True, tag="permit_given"):
    """A permit was given for a plate."""

    subject = "Uw parkeervergunning"
    words = "parking/mail/permit.txt"

    plate: str
