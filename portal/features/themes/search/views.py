"""The page that searches in one's own data.

What people search for about themselves is personal. So words are posted, and the address of the results has them
sealed: only this session can read them, not a log, the history of the browser or somebody who looks along. They are
not in the title either, which the history keeps. Nothing of them is logged or stored.
"""

from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, signed_in, without_token
from portal.platform.access.types import SignedInRequest
from portal.platform.kit import typed_text
from portal.platform.sources import beside
from portal.platform.ui.fields import TypedText
from portal.platform.ui.links import links

from .. import framing
from ..arranging import rendering
from ..together import gathering
from .results import search_of
from .terms import LONGEST, SHORTEST, SearchQuery, read

TITLE = _("Zoeken in uw gegevens")
WORDS = b"words that are sought"  # the purpose that they are sealed with


class SearchForm(forms.Form):
    """The words of a search; cleaned, they are a SearchQuery."""

    woorden = TypedText(
        label=gettext_lazy("Zoek in uw gegevens"), missing=gettext_lazy("Vul in wat u zoekt."), most=LONGEST
    )

    def clean_woorden(self) -> SearchQuery:
        """Refuse a search that is too short, or has no terms."""
        sought = read(self.cleaned_data["woorden"])
        if len(sought.text) < SHORTEST or not sought.terms:
            raise ValidationError(
                gettext_lazy("Gebruik minstens %(least)s letters of cijfers."), params={"least": SHORTEST}
            )
        return sought


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@without_token
async def search(request: SignedInRequest) -> HttpResponseBase:
    """Show the form, or the results in the answers that the session kept; with `alles`, sources are asked first."""
    if request.method == "POST":
        form = SearchForm(request.POST)
        if not form.is_valid():
            # Whoever typed too much gets it back to shorten it; nobody types more than this by hand.
            typed = typed_text.beginning(request.POST.get("woorden", ""), most=5 * LONGEST)
            return _page(request, form, {"typed": typed}, HTTPStatus.UNPROCESSABLE_ENTITY)
        sealed = carried.seal(request.session, WORDS, form.cleaned_data["woorden"].text)
        return SeeOther(f"{reverse('themes:search')}?gezocht={sealed}")
    sealed = request.GET.get("gezocht", "")
    words = carried.unseal(str, request.session, WORDS, sealed)
    if words is None:
        return _page(request, SearchForm(), {})
    form = SearchForm({"woorden": words})
    if not form.is_valid():
        raise Http404
    gathered = await gathering.gather(
        request.session,
        request.occasion,
        gathering.all_entries(),
        is_asking=gathering.ASK_ALL in request.GET,
    )
    if gathered is None:
        return SeeOther(links.session_ended(reverse("themes:search")))
    sought: SearchQuery = form.cleaned_data["woorden"]
    results = await beside.run(
        rendering.is_long(gathered.outcomes), search_of, gathered.outcomes, gathered.unasked, sought
    )
    return _page(request, form, {"search": results, "typed": words, "sealed": sealed})


def _page(
    request: SignedInRequest, form: SearchForm, context: dict[str, Any], status: int = HTTPStatus.OK
) -> HttpResponse:
    crumbs = framing.trail({"title": TITLE, "href": ""})
    empty = {"search": None, "typed": "", "sealed": ""}
    values = {"title": TITLE, "crumbs": crumbs, "form": form, "longest": LONGEST, **empty, **context}
    response = render(request, "themes/search.html", values, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
