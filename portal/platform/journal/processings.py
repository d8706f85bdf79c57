"""All that this portal does with personal data, as each room declares it; the privacy policy is made of it."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module

from django.conf import settings

from portal.platform.feature import installed

from .types import Processing


@cache
def declarations() -> Sequence[Processing]:
    """List the processings of features, in the order in which people see them, and then those of the platform."""
    of_features = [feature.processings for feature in installed.features() if feature.processings]
    modules = [import_module(name) for name in (*of_features, *settings.PROCESSINGS)]
    return tuple(processing for module in modules for processing in module.processings())
