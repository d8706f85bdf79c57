"""Addresses of certificates."""

from django.urls import path

from . import bundle_view, certificate_view, document_view, views, worth_view

app_name = "certificates"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("samen/", views.choose, name="choose"),
    path("samen/maken/", bundle_view.bundle, name="bundle"),
    path("waarde/", worth_view.worth, name="worth"),
    path("bestand/", document_view.document, name="document"),
    path("vraag/<str:key>/", certificate_view.certificate, name="certificate"),
    path("vraag/<str:key>/maken/", certificate_view.hand_over, name="handed"),
]
