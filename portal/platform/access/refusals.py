"""What the log says when somebody asks for what is not theirs. The page says only that there is none."""

import logging

from django.http import Http404

from .types import Request

log = logging.getLogger("portal.access")


def note_refused(request: Request, what: str) -> None:
    """Write down a look that was refused: at what, and in which request; never at which one, nor by whom.

    what: a word of ours, such as "address". Whether the thing belongs to somebody else or does not exist is not known
    here.
    """
    log.warning("refused: not theirs to see: %s %s", what, getattr(request, "correlation_id", "-"))


def not_theirs(request: Request, what: str) -> Http404:
    """Log a look that was refused, and return the exception to raise: the page says that there is no such thing."""
    note_refused(request, what)
    return Http404()
