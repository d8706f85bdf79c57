"""Addresses of the help."""

from django.urls import path

from . import views

app_name = "help"
urlpatterns = [
    path("hulp/", views.all_questions, name="all_questions"),
    path("hulp/zoeken/", views.search, name="search"),
    path("hulp/vraag/", views.question_form_moved, name="question_form_moved"),
    path("hulp/vraag/<uuid:question_id>/", views.receipt_moved, name="receipt_moved"),
    path("hulp/<slug:slug>/", views.entry, name="entry"),
]
