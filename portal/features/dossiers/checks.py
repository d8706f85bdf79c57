"""What manifests of several bodies must agree on, checked at the start."""

from collections import defaultdict
from typing import Any

from django.core.checks import CheckMessage, Error

from portal.platform.kit.errors import PortalError
from portal.platform.kit.folding import fold
from portal.platform.sources import catalogue

from . import section


def sources_have_one_body(**_: Any) -> list[CheckMessage]:
    """Report a `Bron` that two bodies claim, and two bodies that both answer for all dossiers."""
    try:
        agencies = catalogue.installed().agencies
    except PortalError:
        return []  # The check of the manifests reports it.
    claims: dict[str, list[str]] = defaultdict(list)
    for agency in agencies:
        for source in section.of(agency).sources:
            claims[fold(source)].append(agency.id)
    errors: list[CheckMessage] = [
        Error(
            f"The dossiers of {source!r} are claimed by {', '.join(ids)}.",
            hint="Leave the source in [dossiers] of one of them.",
            id="portal.E060",
        )
        for source, ids in claims.items()
        if len(ids) > 1
    ]
    answering = [agency.id for agency in agencies if section.of(agency).question]
    if len(answering) > 1:
        message = f"{', '.join(answering)} all have [dossiers.question]."
        errors.append(Error(message, hint="Keep it in the manifest of one body.", id="portal.E060"))
    return errors
