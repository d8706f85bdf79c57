"""What can go wrong with a confined program."""

from portal.platform.kit.errors import PortalError


class NotConfined(PortalError):
    """The kernel cannot build all the walls that programs must have."""

    code = "confined"


class ProgramFailed(PortalError):
    """A confined program gave no answer that can be used."""

    code = "confined"


class NotRun(ProgramFailed):
    """No confined program can be run now: the fork server is dead, or cannot fork. The input is not at fault."""

    code = "not-run"


class NoTurn(PortalError):
    """There is no turn for this person now: they have too many requests under way, or others take too long."""

    code = "no-turn"
