"""Where pages of dossiers stand."""

from functools import cache

from django.urls import reverse


@cache
def overview() -> str:
    """Lead to the overview of one's own dossiers."""
    return str(reverse("dossiers:overview"))


def of_dossier(handle: str) -> str:
    """Lead to the page of one. Put together, not looked up: a page can have hundreds."""
    return f"{overview()}{handle}/"
