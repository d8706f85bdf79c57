"""What the mailbox reads of a body's `agency.toml`: where the federation of the eBox stands, and on which ground."""

from functools import cache
from typing import Annotated, Literal

import msgspec

from portal.platform.language.translations import Text
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Agency, DatasetEntry
from portal.platform.sources.sections import Keys, Lists, Section

from .types import EVENTS, FAMILY

PROVIDERS = "providers"  # the name of the federation's list within the body

NonEmptyText = Annotated[Text, msgspec.Meta(min_length=1)]


class Mailbox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[mailbox]`: one body's manifest has it, which lists the providers of messages.

    source is the name of the list's switch; each provider has one of its own, by what the list calls it. path: where
    the federation stands, below REST_URL. audience: with `:` and its name behind it, by which a provider knows that a
    token is for it. consents: what stands below path and tells in which applications somebody's eBox is linked;
    "" where the federation does not tell. title and legal_basis are what the journal's register says of asking
    providers. deadline_s: for a list of messages, or one of them. events: where the event service stands, below
    REST_URL; "" where nobody is told of documents while they are away.
    """

    source: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    path: Annotated[str, msgspec.Meta(pattern=r"^(/[A-Za-z0-9_.-]+)+$")]
    audience: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,100}$")]
    title: NonEmptyText
    legal_basis: NonEmptyText
    consents: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z][A-Za-z0-9_-]{0,99})?$")] = ""
    deadline_s: Annotated[float, msgspec.Meta(gt=0, le=5)] = 4.0
    assurance: Literal["low", "substantial", "high"] = "substantial"
    events: Annotated[str, msgspec.Meta(pattern=r"^((/[A-Za-z0-9_.-]+)+)?$")] = ""


class DeathKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[ebox_deaths]`: by which fact of which of its datasets a body says that somebody died."""

    dataset: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]*$")]
    fact: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]


class MailboxKeys(Keys, frozen=True):
    """The tables of a body: `[mailbox]` of who lists the providers, `[ebox_deaths]` of who knows who died."""

    mailbox: Mailbox | None = None
    ebox_deaths: DeathKeys | None = None

    def lists(self) -> tuple[Lists, ...]:
        """Give the federation's list of providers, and the event service."""
        box = self.mailbox
        if box is None:
            return ()
        providers = Lists(PROVIDERS, box.source, f"{box.path}/messageProviders")
        return (providers, Lists(EVENTS, f"{FAMILY}{EVENTS}", box.events)) if box.events else (providers,)

    def families(self) -> tuple[str, ...]:
        """Give the beginning of the names of providers' sources."""
        return (FAMILY,) if self.mailbox else ()


SECTION = Section("mailbox", MailboxKeys, level="body")


def dutch(agency: Agency) -> Mailbox | None:
    """Give what a body's manifest says of the mailbox, in Dutch; None where it says nothing."""
    keys = agency.sections[SECTION]
    assert isinstance(keys, MailboxKeys)  # noqa: S101 - its own section
    return keys.mailbox


@cache
def register_of_deaths() -> tuple[DatasetEntry, str] | None:
    """Find the dataset that says who died, and by which fact; None where no body that does is connected."""
    catalogued = catalogue.installed()
    for agency in catalogued.agencies:
        keys = agency.sections[SECTION]
        assert isinstance(keys, MailboxKeys)  # noqa: S101 - its own section
        if keys.ebox_deaths is not None:
            entry = catalogued.entry(f"{agency.id}.{keys.ebox_deaths.dataset}")
            return (entry, keys.ebox_deaths.fact) if entry else None
    return None


@cache
def federation() -> Agency | None:
    """Find the body that lists the providers; None where this portal is connected to none."""
    return next((agency for agency in catalogue.installed().agencies if dutch(agency)), None)
