"""Who used your data: the list, searched or not, the year, and the question about one line."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe
from msgspec.structs import replace

from portal.platform.access import carried
from portal.platform.access.guards import SeeOther, signed_in, without_token
from portal.platform.access.refusals import not_theirs
from portal.platform.access.types import Session, SignedInRequest
from portal.platform.database import terms
from portal.platform.language.dates import day_here
from portal.platform.ui.links import links

from . import arranging, reading, seeking, withholding, wording, year
from .seeking import SoughtUses, WhoLooked

TITLE = _("Wie gebruikte uw gegevens?")
YEAR = _("Uw jaar")
ABOUT = _("U ziet wie uw gegevens gebruikte, wanneer en waarom.")
SEALED = b"what is sought in the journal"  # the purpose that a search is sealed with
SOUGHT = "lijst"  # the parameter of an address that holds a sealed search
LIST = "#lijst"
ENTRY = "wie-gebruikte-mijn-gegevens"  # the entry of the help that a question about a line is asked from
WHO: Mapping[WhoLooked, str] = {
    "": _("Iedereen"),
    seeking.OTHERS: _("Alleen anderen"),
    seeking.OWN: _("Alleen u zelf"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@without_token
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """Show who used the reader's data, the newest first, older ones, or what fits a filter; a POST filters."""
    if request.method == "POST":
        sought = seeking.sought_in(request.POST)
        return SeeOther(f"{address_of(request.session, sought)}{LIST if sought.has_conditions else ''}")
    sealed = request.GET.get(SOUGHT, "")
    opened = carried.unseal(SoughtUses, request.session, SEALED, sealed) if sealed else None
    sought = opened or seeking.sought_in(request.GET)
    context = {"is_lost": bool(sealed) and opened is None, **await _context(request, sought)}
    response = render(request, "privacy/usage.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@signed_in
async def year_page(request: SignedInRequest) -> HttpResponseBase:
    """Show on which days of a year the reader's data was used, and how often: drawn, and as a list."""
    today, chosen = day_here(request.occasion.now), request.GET.get("jaar", "")
    days = year.days_from(year.first_month(today, chosen))
    shown = await reading.year(request, [seeking.midnight(day) for day in days])
    months = year.months_of(days, shown.counts, today)
    here = reverse("privacy:usage")
    context = {
        "title": YEAR,
        "crumbs": [{"title": TITLE, "href": here}, {"title": YEAR, "href": ""}],
        "months": months,
        "total": sum(month.total for month in months),
        "others": sum(month.others for month in months),
        "years": year.selectable_years(days[0], day_here(shown.oldest) if shown.oldest else None, today),
        "is_chosen": days[0] != year.first_month(today, ""),
        "own_page": reverse("privacy:usage_year"),
        "list_page": here,
    }
    response = render(request, "privacy/year.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@signed_in
async def question(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """Lead to the form for a question about a line, with its reference. Raise `not_theirs` for one of others."""
    if not await reading.is_theirs(request, reference):
        raise not_theirs(request, "entry of the journal")
    return SeeOther(links.ask_question(ENTRY, reference))


def address_of(session: Session, sought: SoughtUses) -> str:
    """Write the address that shows what is sought, which is sealed: it says something about who searches."""
    here = reverse("privacy:usage")
    if sought == SoughtUses():
        return here
    return f"{here}?{urlencode({SOUGHT: carried.seal(session, SEALED, sought)})}"


async def _context(request: SignedInRequest, sought: SoughtUses) -> dict[str, Any]:
    session = request.session
    shown = await reading.page(request, sought)
    arranged = arranging.days_of(shown.found)
    return {
        "title": TITLE,
        "crumbs": [],
        "session": session,
        "sought": sought,
        "everybody": WHO,
        "views": [(who, words, address_of(session, SoughtUses(who=who))) for who, words in WHO.items()],
        "bodies": seeking.bodies_in(shown.register),
        "purposes": seeking.purposes_in(shown.register),
        "is_open": replace(sought.first, who="") != SoughtUses(),
        "days": arranged.days,
        "is_cut": arranged.is_cut,
        "reached": arranged.reached,
        "older": address_of(session, replace(sought, past=arranged.next)) if arranged.next else "",
        "newest": address_of(session, sought.first),
        "own_page": reverse("privacy:usage"),
        "oldest": shown.oldest,
        "term": next((declared.term.term for declared in terms.terms() if declared.table == "journal_entry"), ""),
        "is_withheld": withholding.is_any(),
        "wording": wording,
    }
