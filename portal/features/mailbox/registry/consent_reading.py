"""Read in which applications somebody's eBox is linked, as the federation tells it.

Total: nothing is raised. A line without a usable id is left out and noted; one that says no yes or no says that it is
not known, and makes the outcome partial: nothing is called "not linked" that was not read as such.
"""

import re
from collections.abc import Sequence
from typing import Any

from portal.platform.sources.inquiry import Read
from portal.platform.sources.reading.facts import Fact

from ..types import ApplicationConsent
from .members import Members

MOST = 50  # applications; there are seven

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def read(content: Any, notes: Sequence[Fact]) -> Read[tuple[ApplicationConsent, ...]]:
    """Read the list; an application that stands in it twice counts once, as not known where the two differ."""
    unread: list[str] = []
    members = Members(content, unread)
    found: dict[str, ApplicationConsent] = {}
    if not isinstance(members.content.get("items"), list):
        members.misses("items")
    # `items` counts what is left out against the total that stands beside it.
    for item in Members({"consents": members.content}, unread).items("consents", MOST):
        one = _line(Members(item, unread, "items"))
        if one is None:
            continue
        other = found.get(one.id)
        if other is not None and other.is_given is not one.is_given:
            unread.append("items/consent")
            one = ApplicationConsent(one.id, one.names, None)
        found[one.id] = one
    return Read(tuple(found.values()), list(dict.fromkeys(unread)), is_empty=False)


def _line(members: Members) -> ApplicationConsent | None:
    number = members.id("platformId", is_needed=True)
    if not number:
        return None
    if not _ID.fullmatch(number):
        members.misses("platformId")
        return None
    names = members.texts("platformName")
    is_given = members.flag("consent", is_needed=True)
    since = members.moment("consentDate")
    return ApplicationConsent(number.lower(), names, is_given, since if is_given else None)
