"""Addresses of the help, for other rooms (`ui.links`)."""

from functools import cache

from django.urls import reverse


@cache
def help_page() -> str:
    """Give the address of the list of every question."""
    return str(reverse("help:all_questions"))


@cache
def help_entry(slug: str) -> str:
    """Give the address of the answer to a question, by the slug of its entry."""
    return str(reverse("help:entry", kwargs={"slug": slug}))
