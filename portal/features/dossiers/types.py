"""The types of dossiers: what an answer about them is read into."""

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Purpose
from portal.platform.kit.unprinted import Unprinted

# Why dossiers are asked, as the journal and its register say it.
LOOK = Purpose("look at own dossiers", _("U bekijkt hoever uw aanvragen staan."))


class Contact(msgspec.Struct, frozen=True, gc=False):
    """Who handles a dossier, and how to reach them; "" for what the body does not say."""

    name: str = ""
    service: str = ""
    phone: str = ""
    mobile: str = ""
    email: str = ""
    website: str = ""
    address: str = ""


class Change(Unprinted, frozen=True):
    """What a body said of a dossier at one moment (a DossierMutatie). Never printed.

    kind, phase, status: in the body's own codes, "" for none (`wording` has words for them).
    details:  the body's own words for the status.
    day:      when the status changed, `YYYY-MM-DD` with 00 for what is not known; time: HH:MM in Belgium, or "".
    needs_action: something is expected of the citizen; action: what, in the body's words, or "".
    due:      the day by which this step must be done, written as `day`, or "".
    target:   the day at which the body aims for the whole dossier, written as `day`, or "".
    until:    the last day on which this holds, written as `day`, or ""; until_time: HH:MM where it ends at a time of
              that day, "00:00" too, or "".
    products: numbers in the IPDC. link: where the body shows the dossier, as the body wrote it, so not checked yet.
    extra:    more, in the body's words.
    """

    name: str
    kind: str
    phase: str = ""
    status: str = ""
    details: tuple[str, ...] = ()
    day: str = ""
    time: str = ""
    needs_action: bool = False
    action: str = ""
    due: str = ""
    target: str = ""
    until: str = ""
    until_time: str = ""
    products: tuple[str, ...] = ()
    contact: Contact | None = None
    link: str = ""
    extra: str = ""


class Dossier(Unprinted, frozen=True):
    """One dossier, with its changes, the newest first; there is at least one. Never printed.

    source: the `Bron` as the newest change writes it, "" where it names none. number: the body's own, or "".
    is_contested: the body gave two different states for the newest moment.
    """

    source: str
    number: str
    changes: tuple[Change, ...]
    is_contested: bool = False

    @property
    def newest(self) -> Change:
        """The change that holds now."""
        return self.changes[0]


class Seen(Unprinted, frozen=True):
    """What is sealed in a mark: the dossier's source, number and name, and the day of its change. Never printed."""

    source: str
    number: str
    name: str
    day: str


class Dossiers(Unprinted, frozen=True):
    """What an answer holds: the dossiers that the citizen may see, the one that changed last first.

    hidden: how many changes the citizen may not see.
    withheld: the dossiers of which they may see nothing, each by its source in one spelling and its number.
    is_cut: a text was longer than what is kept, or there were more changes.
    is_about_another: people are named as subjects, but nowhere the citizen: it is an answer about somebody else.
    of_others: each `Bron` with a change that names people as subjects, but not the citizen.
    """

    found: tuple[Dossier, ...]
    hidden: int = 0
    withheld: tuple[tuple[str, str], ...] = ()
    is_cut: bool = False
    is_about_another: bool = False
    of_others: tuple[str, ...] = ()
