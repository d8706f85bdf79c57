"""The data controller, who decides about the portal: read from the settings, and checked."""

import re
from collections.abc import Iterator

from django.conf import settings

from portal.platform.mail import addresses

from .types import DataController

_KBO = re.compile(r"([01][0-9]{3})\.?([0-9]{3})\.?([0-9]{3})")


def configured_controller() -> DataController:
    """Give the data controller as the settings name it."""
    return DataController(
        settings.CONTROLLER_NAME,
        settings.CONTROLLER_ADDRESS,
        settings.CONTROLLER_KBO,
        settings.CONTROLLER_PHONE,
        settings.CONTROLLER_EMAIL,
        settings.DPO_EMAIL,
        settings.CHARTER_URL,
    )


def faults() -> Iterator[tuple[str, str]]:
    """List settings that are missing or cannot be right: the name of the setting, and what is wrong with it."""
    values = {
        "CONTROLLER_NAME": settings.CONTROLLER_NAME,
        "CONTROLLER_ADDRESS": settings.CONTROLLER_ADDRESS,
        "CONTROLLER_KBO": settings.CONTROLLER_KBO,
        "CONTROLLER_PHONE": settings.CONTROLLER_PHONE,
        "CONTROLLER_EMAIL": settings.CONTROLLER_EMAIL,
        "DPO_EMAIL": settings.DPO_EMAIL,
        "CHARTER_URL": settings.CHARTER_URL,
    }
    for name, value in values.items():
        if not value:
            yield name, f"{name} is not set, and the policy has to say it."
        elif name.endswith("_EMAIL") and not addresses.is_usable(value):
            yield name, f"{name} is no address that mail can go to."
    if settings.CONTROLLER_KBO and not is_enterprise_number(settings.CONTROLLER_KBO):
        yield "CONTROLLER_KBO", "CONTROLLER_KBO is no enterprise number: write it as 0316.380.841."


def is_enterprise_number(text: str) -> bool:
    """Tell whether a text is a number of the Crossroads Bank for Enterprises: ten digits, two of them a check."""
    match = _KBO.fullmatch(text)
    if match is None:
        return False
    number = int("".join(match.groups()))
    return number % 100 == 97 - number // 100 % 97
