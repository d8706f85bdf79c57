"""How tests give somebody an address, and link their eBox."""

from uuid import UUID

from portal.features.mailbox import actions
from portal.features.notifications.tests.mailing import gives as gives
from portal.features.notifications.tests.mailing import occasion as occasion
from portal.features.profile.tests import reads

LIES = "84651421235"
CITIZENS_TABLES = (
    "mailbox_link",
    "mailbox_untold",
    "mailbox_reminder",
    "mailbox_box",
    "mailbox_event",
    "mailbox_cursor",
    "mailbox_paid",
    "mailbox_arranged",
    "mailbox_folder",
    "mailbox_archive",
    "mailbox_copy",
    "notifications_preferences",
    "profile_kept",
    "profile_email",
    "profile_proposal",
    "profile_code_sent",
)


async def links(citizen_id: UUID, number: str = LIES) -> None:
    """Link somebody's eBox, with an address of theirs."""
    emails = await reads.verified_emails_of(citizen_id)
    email_id = emails[0].id if emails else await gives(citizen_id)
    await actions.link(occasion(citizen_id), email_id, number)
