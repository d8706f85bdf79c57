"""What the log says when somebody asks for what is not theirs. The page says only that there is none."""

import logging

from django.http import Http404

from .types import Request

log = logging.getLogger("portal.access")


def note_refused(request: Request, what: str) -> None:
    """Log that a page was refused: of what kind of thing, and in which request; never which thing, nor to whom.

    what: a word of ours for the kind, such as "address". Whether the thing belongs to somebody else or does not exist
    is not known here.
    """
    log.warning("refused: not theirs to see: %s %s", what, getattr(request, "correlation_id", "-"))


def not_theirs(request: Request, what: str) -> Http404:
    """Log the refusal, and return the exception to raise: the page says that there is no such thing."""
    note_refused(request, what)
    return Http404()
