"""The address of parking."""

from django.urls import path

from . import views

app_name = "parking"
urlpatterns = [path("", views.permits, name="permits")]
