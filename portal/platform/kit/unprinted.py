"""Structs whose values are never printed, because they may be personal data."""

import msgspec


class Unprinted(msgspec.Struct, frozen=True):
    """The base of a struct that a log, an error or a debugger prints by its name alone."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"
