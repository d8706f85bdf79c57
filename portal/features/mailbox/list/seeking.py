"""The search of the list: what somebody looks for, by their form, and the question to providers. No I/O."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from portal.platform.kit import typed_text
from portal.platform.kit.folding import fold, have_words
from portal.platform.kit.unprinted import Unprinted
from portal.platform.language.current import current
from portal.platform.language.dates import day_here
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready

from ..registry.outside_text import LANGUAGES
from ..types import EboxMessage, MessagePage, MessageQuery
from .merging import PlaceInList, order_of, place_of

LONGEST_TEXT = 100  # characters of the words looked for
LONGEST_ID = 200  # characters of a sender's number, or of the id of a message type
MANY_FILES = 50  # on a page; to search the names and titles of more, in every language, can take over 20 ms
SOON_DAYS = 30  # A message that expires within so many days is about to expire.

UNREAD, READ, HIDDEN = "ongelezen", "gelezen", "verborgen"
STANDS = (UNREAD, READ, HIDDEN)
STARRED = "ster"

# Gives the names of a message's sender and type; None where they are not known (`wording.names_around`).
type NamesOf = Callable[[EboxMessage], Iterable[str] | None]


class SoughtMessages(Unprinted, frozen=True, omit_defaults=True):
    """What somebody looks for in their eBox; "" or False sets no condition.

    stand: one of STANDS, or STARRED. folder: the id of a folder. sender: a KBO number. begin, end: the first and last
    day in Belgium (YYYY-MM-DD) on which it was received. past: only what comes after this place of the list.

    With STARRED or a folder (`is_arranged`) the list holds all documents with the star or in the folder, and of the
    other conditions only `past` counts then.
    """

    text: str = ""
    stand: str = ""
    sender: str = ""
    type_id: str = ""
    is_registered: bool = False
    is_expiring: bool = False
    begin: str = ""
    end: str = ""
    past: PlaceInList | None = None
    folder: UUID | None = None

    @property
    def is_arranged(self) -> bool:
        """Whether it looks for stars or a folder: the portal keeps those, and asks for their messages by id."""
        return self.stand == STARRED or self.folder is not None

    @property
    def has_conditions(self) -> bool:
        """Whether any condition is set."""
        return self.first != SoughtMessages()

    @property
    def first(self) -> "SoughtMessages":
        """The same search from the newest message on."""
        return msgspec.structs.replace(self, past=None)


def sought_in(given: Mapping[str, str]) -> SoughtMessages:
    """Read a search from a form or an address; a value that makes no sense sets no condition."""
    stand = given.get("toon", "")
    begin, end = typed_text.days(given.get("van", ""), given.get("tot", ""))
    return SoughtMessages(
        text=typed_text.beginning(given.get("zoek", ""), most=LONGEST_TEXT),
        stand=stand if stand in (*STANDS, STARRED) else "",
        sender=_id(given.get("verzender", "")),
        type_id=_id(given.get("soort", "")),
        is_registered=given.get("aangetekend") == "1",
        is_expiring=given.get("vervalt") == "1",
        begin=begin,
        end=end,
    )


def query_of(sought: SoughtMessages, today: date, wanted: int) -> MessageQuery:
    """Make the question to every provider. today: the day in Belgium; wanted: how many messages at most."""
    return MessageQuery(
        past=sought.past,
        wanted=wanted,
        is_read={UNREAD: False, READ: True}.get(sought.stand),
        is_visible=sought.stand != HIDDEN,
        is_registered=True if sought.is_registered else None,
        type_id=sought.type_id,
        sender=sought.sender,
        received_from=sought.begin,
        received_to=sought.end,
        expiring_to=(today + timedelta(days=SOON_DAYS)).isoformat() if sought.is_expiring else "",
        words=sought.text,
        language=current() if current() in LANGUAGES else "nl",
    )


def is_sought(message: EboxMessage, query: MessageQuery, names: Iterable[str] | None = ()) -> bool:
    """Tell whether a message fits a question, whatever its provider made of it. names: of its sender and its type.

    Every word must occur in its subject, the name or title of a file, or one of the names, in any language; case and
    accents do not count. Where the names are not known (None), its provider's own search is believed.

    A message counts as shown where its provider does not say whether it is hidden.
    """
    return (
        query.is_read in (None, message.is_read)
        and query.is_visible in (None, message.is_visible is not False)
        and query.is_registered in (None, message.is_registered)
        and query.type_id in ("", message.type_id)
        and query.sender in ("", message.sender)
        and _is_within(message.received_at, query.received_from, query.received_to)
        and _expires_by(message, query.expiring_to)
        and (names is None or _has(message, query.words, names))
    )


def fit_page(page: MessagePage, query: MessageQuery, names_of: NamesOf) -> MessagePage:
    """Leave out of a provider's page what does not fit; the page keeps the place from which the next one goes on.

    names_of: called only where words are looked for.
    """
    found = tuple(one for one in page.found if is_sought(one, query, names_of(one) if query.words else ()))
    if len(found) == len(page.found):
        return page
    reached = page.reached
    if reached is None and page.has_more and not page.is_cut:
        last = max(page.found, key=lambda one: order_of(place_of(one)))
        reached = last.received_at, last.id
    return msgspec.structs.replace(page, found=found, reached=reached)


def fit_outcome(outcome: Outcome[MessagePage], query: MessageQuery, names_of: NamesOf) -> Outcome[MessagePage]:
    """Leave out of an outcome what does not fit; see `fit_page`."""
    if isinstance(outcome, Ready | Partial):
        return msgspec.structs.replace(outcome, value=fit_page(outcome.value, query, names_of))
    return outcome


def is_long(outcome: Outcome[MessagePage], query: MessageQuery) -> bool:
    """Tell whether the search takes long: words are looked for in the names of very many files."""
    if not query.words or not isinstance(outcome, Ready | Partial):
        return False
    return sum(len(one.attachments) for one in outcome.value.found) > MANY_FILES


def day_of(moment: datetime) -> str:
    """Give the day in Belgium of a moment (YYYY-MM-DD)."""
    return day_here(moment).isoformat()


def _is_within(moment: datetime, begin: str, end: str) -> bool:
    if not begin and not end:
        return True
    day = day_of(moment)
    return (not begin or begin <= day) and (not end or day <= end)


def _expires_by(message: EboxMessage, day: str) -> bool:
    return not day or (message.expires_at is not None and day_of(message.expires_at) <= day)


def _has(message: EboxMessage, words: str, names: Iterable[str]) -> bool:
    wanted = fold(words).split()
    if not wanted:
        return True
    files = (text for one in message.attachments for text in (one.file_name, *one.titles.values()))
    return have_words((*message.subjects.values(), *names, *files), wanted)


def _id(text: str) -> str:
    """Read an id of the reference data; "" for what cannot be one."""
    return text if 0 < len(text) <= LONGEST_ID and text.isprintable() else ""
