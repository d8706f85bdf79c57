"""Addresses of notifications: pages for citizens, and the endpoint for bodies."""

from django.urls import path

from . import api, live_view, preference_views, views

app_name = "notifications"
urlpatterns = [
    path("brievenbus/meldingen/", views.notice_list, name="listed"),
    path("brievenbus/live/", live_view.live, name="live"),
    path("brievenbus/meldingen/<uuid:thread>/", views.thread, name="thread"),
    path("api/v2/notificaties", api.notify, name="notify"),
    path("uw-gegevens/contactvoorkeuren/", preference_views.overview, name="preferences"),
    path("uw-gegevens/contactvoorkeuren/alle/", preference_views.for_all, name="preferences_all"),
    path("uw-gegevens/contactvoorkeuren/per-dienst/", preference_views.for_each, name="preferences_each"),
]
