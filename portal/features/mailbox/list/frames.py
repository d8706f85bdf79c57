"""What all lists of documents share: addresses with a sealed search, the frame around them, lines of providers."""

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
MOST_CHOICES = 200  # senders, or kinds of letters, in a field of the filter
SEALED = b"what is sought in the mailbox"
SOUGHT = "lijst"  # query parameter with the sealed search
WITHOUT = "zonder"  # query parameter with the id of a provider that the reader does not want to wait for
LIST = "#documenten"
NOTHING_CHOSEN = "niets-gekozen"  # value of `framing.DONE`
CHANGED = "gedaan"  # query parameter with the sealed result of hiding several documents
CHANGED_SEALED = b"what came of hiding several messages"
STANDS: Mapping[str, str] = {
    "": _("Alle documenten"),
    seeking.UNREAD: _("Ongelezen"),
    seeking.READ: _("Gelezen"),
    seeking.HIDDEN: _("Verborgen"),
}
# The labels of the links above the list; short, since on a phone they stand beside each other.
VIEWS = {
    "": _("Alle"),
    seeking.UNREAD: _("Ongelezen"),
    seeking.STARRED: _("Met ster"),
    seeking.HIDDEN: _("Verborgen"),
}

# An option of the filter: its id, and its name with the language of that.
type _Choice = tuple[str, tuple[str, str]]
# By what is listed and the language of the page: the tuple that was sorted, and the sorted options.
_ordered: dict[tuple[str, str], tuple[object, Sequence[_Choice]]] = {}


def address_of(session: Session, sought: SoughtMessages, without: Iterable[str] = ()) -> str:
    """Give the address of the list for a search. It is sealed, since what citizens look for tells about them.

    without: ids of providers that are not to be asked.
    """
    parameters = [(WITHOUT, one) for one in without]
    if sought != SoughtMessages():
        parameters.append((SOUGHT, carried.seal(session, SEALED, sought)))
    return f"{framing.overview()}?{urlencode(parameters)}" if parameters else framing.overview()


def seal(session: Session, sought: SoughtMessages) -> str:
    """Seal a search for a form; "" for one without conditions."""
    return carried.seal(session, SEALED, sought) if sought != SoughtMessages() else ""


def sought_of(request: SignedInRequest) -> tuple[SoughtMessages, bool]:
    """Read the search from the address, and whether one was lost: it was sealed for another session."""
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
    """Give the context of the frame, which is sent before any provider has answered.

    kept: the citizen's folders. expected: providers of the list. without: ids of those that the reader does not want
    to wait for.
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
    """Render the line about a provider's answer. is_left_out: the reader did not want to wait for it.

    A provider of `expected` has a slot of its own in the frame; any other, such as the federation, goes in the last.
    """
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
    """Give the context of the form for actions on several documents of a list."""
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
    """Give the context for the result of hiding several documents, or showing them again, from the address."""
    sealed = request.GET.get(CHANGED, "")
    found = carried.unseal(ManyHidden, request.session, CHANGED_SEALED, sealed) or ManyHidden()
    known = {one.id: wording.name_of_provider(one) for one in providers.at_hand(request.occasion.now)}
    return {
        "was_shown": found.is_shown,
        "changed": [(known.get(one.provider, (one.provider, "")), one) for one in found.results],
    }


def _choices(sought: SoughtMessages) -> dict[str, Any]:
    """Give the context for the options of the filter."""
    return {
        "stands": STANDS,
        "senders": by_name("senders", reference.senders(), lambda one: one.long_names),
        "kinds": by_name("kinds", reference.message_types(), lambda one: one.names),
        "soon_days": seeking.SOON_DAYS,
        "is_open": replace(sought.first, stand="") != SoughtMessages(),
    }


def by_name[T: (Sender, MessageType)](
    listed: str, every: Sequence[T], names_of: Callable[[T], ByLanguage]
) -> Sequence[_Choice]:
    """Sort options by name, without those that have none, and cut them. listed: "senders" or "kinds".

    To sort thousands takes a tenth of a second, in which no page can be served. So the result is kept for each
    language, until another tuple than `every` is given.
    """
    key = listed, current()
    kept = _ordered.get(key)
    if kept is None or kept[0] is not every:
        named = [(one.id, name) for one in every if (name := wording.text_of(names_of(one)))[0]]
        named.sort(key=lambda one: (fold(one[1][0]), one[0]))
        kept = _ordered[key] = every, named[:MOST_CHOICES]
    return kept[1]
