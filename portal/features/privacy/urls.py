"""Addresses of the policy, and of what else one can see and ask about one's own data."""

from django.urls import path

from .copy import copy_view
from .erasing import erase_view
from .policy import register_views
from .policy import views as policy
from .rights import views as rights
from .usage import views as usage

app_name = "privacy"
urlpatterns = [
    path("uitvoer/", copy_view.own_copy, name="own_copy"),
    path("wissen/", erase_view.erase, name="erase"),
    path("gebruik/", usage.overview, name="usage"),
    path("gebruik/jaar/", usage.year_page, name="usage_year"),
    path("gebruik/vraag/<slug:reference>/", usage.question, name="usage_question"),
    path("", policy.policy, name="policy"),
    path("register/", register_views.for_people, name="register"),
    path("register.json", register_views.for_programs, name="register_for_programs"),
    path("versies/", policy.versions, name="versions"),
    path("versies/<int:number>/gezien/", policy.note_seen, name="seen"),
    path("versies/<int:old>/<int:new>/", policy.comparison, name="comparison"),
    path("versies/<int:number>/", policy.version, name="version"),
    path("rechten/", rights.rights, name="rights"),
    path("rechten/<slug:right>/", rights.right_page, name="right"),
    path("rechten/<slug:right>/verzoek/", rights.ask, name="ask_right"),
    path("verzoeken/", rights.requests, name="requests"),
    path("verzoeken/<str:reference>/", rights.request_page, name="request"),
    path("zonder-aanmelden/", rights.paper, name="paper"),
]
