"""The services that a citizen can choose mails about: those of all manifests, and the eBox as one of them.

The list is the same for all citizens, whether they have a dossier of a service or not.
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
    """A service that can be chosen.

    key: in preferences; name, body: in the current language; body: "" for the eBox.
    """

    key: str
    name: str
    body: str


def list_services() -> Sequence[ServiceName]:
    """List the services by body and name, in the current language; the eBox is the last."""
    found = [
        ServiceName(service_key(agency.id, product), service.name, agency.words.name)
        for agency in catalogue.installed().agencies
        for product, service in section.of(agency).services.items()
    ]
    ordered = sorted(found, key=lambda service: (fold(service.body), fold(service.name), service.key))
    return [*ordered, ServiceName(EBOX, gettext(EBOX_NAME), "")]
