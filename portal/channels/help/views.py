"""The pages of the help: the list of questions, the search, and one answer."""

from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.platform.access.guards import SeeOther, anyone, no_destination, without_token
from portal.platform.access.types import Request
from portal.platform.help import entries, marks
from portal.platform.kit import typed_text
from portal.platform.mail import rules
from portal.platform.ui.links import links

from . import connected_sites, searching

HELP = _("Hulp nodig?")


@require_safe
@anyone
async def all_questions(request: Request) -> HttpResponse:
    """Say who helps, and list every question by topic."""
    return render(request, "help/all_questions.html", {"help": entries.whole_help(), **_shared_context()})


@require_safe
@anyone
async def search(request: Request) -> HttpResponse:
    """List the questions that fit what somebody is looking for."""
    query = typed_text.beginning(request.GET.get("q", ""), most=searching.LONGEST_QUERY)
    title = _("Zoeken in de hulp")
    context = {"query": query, "found": searching.find(query), "crumbs": _crumbs(title), **_shared_context()}
    return render(request, "help/search.html", context)


@require_safe
@anyone
async def entry(request: Request, slug: str) -> HttpResponse:
    """Answer one question."""
    whole_help = entries.whole_help()
    if slug not in whole_help.entries:
        raise Http404
    shown = whole_help.entries[slug]
    context = {
        "entry": shown,
        "later": whole_help.later_of(shown),
        "related": whole_help.related_to(shown),
        "crumbs": _crumbs(shown.question),
        # The template that an entry names as its `part` may need the next two.
        "sites": connected_sites.all_sites(),
        "mail_advice": rules.advice(settings.MAIL_ADVICE_PORTAL, settings.MAIL_ADVICE_PHISHING),
        **_shared_context(),
    }
    return render(request, "help/entry.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@anyone
@no_destination
@without_token
async def question_form_moved(request: Request) -> HttpResponse:
    """Redirect to the question form, which was here before; by 308, so that a form posted here goes on whole."""
    slug = request.GET.get("over", "")
    return _redirect(links.ask_question(slug if slug in entries.whole_help().entries else ""))


@require_safe
@anyone
@no_destination
async def receipt_moved(request: Request, question_id: UUID) -> HttpResponse:
    """Redirect to a receipt of a question, which was here before."""
    return _redirect(links.question_received(question_id))


def _redirect(address: str) -> HttpResponse:
    """Redirect for good; "", which `links` gives where the feature of the form is left out, is not found."""
    if not address:
        raise Http404
    return SeeOther(address, HTTPStatus.PERMANENT_REDIRECT)


def _shared_context() -> dict[str, object]:
    """Give how to reach the contact centre, and what makes an address of each link in an answer (`hulp:SLUG`)."""
    contact = {"phone": settings.CONTACT_PHONE, "email": settings.CONTACT_EMAIL}
    return {"contact": contact, "address": marks.address}


def _crumbs(title: str) -> list[dict[str, str]]:
    return [{"title": HELP, "href": reverse("help:all_questions")}, {"title": title, "href": ""}]
