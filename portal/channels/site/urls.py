"""Addresses of the pages that every site must have."""

from django.urls import path

from . import language_view, security_views, views

app_name = "site"
urlpatterns = [
    path("taal/", language_view.choose, name="language"),
    path("cookies/", views.cookies, name="cookies"),
    path("beveiliging/melden/", security_views.disclosure, name="disclosure"),
    path(".well-known/security.txt", security_views.security_txt, name="security_txt"),
    path("toegankelijkheid/", views.accessibility, name="accessibility"),
]
