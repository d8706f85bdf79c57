"""Addresses of the check page, for other rooms (`ui.links`)."""

from django.urls import reverse


def check_document() -> str:
    """Give the path of the page where anybody can have a document checked."""
    return reverse("authenticity:check")
