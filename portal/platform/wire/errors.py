"""Why a question brought no answer. A name and a cause say it: nothing of what was asked or came stands in them."""


class WireError(Exception):
    """No answer came."""


class UnfitQuestion(WireError):
    """A method, an address or a header has what HTTP cannot carry, as the end of a line; nothing was sent."""


class NotConnected(WireError):
    """No connection could be set up: no such name, no server, no TLS."""


class CertificateRefused(NotConnected):
    """The server could not prove to be the one that was meant."""


class ConnectingTookTooLong(NotConnected):
    """The deadline on connecting passed."""


class Disconnected(WireError):
    """The connection ended before the header of an answer was complete."""


class CutOff(WireError):
    """The connection ended within the body of an answer."""


class NotHttp(WireError):
    """What came is no answer by RFC 9112, or one that can be understood in more than one way."""


class TooLarge(WireError):
    """The body of an answer is larger than the caller takes. status: of that answer."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class AskedTwice(WireError):
    """The question was sent once without an answer, and the connection to repeat it failed (the cause)."""
