"""System checks of MUNICIPALITIES_FILE: each wrong line is an error, all missing municipalities are one warning."""

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Error, register

from portal.platform.municipalities import contacts, known

MOST_WRONG_LINES = 20  # of the file that are reported at once


@register
def municipalities_can_be_reached(**_: Any) -> list[CheckMessage]:
    """Report wrong lines about municipalities, which would send people to a desk that is not theirs.

    A file that cannot be read at all is one error.
    """
    try:
        contacts.installed()
    except contacts.ContactsError as error:
        hint = "Correct MUNICIPALITIES_FILE; docs/operations.md, under Municipalities, says what it may hold."
        return [Error(wrong, hint=hint, id="portal.E034") for wrong in error.wrong[:MOST_WRONG_LINES]]
    return []


@register(deploy=True)
def municipalities_are_all_there(**_: Any) -> list[CheckMessage]:
    """Warn of municipalities that the file has no line for: of all of them where the setting names no file."""
    try:
        lacking = contacts.list_missing(contacts.installed())
    except contacts.ContactsError:
        return []
    if not lacking:
        return []
    flemish = sum(known.region_of(municipality.code) is known.Region.FLANDERS for municipality in lacking)
    first = ", ".join(f"{municipality.name} ({municipality.code})" for municipality in lacking[:5])
    return [
        checks.Warning(
            f"MUNICIPALITIES_FILE says of {len(lacking)} municipalities, {flemish} of them Flemish, not how their "
            f"population desk is reached: {first}{' and more' if len(lacking) > 5 else ''}.",
            hint="People from there are told the name of their municipality, and in Flanders to call 1700. "
            "Add a line for each.",
            id="portal.W021",
        )
    ]
