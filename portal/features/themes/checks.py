"""System checks: what bodies' manifests say of themes, with an id and a cure."""

from typing import Any

from django.core.checks import CheckMessage, Error

from portal.platform.kit.errors import PortalError
from portal.platform.sources import catalogue

from .types import Theme


def themes_are_known(**_: Any) -> list[CheckMessage]:
    """Report each dataset of a theme that does not exist."""
    try:
        entries = catalogue.installed().entries
    except PortalError:
        return []  # The manifests have a check of their own (portal.E003).
    known = set(Theme)
    return [
        Error(
            f"{entry.agency.folder / 'agency.toml'}: dataset {entry.dataset.id!r} has the unknown theme "
            f"{entry.dataset.theme!r}.",
            hint=f"Choose one of: {', '.join(Theme)}.",
            id="portal.E005",
        )
        for entry in entries
        if entry.dataset.theme not in known
    ]
