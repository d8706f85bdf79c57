"""A system check at the start: what no manifest can say of itself alone."""

from typing import Any

from django.core.checks import CheckMessage, Error

from portal.platform.kit.errors import PortalError
from portal.platform.sources import catalogue

from . import section


def one_body_lists_providers(**_: Any) -> list[CheckMessage]:
    """Report where two bodies both have `[mailbox]`: only one list of providers would be used."""
    try:
        listing = [agency.id for agency in catalogue.installed().agencies if section.dutch(agency)]
    except PortalError:
        return []  # The check of manifests reports one that cannot be read.
    if len(listing) < 2:
        return []
    hint = "Keep the table in the manifest of one body."
    return [Error(f"{', '.join(listing)} all have [mailbox].", hint=hint, id="portal.E063")]
