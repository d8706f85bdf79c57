"""Read the tables `[mailbox]` and `[ebox_deaths]` of a body's `agency.toml`.

The first says where the federation of the eBox is reached and on which legal basis; the second which register knows
who died.
"""

from functools import cache
from typing import Annotated, Literal

import msgspec

from portal.platform.language.translations import Text
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Agency, DatasetEntry
from portal.platform.sources.sections import Keys, PublicList, Section

from .types import EVENTS, FAMILY

PROVIDERS = "providers"  # the id of the list of providers among the lists of its body

NonEmptyText = Annotated[Text, msgspec.Meta(min_length=1)]


class Mailbox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[mailbox]`, in the manifest of the one body that lists the providers of messages (the federation).

    source: source name of that list; each provider is a source of its own. path: of the federation, below REST_URL.
    audience: prefix of the audience of source tokens; `:` and the id of a provider come behind it. consents: path of
    the register of consents, below `path`; "" where the federation has none. title, legal_basis: how the register of
    processing activities describes asking providers. assurance: how surely a citizen must be signed in before any
    provider is asked. deadline_s: seconds for one question to a provider. events: path
    of the event service, below REST_URL; "" where there is none, so nobody is notified of new documents.
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
    """The table `[ebox_deaths]`: a dataset of the body, and the key of the fact that says that somebody died.

    Whoever has a fact of that key died, whatever its value. So `fact` names one that the living do not have, such as
    the date of death.
    """

    dataset: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]*$")]
    fact: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]


class MailboxKeys(Keys, frozen=True):
    """The tables of the mailbox in the manifest of a body, both optional."""

    mailbox: Mailbox | None = None
    ebox_deaths: DeathKeys | None = None

    def lists(self) -> tuple[PublicList, ...]:
        """Declare the list of providers, and the event service, as lists that `sources` can ask for."""
        box = self.mailbox
        if box is None:
            return ()
        providers = PublicList(PROVIDERS, box.source, f"{box.path}/messageProviders")
        return (providers, PublicList(EVENTS, f"{FAMILY}{EVENTS}", box.events)) if box.events else (providers,)

    def families(self) -> tuple[str, ...]:
        """Declare the prefix of the source names of providers, which are known at run time only."""
        return (FAMILY,) if self.mailbox else ()


SECTION = Section("mailbox", MailboxKeys, level="body")


def dutch(agency: Agency) -> Mailbox | None:
    """Give the table `[mailbox]` of a body, its texts in Dutch; None where its manifest has none."""
    return _keys(agency).mailbox


def deaths(agency: Agency) -> DeathKeys | None:
    """Give the table `[ebox_deaths]` of a body; None where its manifest has none."""
    return _keys(agency).ebox_deaths


@cache
def register_of_deaths() -> tuple[DatasetEntry, str] | None:
    """Find the dataset that says who died, and the key of its fact; None where no connected body has one.

    `checks` refuses a table that names no dataset of its body, and a second one.
    """
    catalogued = catalogue.installed()
    for agency in catalogued.agencies:
        if keys := deaths(agency):
            entry = catalogued.entry(f"{agency.id}.{keys.dataset}")
            return (entry, keys.fact) if entry else None
    return None


@cache
def federation() -> Agency | None:
    """Find the body that lists the providers; None where no connected body does."""
    return next((agency for agency in catalogue.installed().agencies if dutch(agency)), None)


def _keys(agency: Agency) -> MailboxKeys:
    keys = agency.sections[SECTION]
    assert isinstance(keys, MailboxKeys)  # noqa: S101 - its own section
    return keys
