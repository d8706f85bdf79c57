"""The one base of every error the portal raises on purpose."""


class PortalError(Exception):
    """Something went wrong that the portal has a name for.

    The docstring of a subclass is the message for engineers; `code` is the key of the Dutch text a
    citizen reads and the tail of the RFC 9457 `type`.
    """

    code = "unexpected"

    def __init__(self, detail: str = "") -> None:
        message = (type(self).__doc__ or type(self).__name__).strip().splitlines()[0]
        super().__init__(f"{message} {detail}".strip())
        self.detail = detail
