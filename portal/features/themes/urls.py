"""Addresses of what government knows about you."""

from django.urls import path

from . import child_view, item_view, pdf_view, search_view, together_view, views

app_name = "themes"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("bron/<slug:agency>/<slug:dataset>/", views.dataset, name="dataset"),
    path("bron/<slug:agency>/<slug:dataset>/pdf/", pdf_view.dataset, name="dataset-pdf"),
    path("bron/<slug:agency>/<slug:dataset>/<slug:handle>/", item_view.item, name="item"),
    path("bron/<slug:agency>/<slug:dataset>/<slug:handle>/pdf/", pdf_view.item, name="item-pdf"),
    path("gezin/kind/<slug:handle>/", child_view.child, name="child"),
    path("zoeken/", search_view.search, name="search"),
    path("verschillen/", together_view.differences, name="differences"),
    path("tijdlijn/", together_view.timeline, name="timeline"),
    path("<slug:theme>/", views.theme, name="theme"),
    path("<slug:theme>/pdf/", pdf_view.theme, name="theme-pdf"),
]
