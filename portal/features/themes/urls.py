"""Addresses of what government knows about you."""

from django.urls import path

from . import child_view, search_view, views

app_name = "themes"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("bron/<slug:agency>/<slug:dataset>/", views.dataset, name="dataset"),
    path("gezin/kind/<slug:handle>/", child_view.child, name="child"),
    path("zoeken/", search_view.search, name="search"),
    path("<slug:theme>/", views.theme, name="theme"),
]
