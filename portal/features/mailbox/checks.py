"""System checks at the start: what no manifest can say of itself alone."""

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


def deaths_can_be_known(**_: Any) -> list[CheckMessage]:
    """Report `[ebox_deaths]` in two bodies, or of a dataset that the body has not: nobody would be asked about."""
    try:
        catalogued = catalogue.installed()
    except PortalError:
        return []
    tables = {agency.id: keys for agency in catalogued.agencies if (keys := section.deaths(agency))}
    found: list[CheckMessage] = []
    if len(tables) > 1:
        hint = "Keep the table in the manifest of one body."
        found.append(Error(f"{', '.join(tables)} all have [ebox_deaths].", hint=hint, id="portal.E067"))
    for agency_id, keys in tables.items():
        if catalogued.entry(f"{agency_id}.{keys.dataset}") is None:
            hint = "Name one of the datasets of the same manifest."
            found.append(
                Error(f"[ebox_deaths] of {agency_id}: no dataset {keys.dataset}.", hint=hint, id="portal.E067")
            )
    return found
