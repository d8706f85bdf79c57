"""What every page of the mailbox has at hand: where it stands, and what was just done."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from portal.platform.access.types import SignedInRequest

POSTBOX = _("Brievenbus")
TITLE = _("eBox documenten")
ABOUT = _("Brieven en documenten die overheden naar uw eBox sturen, van alle aanbieders samen.")
SHEETS = ("mailbox/mailbox.css",)
DONE = "klaar"  # names in an address what was just done
LINKED = "gekoppeld"


def overview() -> str:
    """Say where all documents stand."""
    return reverse("mailbox:overview")


def crumbs(*more: tuple[str, str]) -> Sequence[Mapping[str, str]]:
    """List the way from the documents to a page; the last has no address."""
    return [{"title": TITLE, "href": overview()}, *({"title": title, "href": href} for title, href in more)]


def page(
    request: SignedInRequest, template: str, title: str, context: Mapping[str, Any], *, has_errors: bool = False
) -> HttpResponse:
    """Answer with a page of the mailbox. has_errors: it holds a form that was not taken."""
    values = {"title": title, "crumbs": (), "has_errors": has_errors, **context}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
    return render(request, f"mailbox/{template}.html", values, status=status)


def receipt(request: SignedInRequest) -> str:
    """Name what was done just before: LINKED, or "". For a page of who is linked, so that it says nothing untrue."""
    return LINKED if request.GET.get(DONE) == LINKED else ""
