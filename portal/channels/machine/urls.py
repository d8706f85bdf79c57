"""Addresses for machines."""

from django.urls import path

from portal.platform.access.machine_clients import TOKEN_PATH

from . import views

app_name = "machine"
urlpatterns = [path(TOKEN_PATH.removeprefix("/"), views.token, name="token")]
