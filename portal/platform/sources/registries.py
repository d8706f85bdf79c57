"""The questions to a Message Registry (a provider of the eBox) and its answers, shared by transport and readers.

A provider is known at run time only, by the list of the eBox's federation, so no manifest says how it is asked:
`Registry` stands where `manifest.Magda` or `manifest.Rest` stands for other sources.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from portal.platform.kit.unprinted import Unprinted

# An inquiry has one of these among its `values`, by which its transport knows what to ask.
LIST = "list"  # a ListQuery, as JSON
BELOW = "below"  # a path below the registry's address, percent-quoted: ebox/messages/ID/body
EACH = "each"  # several such paths, as a JSON list: each is asked for by itself

MOST_WANTED = 500  # messages of one list
MOST_EACH = 25  # paths of one inquiry


class Registry(msgspec.Struct, frozen=True):
    """A Message Registry, or the federation's register of consents, which is asked in the same way.

    address: https, without a slash at its end. version: of its API, "" where there is none or it is not known.
    audience: the name by which it knows that a token is for it. deadline_s: seconds for one inquiry, such as a list
    with all its pages.
    """

    transport: ClassVar[str] = "registry"

    address: str
    version: str
    audience: str
    deadline_s: float = 4.0

    @property
    def service(self) -> str:
        """Name the service, as the journal's activities list it."""
        return "MessageRegistry"


class ListQuery(Unprinted, frozen=True):
    """Which messages of somebody's eBox are wanted of a registry, newest first. Never printed.

    wanted: how many at least, where there are so many. is_ordered: the registry promises its messages newest first.
    filters: parameters of the API by their names, with their values as it writes them (`visible`: "true"); those that
    a message itself answers are checked again. past, past_id: only what comes after a message in the list: what was
    received before `past` (UTC), and of that same moment what has a greater id; None: nothing of that moment.
    """

    wanted: int = 25
    filters: Mapping[str, str] = {}
    is_ordered: bool = False
    past: datetime | None = None
    past_id: str | None = None


class GatheredMessages(Unprinted, frozen=True):
    """The messages that one registry gave of a list, newest first and each once. Never printed.

    items: each as the registry wrote it; its `messageId` is a text of 1 to 300 characters, and its `receiptDate` a
    moment. left_out: what could not be used, in words of ours. has_more: there are older messages that were not
    given. is_cut: messages that may be among the newest were not read. total, unread: numbers of messages in the
    whole eBox, None where the registry did not say.
    """

    items: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...] = ()
    has_more: bool = False
    is_cut: bool = False
    total: int | None = None
    unread: int | None = None


class GatheredItems(Unprinted, frozen=True):
    """The answers to several single questions (EACH), by their places in the inquiry. Never printed.

    items: what stands there, as the registry wrote it. absent: the places of which the registry says that nothing
    stands there, while it knows the box. Of all others there is no answer.
    """

    items: dict[int, dict[str, Any]]
    absent: tuple[int, ...] = ()
