"""The nouns of dossiers."""

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Purpose
from portal.platform.kit.unprinted import Unprinted

# Why it is asked, as the journal and its register say it.
LOOK = Purpose("look at own dossiers", _("U bekijkt hoever uw aanvragen staan."))


class Contact(msgspec.Struct, frozen=True, gc=False):
    """Who handles a dossier, and how they are reached; "" for what the body does not say."""

    name: str = ""
    service: str = ""
    phone: str = ""
    mobile: str = ""
    email: str = ""
    website: str = ""
    address: str = ""


class Change(Unprinted, frozen=True):
    """What a body said of a dossier at one moment (a DossierMutatie). Never printed.

    kind, phase, status: in the body's own codes, "" for none (`wording` says them); details: its own words for them.
    day:      when the status changed, `YYYY-MM-DD` with 00 for what is not known; time: HH:MM in Belgium, or "".
    needs_action: something is expected of the citizen; action: what, in the body's words, or "".
    due:      the day that it aims at for this step, as `day`, or ""; target: the same for the dossier.
    until:    when this ceased to hold, as the body says.
    products: numbers in the IPDC. link: where the body shows the dossier, as it wrote it.
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
    products: tuple[str, ...] = ()
    contact: Contact | None = None
    link: str = ""
    extra: str = ""


class Dossier(Unprinted, frozen=True):
    """One dossier: all that its body said of it, the newest first. Never printed.

    source: the `Bron` as the newest change writes it, "" where it names none. number: the body's own, or "".
    is_contested: of the newest moment the body said two things.
    """

    source: str
    number: str
    changes: tuple[Change, ...]
    is_contested: bool = False

    @property
    def newest(self) -> Change:
        """What holds now."""
        return self.changes[0]


class Seen(Unprinted, frozen=True):
    """What a citizen marked as seen: which dossier, called what, and of which day. Never printed."""

    source: str
    number: str
    name: str
    day: str


class Dossiers(Unprinted, frozen=True):
    """What an answer holds: the dossiers that the citizen may see, the one that changed last first.

    hidden: changes that were not for them. is_cut: a text was longer than what is kept, or there were more changes.
    withheld: the dossiers of which nothing is for them, each by its source in one spelling and its number.
    is_about_another: people are among the subjects, and the citizen is not: it answers another question.
    of_others: each `Bron` that gave a change of which people are subjects, and the citizen is not.
    """

    found: tuple[Dossier, ...]
    hidden: int = 0
    withheld: tuple[tuple[str, str], ...] = ()
    is_cut: bool = False
    is_about_another: bool = False
    of_others: tuple[str, ...] = ()
