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

from . import form_lists, lasting, rules, section
from .form_lists import FormList
from .lasting import Lasting
from .reported.durations import BodyProduct
from .section import ServiceOnOffer

TITLE = _("Iets aanvragen")


class Offered(NamedTuple):
    """A service that people can apply for, with its body.

    anchor: its place on the page. is_form: the link leads to the form itself, which the body's own list gave.
    """

    anchor: str
    agency: Agency
    service: ServiceOnOffer
    link: OutsideLink | None
    is_form: bool

    @property
    def counted_as(self) -> BodyProduct:
        """Give the body and product under which the durations of its dossiers are counted."""
        return BodyProduct(self.agency.id, self.service.product)


class Sought(NamedTuple):
    """Which services somebody looks for."""

    text: str = ""
    body: str = ""
    theme: str = ""


@require_safe
@anyone
async def applications(request: Request) -> HttpResponseBase:
    """List what people can apply for, without signing in: the body's own form asks for that."""
    sought = Sought(
        typed_text.beginning(request.GET.get("zoek", ""), most=rules.LONGEST_TEXT),
        request.GET.get("dienst", "")[: rules.LONGEST_TEXT],
        request.GET.get("thema", "")[: rules.LONGEST_TEXT],
    )
    lists = await form_lists.all_lists()
    every = services_on_offer(lists)
    found = [one for one in every if is_sought(one, sought)]
    of_theme = {theme: [one for one in found if one.service.theme == theme] for theme in THEMES}
    context = {
        "title": TITLE,
        "crumbs": [],
        "groups": [(THEMES[theme], services) for theme, services in of_theme.items() if services],
        "sought": sought,
        "is_sought": any(sought),
        "lists": list(lists.values()),
        "total": len(every),
        "found": len(found),
        "bodies": {one.agency.id: one.agency.words.name for one in every},
        "lasting_of": await _lasting_of(found),
        "themes": {theme: title for theme, title in THEMES.items() if any(o.service.theme == theme for o in every)},
    }
    return render(request, "dossiers/applications.html", context)


async def _lasting_of(services: Sequence[Offered]) -> Mapping[str, Lasting]:
    """Give how long each service takes, by its anchor; one with too few reports is left out."""
    counted = {one.anchor: one.counted_as for one in services if one.service.product}
    known = await lasting.of_services(set(counted.values()))
    return {anchor: known[service] for anchor, service in counted.items() if service in known}


def services_on_offer(lists: Mapping[str, FormList]) -> Sequence[Offered]:
    """List every service of every body, by name, with its form where the body's own list has it."""
    found = [
        _offer(agency, name, service, lists.get(agency.id))
        for agency in catalogue.installed().agencies
        for name, service in section.of(agency).services.items()
    ]
    return sorted(found, key=lambda one: fold(one.service.name))


def _offer(agency: Agency, name: str, service: ServiceOnOffer, listed: FormList | None) -> Offered:
    form = listed.forms.get(service.product) if listed else None
    return Offered(f"{agency.id}-{name}", agency, service, form or ways.link_of(service.url), form is not None)


def is_sought(one: Offered, sought: Sought) -> bool:
    """Tell whether a service is what somebody looks for; every word must occur, whatever the case and the accents."""
    service, agency = one.service, one.agency
    if sought.body and agency.id != sought.body:
        return False
    if sought.theme and service.theme != sought.theme:
        return False
    words = fold(sought.text).split()
    said = (service.name, service.about, service.for_whom, service.how, agency.words.name, agency.words.short)
    return have_words((*said, *service.needs, _t(THEMES[service.theme])), words)
