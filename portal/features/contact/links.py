"""Where others find the question form."""

from uuid import UUID

from django.urls import reverse


def ask_question(entry: str = "") -> str:
    """Lead to the question form; entry: the slug of the answer of the help that somebody comes from."""
    address = reverse("contact:question")
    return f"{address}?over={entry}" if entry else address


def question_received(question_id: UUID) -> str:
    """Lead to the receipt of a question."""
    return reverse("contact:received", kwargs={"question_id": question_id})
