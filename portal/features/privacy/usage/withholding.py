"""Which use of data by others is not shown yet, as the manifests of the bodies whose data it is say."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from portal.platform.journal.searching import Withheld
from portal.platform.journal.types import Activity
from portal.platform.sources import catalogue

from . import section

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def is_any() -> bool:
    """Tell whether any body withholds anything: only then the page explains that some use is not shown."""
    return any(section.of(entry) for entry in catalogue.installed().entries)


def withheld_activities(register: Mapping[bytes, Activity], now: datetime) -> Withheld:
    """Give since when (UTC) use by others is withheld, by the ids of those activities of the register."""
    rules = {entry.name: rule for entry in catalogue.installed().entries if (rule := section.of(entry))}
    return {
        activity_id: ALWAYS if rule.for_ever else now - timedelta(days=rule.days)
        for activity_id, activity in register.items()
        if (rule := rules.get(activity.name))
    }
