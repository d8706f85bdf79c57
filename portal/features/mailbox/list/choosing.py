"""Which messages of the list somebody chose, to do something with all of them at once. No I/O."""

from django.http import QueryDict

from portal.platform.access.types import Session

from ..registry import locating
from ..registry.locating import MessagePlace

MOST = 25  # as many as stand on a page of the list
MESSAGE, PICKED, ALL = (
    "document",
    "kies",
    "alles",
)  # fields of the form: every message of the page, and what is picked


def one_in(session: Session, form: QueryDict, name: str) -> tuple[int, MessagePlace] | None:
    """Read which one message a button of the form names by its place on the page, with that place; None for none."""
    tokens, said = form.getlist(MESSAGE)[:MOST], form.get(name, "")
    at = int(said) if said.isascii() and said.isdecimal() and len(said) <= 2 else MOST
    place = locating.locate(session, tokens[at]) if at < len(tokens) else None
    return None if place is None else (at, place)


def chosen_in(session: Session, form: QueryDict) -> tuple[MessagePlace, ...]:
    """Read what was chosen, each once; what means nothing in this session is left out.

    The form names every message of the page; what is picked are places among those, or all.
    """
    tokens = form.getlist(MESSAGE)[:MOST]
    picked = frozenset(form.getlist(PICKED)[:MOST])
    is_all = form.get(ALL) == "1"
    found = (locating.locate(session, token) for at, token in enumerate(tokens) if is_all or str(at) in picked)
    return tuple(dict.fromkeys(place for place in found if place is not None))
