"""Where others find the check page."""

from django.urls import reverse


def check_document() -> str:
    """Lead to where anybody can have a document checked."""
    return reverse("authenticity:check")
