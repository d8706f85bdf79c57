"""Addresses of the start page and the pages every site owes its visitors."""

from django.urls import path

from . import help_views, language_view, question_views, views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("hulp/", help_views.all_questions, name="help"),
    path("hulp/zoeken/", help_views.search, name="help_search"),
    path("hulp/vraag/", question_views.question, name="question"),
    path("hulp/vraag/<uuid:question_id>/", question_views.received, name="question_received"),
    path("hulp/<slug:slug>/", help_views.entry, name="help_entry"),
    path("taal/", language_view.choose, name="language"),
    path("cookies/", views.cookies, name="cookies"),
    path("toegankelijkheid/", views.accessibility, name="accessibility"),
]
