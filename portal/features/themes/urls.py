"""Addresses of what government knows about you."""

from django.urls import path

from . import views

app_name = "themes"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("bron/<slug:agency>/<slug:dataset>/", views.dataset, name="dataset"),
    path("<slug:theme>/", views.theme, name="theme"),
]
