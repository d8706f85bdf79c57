"""What the views of the profile share: breadcrumbs, addresses of pages, the redirect after a change."""

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from portal.platform.access.guards import SeeOther
from portal.platform.access.types import SignedInRequest

from . import queries
from .types import OTHER_EMAIL, Profile

PROFILE = _("Uw profiel")
DONE = "klaar"  # the parameter that says what was just done; the profile page has a sentence for each


def page(
    request: SignedInRequest, template: str, title: str, context: Mapping[str, Any], *, form: Form | None = None
) -> HttpResponse:
    """Render a page below the profile; a form with errors answers 422."""
    crumbs = [{"title": PROFILE, "href": reverse("profile:profile")}, {"title": title, "href": ""}]
    has_errors = form is not None and form.is_bound and bool(form.errors)
    values = {"title": title, "crumbs": crumbs, "form": form, "has_errors": has_errors, **context}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
    return render(request, f"profile/{template}.html", values, status=status)


def email_page(kind: str) -> str:
    """Give the page for an e-mail address: the main one (KeptKind.EMAIL), or one more (OTHER_EMAIL)."""
    return reverse("profile:other_email") if kind == OTHER_EMAIL else reverse("profile:email")


def code_page(kind: str) -> str:
    """Give the page on which the code for such an address is entered."""
    return reverse("profile:other_email_code") if kind == OTHER_EMAIL else reverse("profile:email_code")


def back_to_profile(deed: str) -> SeeOther:
    """Redirect to the profile, which says what was done. deed: a key of `views.receipt`."""
    return SeeOther(f"{reverse('profile:profile')}?{DONE}={deed}")


def to_emails() -> SeeOther:
    """Redirect to the e-mail addresses of the profile, where no more can be given."""
    return SeeOther(f"{reverse('profile:profile')}#e-mail")


async def profile_of(request: SignedInRequest, kinds: Collection[str] = queries.EVERYTHING) -> Profile:
    """Read what the citizen gave us of these kinds, to be shown on a page; it is journalled."""
    return await queries.look_at_profile(request.occasion, kinds)
