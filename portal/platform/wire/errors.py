"""Why a question brought no answer. Errors hold a name and a cause, and nothing of the question or the answer."""


class WireError(Exception):
    """No answer came."""


class UnfitQuestion(WireError):
    """The question cannot be sent, and nothing of it was.

    A method or a header has characters that HTTP cannot carry (a line end); or the address is not of the form that
    `client` takes, has a port above 65535, or is `https` without a TLS context.
    """


class NotConnected(WireError):
    """No connection could be set up: no such name, no server, no TLS."""


class CertificateRefused(NotConnected):
    """The server's certificate does not prove that it is the host that was called."""


class ConnectingTookTooLong(NotConnected):
    """The deadline on connecting passed."""


class Disconnected(WireError):
    """The connection ended before the header of an answer was complete.

    On a kept connection, whose other side gave up waiting, bytes that came before our question had arrived and an
    answer with status 408 are no answer to it either.
    """


class CutOff(WireError):
    """The connection ended within the body of an answer."""


class NotHttp(WireError):
    """The bytes are no answer by RFC 9112, or one that can be understood in more than one way.

    Also: its headers, or what came beside its body (trailers, sizes of chunks), are above `connection.MOST_BESIDE`.
    """


class TooLarge(WireError):
    """The body of an answer is larger than the caller takes. status: of that answer."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class AskedTwice(WireError):
    """The question was sent once without an answer, and no connection to repeat it could be set up (the cause)."""
