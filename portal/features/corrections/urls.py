"""Addresses of corrections: pages for citizens, and the operation for machines of bodies."""

from django.urls import path

from . import api, views

app_name = "corrections"
urlpatterns = [
    path("verbeteren/", views.report_list, name="listed"),
    path("verbeteren/melding/<str:reference>/", views.report_page, name="followed"),
    path("verbeteren/<slug:agency>/<slug:dataset>/", views.report, name="report"),
    path("api/verbeteringen/<str:reference>/status", api.status, name="status"),
]
