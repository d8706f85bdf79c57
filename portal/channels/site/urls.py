"""Addresses of the pages that every site owes its visitors."""

from django.urls import path

from . import language_view, views

app_name = "site"
urlpatterns = [
    path("taal/", language_view.choose, name="language"),
    path("cookies/", views.cookies, name="cookies"),
    path("toegankelijkheid/", views.accessibility, name="accessibility"),
]
