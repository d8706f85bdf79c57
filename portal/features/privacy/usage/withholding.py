"""Which use of data by others is not shown yet, as the manifests of the bodies that it is about say."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from portal.platform.journal.searching import Withheld
from portal.platform.journal.types import Activity
from portal.platform.sources import catalogue

from . import section

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def is_any() -> bool:
    """Tell whether any body withholds anything, so that people can be told that there is such a thing."""
    return any(section.of(entry) for entry in catalogue.installed().entries)


def withheld(register: Mapping[bytes, Activity], now: datetime) -> Withheld:
    """Say from when on use is withheld, for each activity of the register that it holds for."""
    rules = {entry.name: rule for entry in catalogue.installed().entries if (rule := section.of(entry))}
    return {
        known: ALWAYS if rule.for_ever else now - timedelta(days=rule.days)
        for known, activity in register.items()
        if (rule := rules.get(activity.name))
    }
