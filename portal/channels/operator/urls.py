"""Addresses for operators."""

from django.urls import path

from . import views

app_name = "operator"
urlpatterns = [
    path("bronnen/", views.sources, name="sources"),
    path("processen/", views.portal_processes, name="processes"),
    path("logboek/", views.journal, name="journal"),
    path("gebruik/", views.use_of_pages, name="use"),
    path("bewaring/", views.retention, name="retention"),
]
