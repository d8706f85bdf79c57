"""Addresses of the start page and the pages every site owes its visitors."""

from django.urls import path

from . import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("hulp/", views.help_page, name="help"),
    path("cookies/", views.cookies, name="cookies"),
    path("toegankelijkheid/", views.accessibility, name="accessibility"),
]
