"""What the log says when somebody asks for what is not theirs. The page says only that there is none."""

import logging

from django.http import Http404

from .types import Request

log = logging.getLogger("portal.access")


def note_refused(request: Request, what: str) -> None:
    """Write down a look that was refused: at what, and in which request; never at which one, nor by whom.

    what: a word of ours, such as "address". Nobody can tell here whether somebody else has it or nobody does.
    """
    log.warning("refused: not theirs to see: %s %s", what, getattr(request, "correlation_id", "-"))


def not_theirs(request: Request, what: str) -> Http404:
    """Write down a look that was refused, and give what to raise: to who asked, it is as if there is none such."""
    note_refused(request, what)
    return Http404()
