"""Read the federation's answer: which applications a citizen lets show their eBox.

Total: nothing is raised. A line without a usable id is left out and noted. One without a yes or no is kept as
unknown, and makes the outcome partial: an application is only called "not linked" where the federation says no.
"""

import re
from collections.abc import Sequence
from typing import Any

from portal.platform.sources.inquiry import ReadContent
from portal.platform.sources.reading.facts import Fact

from ..types import ApplicationConsent
from .members import Members

MOST = 50  # applications of one citizen; seven exist

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def read(content: Any, _remarks: Sequence[Fact]) -> ReadContent[tuple[ApplicationConsent, ...]]:
    """Read the list. An application that is listed twice counts once, as unknown where the two lines differ."""
    unread: list[str] = []
    members = Members(content, unread)
    found: dict[str, ApplicationConsent] = {}
    if not isinstance(members.content.get("items"), list):
        members.misses("items")
    # The list is wrapped in an object, so that `Members.items` compares it with the total that stands beside it.
    for item in Members({"consents": members.content}, unread).items("consents", MOST):
        one = _line(Members(item, unread, "items"))
        if one is None:
            continue
        other = found.get(one.id)
        if other is not None and other.is_given is not one.is_given:
            unread.append("items/consent")
            one = ApplicationConsent(one.id, one.names, None)
        found[one.id] = one
    return ReadContent(tuple(found.values()), list(dict.fromkeys(unread)), is_empty=False)


def _line(members: Members) -> ApplicationConsent | None:
    application_id = members.id("platformId", is_needed=True)
    if not application_id:
        return None
    if not _ID.fullmatch(application_id):
        members.misses("platformId")
        return None
    names = members.texts("platformName")
    is_given = members.flag("consent", is_needed=True)
    since = members.moment("consentDate")
    return ApplicationConsent(application_id.lower(), names, is_given, since if is_given else None)
