"""The themes of public services in the IPDC, and the words that people read for each."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_noop as _


class ServiceTheme(StrEnum):
    """What a public service is about; the values are those that manifests write."""

    CITIZEN = "burger_overheid"
    HOUSING = "bouwen_wonen"
    CULTURE = "cultuur_sport_vrije_tijd"
    WORK = "economie_werk"
    ENVIRONMENT = "milieu_energie"
    MOBILITY = "mobiliteit_openbare_werken"
    EDUCATION = "onderwijs_wetenschap"
    WELFARE = "welzijn_gezondheid"


# People see them in this order, which is alphabetical.
THEMES: Mapping[ServiceTheme, str] = {
    ServiceTheme.HOUSING: _("Bouwen en wonen"),
    ServiceTheme.CITIZEN: _("Burger en overheid"),
    ServiceTheme.CULTURE: _("Cultuur, sport en vrije tijd"),
    ServiceTheme.WORK: _("Economie en werk"),
    ServiceTheme.ENVIRONMENT: _("Milieu en energie"),
    ServiceTheme.MOBILITY: _("Mobiliteit en openbare werken"),
    ServiceTheme.EDUCATION: _("Onderwijs en wetenschap"),
    ServiceTheme.WELFARE: _("Welzijn en gezondheid"),
}
