"""Addresses for machines."""

from django.urls import path

from . import views

app_name = "machine"
urlpatterns = [
    path("machine/token", views.token, name="token"),
    path("api/jwks.json", views.keys, name="keys"),
    path("api/openapi.json", views.document, name="document"),
]
