"""Addresses of dossiers: for people, and those that bodies call."""

from django.urls import path

from . import applications_view, dossier_view, pdf_view, views
from .reported import api

app_name = "dossiers"
urlpatterns = [
    path("dossiers/", views.overview, name="overview"),
    path("gezien/", views.mark_seen, name="seen"),
    path("dossiers/<str:handle>/", dossier_view.dossier, name="dossier"),
    path("dossiers/<str:handle>/pdf/", pdf_view.pdf, name="dossier-pdf"),
    path("aanvragen/", applications_view.applications, name="applications"),
    path("api/v1/dosis/dossiers", api.reports, name="reports"),
    path("api/v2/dosis/bronnen/uris", api.sources, name="report-sources"),
    path("api/v1/dosis/instellingen/validatie", api.settings, name="report-settings"),
    path("api/v1/dosis/resultaten", api.results, name="report-results"),
    path("api/v1/dosis/resultaten/fouten", api.faults, name="report-faults"),
    path("api/v1/dosis/resultaten/perUploadId", api.result, name="report-result"),
]
