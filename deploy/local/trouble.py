"""The error for trouble with this machine."""


class LocalTroubleError(Exception):
    """This machine lacks or blocks something; the message tells the person at the terminal what to do."""
