"""The mailbox in the register of processing activities: its questions to other bodies, and its own tables."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Processing

from . import section
from .journalling import (
    ARCHIVE_ACTIVITY,
    ARRANGED_ACTIVITY,
    DEATH_ACTIVITY,
    EVENTS_ACTIVITY,
    LINK_ACTIVITY,
    PAID_ACTIVITY,
    REMINDER_ACTIVITY,
)
from .registry import inquiries
from .types import DEATHS

FUNCTION = _("eBox")


def processings() -> Sequence[Processing]:
    """List the processings of the mailbox. Questions to bodies that are not connected are left out."""
    return (*_questions(), *kept())


def kept() -> Sequence[Processing]:
    """List those that keep something, without a look at manifests."""
    return (
        Processing(
            function=FUNCTION,
            activities=(LINK_ACTIVITY, DEATH_ACTIVITY),
            is_controller=True,
            tables=("mailbox_link", "mailbox_box", "mailbox_untold", "mailbox_farewell"),
        ),
        Processing(function=FUNCTION, activities=(EVENTS_ACTIVITY,), is_controller=True, tables=("mailbox_event",)),
        Processing(function=FUNCTION, activities=(PAID_ACTIVITY,), is_controller=True, tables=("mailbox_paid",)),
        Processing(
            function=FUNCTION,
            activities=(ARRANGED_ACTIVITY,),
            is_controller=True,
            tables=("mailbox_arranged", "mailbox_folder"),
        ),
        Processing(
            function=FUNCTION,
            activities=(ARCHIVE_ACTIVITY,),
            is_controller=True,
            tables=("mailbox_archive", "mailbox_copy", "mailbox_copy_part"),
        ),
        Processing(
            function=FUNCTION, activities=(REMINDER_ACTIVITY,), is_controller=True, tables=("mailbox_reminder",)
        ),
    )


def _questions() -> Iterator[Processing]:
    if section.federation():
        yield Processing(function=FUNCTION, activities=tuple(inquiries.activities()), is_controller=True)
    if register := section.register_of_deaths():
        yield Processing(function=FUNCTION, activities=(register[0].activity(DEATHS),))
