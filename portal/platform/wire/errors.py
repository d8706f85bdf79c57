"""Why a question brought no answer. Errors hold a name and a cause, and nothing of the question or the answer."""


class WireError(Exception):
    """No answer came."""


class UnfitQuestion(WireError):
    """A method, an address or a header has characters that HTTP cannot carry (a line end); nothing was sent."""


class NotConnected(WireError):
    """No connection could be set up: no such name, no server, no TLS."""


class CertificateRefused(NotConnected):
    """The server's certificate does not prove that it is the host that was called."""


class ConnectingTookTooLong(NotConnected):
    """The deadline on connecting passed."""


class Disconnected(WireError):
    """The connection ended before the header of an answer was complete."""


class CutOff(WireError):
    """The connection ended within the body of an answer."""


class NotHttp(WireError):
    """The bytes are no answer by RFC 9112, or one that can be understood in more than one way."""


class TooLarge(WireError):
    """The body of an answer is larger than the caller takes. status: of that answer."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class AskedTwice(WireError):
    """The question was sent once without an answer, and no connection to repeat it could be set up (the cause)."""
