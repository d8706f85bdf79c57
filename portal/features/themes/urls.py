"""Addresses of what government knows about you. No two of them match the same one, so their order says nothing."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import child_view, item_view, pdf_view, search_view, together_view, views
from .types import Theme


class ThemeConverter(StringConverter):
    """A theme that there is."""

    regex = "|".join(Theme)


class HandleConverter(StringConverter):
    """What a session calls a person or an item (`access.sessions`)."""

    regex = "[A-Za-z0-9_-]{43}"


register_converter(ThemeConverter, "theme")
register_converter(HandleConverter, "handle")

app_name = "themes"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("bron/<slug:agency>/<slug:dataset>/", views.dataset, name="dataset"),
    path("bron/<slug:agency>/<slug:dataset>/pdf/", pdf_view.dataset, name="dataset-pdf"),
    path("bron/<slug:agency>/<slug:dataset>/<handle:handle>/", item_view.item, name="item"),
    path("bron/<slug:agency>/<slug:dataset>/<handle:handle>/pdf/", pdf_view.item, name="item-pdf"),
    path("gezin/kind/<handle:handle>/", child_view.child, name="child"),
    path("zoeken/", search_view.search, name="search"),
    path("verschillen/", together_view.differences, name="differences"),
    path("tijdlijn/", together_view.timeline, name="timeline"),
    path("<theme:theme>/", views.theme, name="theme"),
    path("<theme:theme>/pdf/", pdf_view.theme, name="theme-pdf"),
]
