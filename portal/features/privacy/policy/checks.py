"""What the policy needs, looked at when the portal starts: never on a page."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import NoReverseMatch

from portal.platform.help import entries, marks
from portal.platform.kit.errors import PortalError
from portal.platform.language import offer

from . import data_controller, reading
from .types import PolicyVersion


def data_controller_is_named(**_: Any) -> list[CheckMessage]:
    """Report what the settings do not say of who decides about this portal: the law wants it in the policy."""
    hint = "docs/operations.md, Privacy, tells what the policy takes from the settings."
    # A feature that is left out needs no settings.
    return [Error(what, hint=hint, id="portal.E064") for _, what in data_controller.wrong()]


def policy_can_be_read(**_: Any) -> list[CheckMessage]:
    """Report the first version of the policy that cannot be used, and every link in one that leads nowhere."""
    hint = "Correct the file; a version that was published is never changed, but followed by another."
    try:
        found = [one for language in offer.names() for one in reading.read(reading.folder(), language)]
        lost = sorted({f"{one.number}.toml leads to {target!r}" for one in found for target in _losses(one)})
    except PortalError as error:
        return [Error(str(error), hint=hint, id="portal.E065")]
    return [Error(f"{what}, which is no page here.", hint=hint, id="portal.E065") for what in lost]


def _losses(version: PolicyVersion) -> Iterator[str]:
    slugs = entries.whole_help().entries
    for target in (target for section in version.sections for target in reading.targets(section)):
        if target.startswith("hulp:") and target.removeprefix("hulp:").partition("#")[0] not in slugs:
            yield target
        if target.startswith("plaats:"):
            try:
                marks.address(target)
            except NoReverseMatch:
                yield target
