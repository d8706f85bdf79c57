"""What can go wrong with a confined program."""

from portal.platform.kit.errors import PortalError


class NotConfined(PortalError):
    """The kernel does not wall programs in as they must be."""

    code = "confined"


class ProgramFailed(PortalError):
    """A confined program gave no answer that can be used."""

    code = "confined"


class NotRun(ProgramFailed):
    """No confined program can be run now: what forks their processes does not live, or cannot fork.

    It is no fault of the input.
    """

    code = "not-run"


class NoTurn(PortalError):
    """There is no turn for this person now: they have enough under way, or everybody's take too long."""

    code = "no-turn"
