"""Errors: why a question is not accepted."""

from portal.platform.kit.errors import PortalError


class QuestionRefused(PortalError):
    """The question cannot be a mail to the contact centre."""

    code = "contact"


class TooManyQuestions(PortalError):
    """More questions wait than can be sent within `limits.LONGEST_WAIT`."""

    code = "contact"


class TooManyFromNetwork(PortalError):
    """More questions came in an hour from the client's address, or a network around it, than are allowed."""

    code = "contact"
