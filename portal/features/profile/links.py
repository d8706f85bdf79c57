"""Where others find what somebody gives us themselves."""

from functools import cache

from django.urls import reverse


@cache
def nickname() -> str:
    """Lead to where one chooses or changes a nickname."""
    return str(reverse("profile:nickname"))
