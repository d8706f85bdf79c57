"""Django's system checks of the policy: a portal whose policy is incomplete or unreadable does not start."""

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
    """Report which settings about the data controller are missing or wrong: the law wants them in the policy."""
    hint = "docs/operations.md, Privacy, tells what the policy takes from the settings."
    # A feature that is left out needs no settings.
    return [Error(fault, hint=hint, id="portal.E064") for _, fault in data_controller.faults()]


def policy_can_be_read(**_: Any) -> list[CheckMessage]:
    """Report the first version of the policy that cannot be used; if all can, every link that leads nowhere."""
    hint = "Correct the file; a version that was published is never changed, but followed by another."
    try:
        versions = [version for language in offer.names() for version in reading.read(reading.folder(), language)]
        lost = sorted(
            {f"{version.number}.toml leads to {target!r}" for version in versions for target in _dead_links(version)}
        )
    except PortalError as error:
        return [Error(str(error), hint=hint, id="portal.E065")]
    return [Error(f"{link}, which is no page here.", hint=hint, id="portal.E065") for link in lost]


def _dead_links(version: PolicyVersion) -> Iterator[str]:
    """List the targets of a version that are no entry of the help (`hulp:`) or no page (`plaats:`) of this portal."""
    slugs = entries.whole_help().entries
    for target in (target for section in version.sections for target in reading.targets(section)):
        if target.startswith("hulp:") and target.removeprefix("hulp:").partition("#")[0] not in slugs:
            yield target
        if target.startswith("plaats:"):
            try:
                marks.address(target)
            except NoReverseMatch:
                yield target
