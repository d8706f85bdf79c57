"""Where others find the token endpoint."""

from functools import cache

from django.urls import reverse


@cache
def machine_token() -> str:
    """Lead to where a machine gets its token."""
    return str(reverse("machine:token"))
