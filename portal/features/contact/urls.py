"""Addresses of the question form, and of receipts."""

from django.urls import path

from . import views

app_name = "contact"
urlpatterns = [
    path("", views.question, name="question"),
    path("<uuid:question_id>/", views.receipt, name="received"),
]
