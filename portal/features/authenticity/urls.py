"""The address of the check page."""

from django.urls import path

from . import views

app_name = "authenticity"
urlpatterns = [path("", views.check, name="check")]
