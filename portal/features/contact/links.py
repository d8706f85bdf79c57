"""Addresses of the question form that other features link to, through `ui.links`."""

from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse


def ask_question(entry: str = "", reference: str = "") -> str:
    """Give the address of the question form.

    entry: slug of the help entry that the reader comes from. reference: of what the question is about, as
    `kit.reference` writes it. The form is filled in by both.
    """
    address = reverse("contact:question")
    parameters = {name: value for name, value in (("over", entry), ("kenmerk", reference)) if value}
    return f"{address}?{urlencode(parameters)}" if parameters else address


def question_received(question_id: UUID) -> str:
    """Give the address of the receipt of a question."""
    return reverse("contact:received", kwargs={"question_id": question_id})
