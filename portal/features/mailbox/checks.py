"""What manifests of several bodies must agree on, checked at the start."""

from typing import Any

from django.core.checks import CheckMessage, Error

from portal.platform.kit.errors import PortalError
from portal.platform.sources import catalogue

from . import section


def one_body_lists_providers(**_: Any) -> list[CheckMessage]:
    """Report two bodies that both say who keeps messages: one of them would never be asked."""
    try:
        listing = [agency.id for agency in catalogue.installed().agencies if section.dutch(agency)]
    except PortalError:
        return []  # said by the check of manifests themselves
    if len(listing) < 2:
        return []
    hint = "Keep the table in the manifest of one body."
    return [Error(f"{', '.join(listing)} all have [mailbox].", hint=hint, id="portal.E063")]
