"""The wizard that says what a certificate is worth: for anybody, one question a page, answers in the address."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import anyone
from portal.platform.access.types import Request

from . import framing
from . import worth as rules

TITLE = _("Wat is een attest waard?")


@require_safe
@anyone
async def worth(request: Request) -> HttpResponseBase:
    """Ask where the certificate is needed, for the Union also what it says, and tell what it is worth there."""
    answered = rules.answers_of(request.GET)
    context = {
        "title": TITLE,
        "crumbs": framing.crumbs((TITLE, "")),
        "answered": answered,
        "where": rules.WHERE,
        "papers": rules.PAPERS,
        "asked": request.GET.get("stap", ""),
    }
    return render(request, "certificates/worth.html", context)
