"""Read from the form of the list which of its messages were chosen. No I/O.

The form holds a token for every message of the page; what is chosen are positions among those, or all.
"""

from django.http import QueryDict

from portal.platform.access.types import Session

from ..registry import locating
from ..registry.locating import MessagePlace

MOST = 25  # messages on a page of the list
# Fields of the form: the token of every message, the positions that are chosen, and "1" for all.
MESSAGE, PICKED, ALL = "document", "kies", "alles"


def one_in(session: Session, form: QueryDict, name: str) -> tuple[int, MessagePlace] | None:
    """Read the one message whose position is the value of a button, with that position (from 0); None for none."""
    tokens, position = form.getlist(MESSAGE)[:MOST], form.get(name, "")
    at = int(position) if position.isascii() and position.isdecimal() and len(position) <= 2 else MOST
    place = locating.locate(session, tokens[at]) if at < len(tokens) else None
    return None if place is None else (at, place)


def chosen_in(session: Session, form: QueryDict) -> tuple[MessagePlace, ...]:
    """Read the chosen messages, each once; tokens of another session are left out."""
    tokens = form.getlist(MESSAGE)[:MOST]
    picked = frozenset(form.getlist(PICKED)[:MOST])
    is_all = form.get(ALL) == "1"
    found = (locating.locate(session, token) for at, token in enumerate(tokens) if is_all or str(at) in picked)
    return tuple(dict.fromkeys(place for place in found if place is not None))
