"""The page of what people can apply for, by theme: what it is, for whom, what one needs, and a link to the form."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.platform.access.guards import anyone
from portal.platform.access.types import Request
from portal.platform.ipdc.themes import THEMES
from portal.platform.kit import typed_text
from portal.platform.kit.folding import fold, have_words
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Agency
from portal.platform.ui import ways
from portal.platform.ui.ways import OutsideLink

from . import duration_words, form_lists, rules, section
from .duration_words import DurationWords
from .form_lists import FormList
from .reported.durations import BodyProduct
from .section import ServiceOnOffer

TITLE = _("Iets aanvragen")


class OfferedService(NamedTuple):
    """A service that people can apply for, with its body.

    anchor: its id in the page. is_form: the link leads to the form itself, which the body's own list gave.
    """

    anchor: str
    agency: Agency
    service: ServiceOnOffer
    link: OutsideLink | None
    is_form: bool

    @property
    def body_product(self) -> BodyProduct:
        """Give the body and product under which the durations of its dossiers are counted."""
        return BodyProduct(self.agency.id, self.service.product)


class ServiceFilter(NamedTuple):
    """Which services somebody looks for: words, the id of a body, a theme; "" for any."""

    text: str = ""
    body: str = ""
    theme: str = ""


@require_safe
@anyone
async def applications(request: Request) -> HttpResponseBase:
    """List what people can apply for, without signing in: the body's own form asks for that."""
    choice = ServiceFilter(
        typed_text.beginning(request.GET.get("zoek", ""), most=rules.LONGEST_TEXT),
        request.GET.get("dienst", "")[: rules.LONGEST_TEXT],
        request.GET.get("thema", "")[: rules.LONGEST_TEXT],
    )
    lists = await form_lists.all_lists()
    offers = services_on_offer(lists)
    chosen = [offered for offered in offers if is_chosen(offered, choice)]
    of_theme = {theme: [offered for offered in chosen if offered.service.theme == theme] for theme in THEMES}
    context = {
        "title": TITLE,
        "crumbs": [],
        "groups": [(THEMES[theme], services) for theme, services in of_theme.items() if services],
        "sought": choice,
        "is_sought": any(choice),
        "lists": list(lists.values()),
        "total": len(offers),
        "found": len(chosen),
        "bodies": {offered.agency.id: offered.agency.words.name for offered in offers},
        "durations_of": await _durations_of(chosen),
        "themes": {
            theme: title
            for theme, title in THEMES.items()
            if any(offered.service.theme == theme for offered in offers)
        },
    }
    return render(request, "dossiers/applications.html", context)


async def _durations_of(services: Sequence[OfferedService]) -> Mapping[str, DurationWords]:
    """Say how long each service takes, by its anchor; a service with too few reports is left out."""
    products = {service.anchor: service.body_product for service in services if service.service.product}
    durations = await duration_words.of_services(set(products.values()))
    return {anchor: durations[product] for anchor, product in products.items() if product in durations}


def services_on_offer(lists: Mapping[str, FormList]) -> Sequence[OfferedService]:
    """List every service of every body, in the order of their names; each with its form where the body's list has
    one.

    lists: by the id of a body (`form_lists.all_lists`).
    """
    services = [
        _offer(agency, name, service, lists.get(agency.id))
        for agency in catalogue.installed().agencies
        for name, service in section.of(agency).services.items()
    ]
    return sorted(services, key=lambda offered: fold(offered.service.name))


def _offer(agency: Agency, name: str, service: ServiceOnOffer, form_list: FormList | None) -> OfferedService:
    form = form_list.forms.get(service.product) if form_list else None
    return OfferedService(f"{agency.id}-{name}", agency, service, form or ways.link_of(service.url), form is not None)


def is_chosen(offered: OfferedService, choice: ServiceFilter) -> bool:
    """Tell whether a service is what somebody looks for; every word must occur, whatever the case and the accents."""
    service, agency = offered.service, offered.agency
    if choice.body and agency.id != choice.body:
        return False
    if choice.theme and service.theme != choice.theme:
        return False
    words = fold(choice.text).split()
    texts = (service.name, service.about, service.for_whom, service.how, agency.words.name, agency.words.short)
    return have_words((*texts, *service.needs, _t(THEMES[service.theme])), words)
