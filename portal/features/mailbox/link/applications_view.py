"""The page of the applications in which an eBox can be read (this portal, My eBox, Doccle).

It says in which of them the eBox is linked now, and how each link is ended.
"""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import signed_in
from portal.platform.access.types import SignedInRequest

from .. import framing
from ..registry import wording
from . import application_consents, applications

TITLE = _("Waar uw eBox gekoppeld is")


@require_safe
@signed_in
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """Show the applications; to a citizen who linked their eBox here, also where else it is linked."""
    standing, outcome = await application_consents.look(request)
    found = applications.overview(outcome, is_linked=outcome is not None)
    context = {
        "title": TITLE,
        "crumbs": framing.crumbs((TITLE, "")),
        "has_errors": False,
        "found": found,
        "is_linked": outcome is not None,
        "is_unannounced": standing.is_unannounced,
        "all_consents": applications.ALL_CONSENTS,
        "name_of": _name_of,
    }
    return render(request, "mailbox/applications.html", context)


def _name_of(line: applications.LinkedApplication) -> tuple[str, str]:
    """Give the name of an application and its language: our own, else the federation's, else the id.

    The language is "" where the name has none of its own: it is then read in that of the page.
    """
    if line.application:
        return line.application.name, ""
    name, language = wording.text_of(line.names)
    return (name, language) if name else (line.id, "")
