"""Where others find the question form."""

from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse


def ask_question(entry: str = "", reference: str = "") -> str:
    """Lead to the question form.

    entry: the slug of the answer of the help that somebody comes from. reference: of what it is about, as
    `kit.reference` writes them; the question begins with it.
    """
    address = reverse("contact:question")
    said = {name: value for name, value in (("over", entry), ("kenmerk", reference)) if value}
    return f"{address}?{urlencode(said)}" if said else address


def question_received(question_id: UUID) -> str:
    """Lead to the receipt of a question."""
    return reverse("contact:received", kwargs={"question_id": question_id})
