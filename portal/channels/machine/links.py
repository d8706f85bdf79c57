"""The address of the token endpoint, for other rooms (`ui.links`)."""

from functools import cache

from django.urls import reverse


@cache
def machine_token() -> str:
    """Give the address at which a machine gets its token."""
    return str(reverse("machine:token"))
