"""Addresses of notices: for citizens, and the one that bodies call."""

from django.urls import path

from . import api, views

app_name = "notifications"
urlpatterns = [
    path("brievenbus/meldingen/", views.listed, name="listed"),
    path("brievenbus/meldingen/<uuid:thread>/", views.thread, name="thread"),
    path("api/v2/notificaties", api.notify, name="notify"),
]
