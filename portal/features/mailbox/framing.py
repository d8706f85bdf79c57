"""Titles, breadcrumbs and rendering that the pages of the mailbox share."""

from collections.abc import Mapping, Sequence
from functools import cache
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
DONE = "klaar"  # query parameter that names what the citizen did a moment ago, for the page that confirms it
LINKED = "gekoppeld"  # its value for who just linked their eBox

_ANY = "TOKEN"  # stands for any in an address


@cache
def overview() -> str:
    """Give the address of the list of documents."""
    return reverse("mailbox:overview")


def page_of(token: str) -> str:
    """Say where the document stands that a token names (`registry.locating`); "" for none."""
    return _page_of_any().replace(_ANY, token) if token else ""


@cache
def _page_of_any() -> str:
    """Say it once for all, since a list names many, and Django takes longer for one than to seal its token."""
    return reverse("mailbox:message", kwargs={"token": _ANY})


def crumbs(*more: tuple[str, str]) -> Sequence[Mapping[str, str]]:
    """Give breadcrumbs from the list of documents on. more: title and address of each; "" for the page itself."""
    return [{"title": TITLE, "href": overview()}, *({"title": title, "href": href} for title, href in more)]


def page(
    request: SignedInRequest, template: str, title: str, context: Mapping[str, Any], *, has_errors: bool = False
) -> HttpResponse:
    """Render a page of the mailbox.

    template: its name without folder or ending. has_errors: its form was refused (422).
    """
    values = {"title": title, "crumbs": (), "has_errors": has_errors, **context}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
    return render(request, f"mailbox/{template}.html", values, status=status)


def receipt(request: SignedInRequest) -> str:
    """Tell whether the address says that the citizen just linked their eBox: LINKED, or "".

    Only for pages behind `needs_link`: anybody can write an address, and others have no link to confirm.
    """
    return LINKED if request.GET.get(DONE) == LINKED else ""
