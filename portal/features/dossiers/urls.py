"""Addresses of dossiers."""

from django.urls import path

from . import applications_view, dossier_view, pdf_view, views

app_name = "dossiers"
urlpatterns = [
    path("dossiers/", views.overview, name="overview"),
    path("gezien/", views.seen, name="seen"),
    path("dossiers/<str:handle>/", dossier_view.dossier, name="dossier"),
    path("dossiers/<str:handle>/pdf/", pdf_view.pdf, name="dossier-pdf"),
    path("aanvragen/", applications_view.applications, name="applications"),
]
