"""The services that a citizen can be mailed about: those that bodies notify of, and the eBox as one entry.

They come from the manifests: each stands there with or without a dossier, and a new one as soon as its body has it.
"""

from collections.abc import Sequence

import msgspec
from django.utils.translation import gettext

from portal.platform.kit.folding import fold
from portal.platform.sources import catalogue

from . import section
from .preference_rules import EBOX, service_key
from .wording import EBOX_NAME


class ServiceName(msgspec.Struct, frozen=True):
    """A service as people know it. body: the name of its body, "" for the eBox, which is of all of them."""

    key: str
    name: str
    body: str


def list_services() -> Sequence[ServiceName]:
    """List them by body and name, in the language that holds now; the eBox is the last."""
    found = [
        ServiceName(service_key(agency.id, product), service.name, agency.words.name)
        for agency in catalogue.installed().agencies
        for product, service in section.of(agency).services.items()
    ]
    ordered = sorted(found, key=lambda service: (fold(service.body), fold(service.name), service.key))
    return [*ordered, ServiceName(EBOX, gettext(EBOX_NAME), "")]
