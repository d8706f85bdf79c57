"""Help: what people ask, a search in it, and one answer."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import anyone
from portal.platform.access.types import Request
from portal.platform.kit import typed_text
from portal.platform.mail import rules

from . import connected_sites, help_entries, help_search, help_text

HELP = _("Hulp nodig?")


@require_safe
@anyone
async def all_questions(request: Request) -> HttpResponse:
    """Say who helps, and list every question by topic."""
    return render(request, "home/help.html", {"help": help_entries.listed(), **_always()})


@require_safe
@anyone
async def search(request: Request) -> HttpResponse:
    """List the questions that fit what somebody is looking for."""
    query = typed_text.beginning(request.GET.get("q", ""), most=help_search.LONGEST_QUERY)
    title = _("Zoeken in de hulp")
    context = {"query": query, "found": help_search.find(query), "crumbs": _crumbs(title), **_always()}
    return render(request, "home/help_search.html", context)


@require_safe
@anyone
async def entry(request: Request, slug: str) -> HttpResponse:
    """Answer one question."""
    listed = help_entries.listed()
    if slug not in listed.entries:
        raise Http404
    one = listed.entries[slug]
    context = {
        "entry": one,
        "related": listed.related_to(one),
        "crumbs": _crumbs(one.question),
        "sites": connected_sites.listed(),
        "mail_advice": rules.advice(settings.MAIL_ADVICE_PORTAL, settings.MAIL_ADVICE_PHISHING),
        **_always(),
    }
    return render(request, "home/help_entry.html", context)


def _always() -> dict[str, object]:
    contact = {"phone": settings.CONTACT_PHONE, "email": settings.CONTACT_EMAIL}
    return {"contact": contact, "address": help_text.address}


def _crumbs(title: str) -> list[dict[str, str]]:
    return [{"title": HELP, "href": reverse("home:help")}, {"title": title, "href": ""}]
