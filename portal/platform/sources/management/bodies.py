"""The bodies, for commands: a wrong manifest ends a command with one line, and not with a traceback."""

from django.core.management.base import CommandError

from portal.platform.kit.errors import PortalError
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Catalogue


def installed() -> Catalogue:
    """Read the connected bodies; raises CommandError (exit code 1) with file, line and cure."""
    try:
        return catalogue.installed()
    except PortalError as error:
        raise CommandError(str(error)) from error
