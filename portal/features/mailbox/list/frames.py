"""What every list of documents has around it: its views and folders, who is asked, what was done just before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.template.loader import get_template
from django.utils.translation import gettext_noop as _
from msgspec.structs import replace

from portal.platform.access import carried
from portal.platform.access.types import Session, SignedInRequest
from portal.platform.kit.folding import fold
from portal.platform.language.current import current

from .. import framing
from ..arranged import doing, folders
from ..arranged.arrangement import Folder
from ..letter.hiding_many import ManyHidden
from ..registry import providers, reference, wording
from ..registry.answers import ProviderAnswer
from ..types import ByLanguage, EboxProvider, MessageType, Sender
from . import choosing, seeking
from .seeking import SoughtMessages

SHEETS = (*framing.SHEETS, "mailbox/list.css")
PAGE = choosing.MOST  # messages on a page
MOST_CHOICES = 200  # senders, or kinds, to choose from; more are found by words
SEALED = b"what is sought in the mailbox"
SOUGHT = "lijst"  # names in an address what is sought, sealed
WITHOUT = "zonder"  # and whom the reader does not want to wait for
LIST = "#documenten"
NOTHING_CHOSEN = "niets-gekozen"
CHANGED = "gedaan"  # names in an address what came of hiding several, sealed
CHANGED_SEALED = b"what came of hiding several messages"
STANDS: Mapping[str, str] = {
    "": _("Alle documenten"),
    seeking.UNREAD: _("Ongelezen"),
    seeking.READ: _("Gelezen"),
    seeking.HIDDEN: _("Verborgen"),
}
# What a link leads to, in few words: on a phone they stand beside each other.
VIEWS = {
    "": _("Alle"),
    seeking.UNREAD: _("Ongelezen"),
    seeking.STARRED: _("Met ster"),
    seeking.HIDDEN: _("Verborgen"),
}

# An id, and what is called so: its name and the language of that.
type _Choice = tuple[str, tuple[str, str]]
_ordered: dict[tuple[str, str], tuple[object, Sequence[_Choice]]] = {}


def address_of(session: Session, sought: SoughtMessages, without: Iterable[str] = ()) -> str:
    """Write where the documents stand that somebody seeks; what people seek about themselves is sealed.

    without: ids of providers that are not to be asked.
    """
    said = [(WITHOUT, one) for one in without]
    if sought != SoughtMessages():
        said.append((SOUGHT, carried.seal(session, SEALED, sought)))
    return f"{framing.overview()}?{urlencode(said)}" if said else framing.overview()


def seal(session: Session, sought: SoughtMessages) -> str:
    """Write for a form what is sought; "" where that is everything."""
    return carried.seal(session, SEALED, sought) if sought != SoughtMessages() else ""


def sought_of(request: SignedInRequest) -> tuple[SoughtMessages, bool]:
    """Read from the address what is sought, and whether that was lost: it was sealed for another session."""
    sealed = request.GET.get(SOUGHT, "")
    opened = carried.unseal(SoughtMessages, request.session, SEALED, sealed) if sealed else None
    return opened or seeking.sought_in(request.GET), bool(sealed) and opened is None


def frame_of(
    request: SignedInRequest,
    sought: SoughtMessages,
    kept: Sequence[Folder],
    expected: Sequence[EboxProvider],
    without: Sequence[str],
) -> dict[str, Any]:
    """Give what a list shows before anybody has answered.

    kept: the citizen's folders. expected: who is asked, without: the ids of those the reader does not wait for.
    """
    session = request.session
    return {
        "title": framing.TITLE,
        "crumbs": (),
        "done": framing.receipt(request),
        "is_nothing_chosen": request.GET.get(framing.DONE) == NOTHING_CHOSEN,
        **_receipt(request),
        **doing.receipt_of(request, kept),
        "sought": sought,
        "expected": expected,
        "names": {one.id: wording.name_of_provider(one) for one in expected},
        "without": {one.id: address_of(session, sought, [*without, one.id]) for one in expected},
        "views": [(one, words, f"{framing.overview()}{one and f'?toon={one}'}") for one, words in VIEWS.items()],
        "folders": [(one.id, folders.title(one), _folder_address(session, one)) for one in kept],
        **({} if sought.is_arranged else _choices(sought)),
    }


def line_of(answer: ProviderAnswer, expected: Sequence[EboxProvider], *, is_left_out: bool = False) -> bytes:
    """Say what came of asking a provider. is_left_out: it was not asked, since the reader did not want to wait."""
    context = {
        "answer": answer,
        "named": wording.name_of_provider(answer.provider),
        "is_list": answer.provider is providers.FEDERATION,
        "is_left_out": is_left_out,
        "slot": f"van-{answer.provider.id}" if answer.provider in expected else "van",
    }
    rendered: str = get_template("mailbox/provider_line.html").render(context)
    return rendered.encode()


def form_of(session: Session, sought: SoughtMessages, kept: Sequence[Folder]) -> dict[str, Any]:
    """Give what the form needs with which something is done to several documents of a list."""
    return {
        "sought": sought,
        "session": session,
        "most": choosing.MOST,
        "kept": seal(session, sought),
        "folders": [(one.id, folders.title(one)) for one in kept],
    }


def _folder_address(session: Session, folder: Folder) -> str:
    return address_of(session, SoughtMessages(folder=folder.id))


def _receipt(request: SignedInRequest) -> Mapping[str, Any]:
    """Read from the address the outcome of hiding several documents, or of showing them again."""
    sealed = request.GET.get(CHANGED, "")
    found = carried.unseal(ManyHidden, request.session, CHANGED_SEALED, sealed) or ManyHidden()
    known = {one.id: wording.name_of_provider(one) for one in providers.at_hand(request.occasion.now)}
    return {
        "was_shown": found.is_shown,
        "changed": [(known.get(one.provider, (one.provider, "")), one) for one in found.at],
    }


def _choices(sought: SoughtMessages) -> dict[str, Any]:
    """Give what there is to choose from in the filter."""
    return {
        "stands": STANDS,
        "senders": by_name("senders", reference.senders(), lambda one: one.long_names),
        "kinds": by_name("kinds", reference.message_types(), lambda one: one.names),
        "soon_days": seeking.SOON_DAYS,
        "is_open": replace(sought.first, stand="") != SoughtMessages(),
    }


def by_name[T: (Sender, MessageType)](
    what: str, every: Sequence[T], names_of: Callable[[T], ByLanguage]
) -> Sequence[_Choice]:
    """Put choices in the order of their names, and leave out those without one.

    Thousands take a tenth of a second, and no page can begin before: each language's order is kept until others are
    known than `every`.
    """
    key = what, current()
    kept = _ordered.get(key)
    if kept is None or kept[0] is not every:
        named = [(one.id, name) for one in every if (name := wording.text_of(names_of(one)))[0]]
        named.sort(key=lambda one: (fold(one[1][0]), one[0]))
        kept = _ordered[key] = every, named[:MOST_CHOICES]
    return kept[1]
