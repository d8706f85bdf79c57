"""Addresses of what government knows about you. No two patterns match the same address: their order is free."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from .child import views as child
from .pages import item_view, views
from .paper import views as paper
from .search import views as search
from .together import views as together
from .types import Theme


class ThemeConverter(StringConverter):
    """The value of a Theme."""

    regex = "|".join(Theme)


class HandleConverter(StringConverter):
    """The name of a person or an item in addresses of one session (`access.sessions`)."""

    regex = "[A-Za-z0-9_-]{43}"


register_converter(ThemeConverter, "theme")
register_converter(HandleConverter, "handle")

app_name = "themes"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("bron/<slug:agency>/<slug:dataset>/", views.dataset, name="dataset"),
    path("bron/<slug:agency>/<slug:dataset>/pdf/", paper.dataset, name="dataset-pdf"),
    path("bron/<slug:agency>/<slug:dataset>/<handle:handle>/", item_view.item, name="item"),
    path("bron/<slug:agency>/<slug:dataset>/<handle:handle>/pdf/", paper.item, name="item-pdf"),
    path("gezin/kind/<handle:handle>/", child.child, name="child"),
    path("zoeken/", search.search, name="search"),
    path("verschillen/", together.differences, name="differences"),
    path("tijdlijn/", together.timeline, name="timeline"),
    path("<theme:theme>/", views.theme, name="theme"),
    path("<theme:theme>/pdf/", paper.theme, name="theme-pdf"),
]
