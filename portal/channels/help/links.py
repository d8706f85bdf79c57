"""Where others find the help and its answers."""

from functools import cache

from django.urls import reverse


@cache
def help_page() -> str:
    """Lead to the help, with every question."""
    return str(reverse("help:all_questions"))


@cache
def help_entry(slug: str) -> str:
    """Lead to one answer of the help, by the name that it has there."""
    return str(reverse("help:entry", kwargs={"slug": slug}))
