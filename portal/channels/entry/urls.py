"""Addresses of signing in and out. `aanmelden/terug/` is registered at the provider."""

from django.urls import path

from . import session_list, views

app_name = "entry"
urlpatterns = [
    path("aanmelden/", views.sign_in, name="sign_in"),
    path("aanmelden/opnieuw/", views.sign_in_again, name="sign_in_again"),
    path("aanmelden/terug/", views.come_back, name="come_back"),
    path("aanmelden/andere-manier/", views.other_means, name="other_means"),
    path("aanmelden/niet-gelukt/<slug:reason>/", views.not_done, name="not_done"),
    path("afmelden/", views.sign_out, name="sign_out"),
    path("afgemeld/", views.signed_out, name="signed_out"),
    path("sessie/verlengen/", views.extend, name="extend"),
    path("sessies/", session_list.own_sessions, name="own_sessions"),
    path("sessies/beeindigen/", session_list.end_session, name="end_session"),
    path("sessies/andere-beeindigen/", session_list.end_other_sessions, name="end_other_sessions"),
]
