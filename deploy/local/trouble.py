"""What went wrong while setting up this machine, in one line that says what to do about it."""


class LocalTroubleError(Exception):
    """Something on this machine stands in the way; the message is for the person at the terminal."""
