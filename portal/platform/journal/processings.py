"""All that this portal does with personal data, as each room declares it; the privacy policy is made of it."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext_noop as _

from portal.platform.feature import installed

from .types import Processing

STILL_KEPT = _("Wij bewaren dit nog. Het onderdeel waarvoor het was, staat nu uit.")


@cache
def declarations() -> Sequence[Processing]:
    """List the processings of features, in the order in which people see them, and then those of the platform.

    Of a feature that this portal leaves out there is what it keeps: its tables have their rows still.
    """
    of_features = [feature.processings for feature in installed.features() if feature.processings]
    modules = [import_module(name) for name in (*of_features, *settings.PROCESSINGS)]
    left_out = installed.absent_ids()
    absent = [one.processings for one in installed.with_tables() if one.id in left_out and one.processings]
    return (
        *(processing for module in modules for processing in module.processings()),
        *(processing for name in absent for processing in _still_kept(import_module(name))),
    )


def _still_kept(module: Any) -> Sequence[Processing]:
    """List what a feature that is left out keeps: nothing else is done with it."""
    # What it reads of manifests cannot be asked for.
    listed: Sequence[Processing] = getattr(module, "kept", module.processings)()
    return [
        msgspec.structs.replace(
            one,
            activities=tuple(msgspec.structs.replace(each, purpose=STILL_KEPT) for each in one.activities[:1]),
            purpose=STILL_KEPT,
        )
        for one in listed
        if one.tables
    ]
