"""Why a question is not taken in."""

from portal.platform.kit.errors import PortalError


class QuestionRefused(PortalError):
    """The question cannot be a mail to the contact centre."""

    code = "contact"


class TooManyQuestions(PortalError):
    """More questions wait than can be passed on in reasonable time."""

    code = "contact"


class TooManyFromNetwork(PortalError):
    """More questions came from one connection, or from the wider networks around it, than people ask."""

    code = "contact"
