"""Addresses of corrections: for citizens, and the one that bodies call."""

from django.urls import path

from . import api, views

app_name = "corrections"
urlpatterns = [
    path("verbeteren/", views.listed, name="listed"),
    path("verbeteren/melding/<str:reference>/", views.followed, name="followed"),
    path("verbeteren/<slug:agency>/<slug:dataset>/", views.report, name="report"),
    path("api/verbeteringen/<str:reference>/status", api.status, name="status"),
]
