"""Citizens who want mails about notices, for benchmarks: they choose as their form does."""

from uuid import UUID

from portal.features.notifications import preference_actions, preference_rules
from portal.platform.journal.types import Occasion


async def wish(occasion: Occasion, email_id: UUID) -> None:
    """Choose mails about all services, at once, to one address."""
    preferences = preference_rules.for_all(email_id, preference_rules.Pace.AT_ONCE)
    await preference_actions.choose(occasion, preferences)
