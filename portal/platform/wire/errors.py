"""Why a question brought no answer. A name and a cause say it: nothing of what was asked or came stands in them."""


class WireError(Exception):
    """No answer came."""


class UnfitQuestion(WireError):
    """A method, an address or a header has what HTTP cannot carry, as the end of a line; nothing was sent."""


class NotConnected(WireError):
    """There was no connection to send anything over: no such name, nobody there, no TLS."""


class CertificateRefused(NotConnected):
    """Whoever is there could not prove to be who was meant."""


class ConnectingTookTooLong(NotConnected):
    """The clock for connecting ran out."""


class Disconnected(WireError):
    """The connection ended before the header of an answer was complete."""


class CutOff(WireError):
    """The connection ended within the body of an answer."""


class NotHttp(WireError):
    """What came is no answer as RFC 9112 has it, or can be read in more than one way."""


class TooLarge(WireError):
    """The body of an answer is larger than was wanted. status: of that answer."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class AskedTwice(WireError):
    """For the second time there was no connection (the cause); the first time, the question was sent."""
