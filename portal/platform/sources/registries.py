"""What is asked of a Message Registry (a provider of the eBox), and what it gives: between its transport and readers.

A provider is known at run time only, by the federation's list: its table stands in no manifest.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from portal.platform.kit.unprinted import Unprinted

# The values of an inquiry: one of these says what is asked.
LIST = "list"  # a ListQuery, as JSON
BELOW = "below"  # what stands below the registry's address, percent-quoted: ebox/messages/ID/body
EACH = "each"  # several of those, as a JSON list: each is asked for by itself

MOST_WANTED = 500  # messages of one list
MOST_EACH = 25  # that one question asks for by themselves


class Registry(msgspec.Struct, frozen=True):
    """A Message Registry: where it stands, and how it is asked.

    address: https, without a slash at its end. version: of its API. audience: the name by which it knows that a token
    is for it. deadline_s: seconds for a list with all its pages.
    """

    transport: ClassVar[str] = "registry"

    address: str
    version: str
    audience: str
    deadline_s: float = 4.0

    @property
    def service(self) -> str:
        """Name the service as lists do."""
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
    """What one registry gave of a list, newest first and each once. Never printed.

    items: each as the registry wrote it; its `messageId` is a text of 1 to 300 characters, and its `receiptDate` a
    moment. left_out: what makes no sense, in words of ours. has_more: there are older ones that were not given.
    is_cut: some that may be among the newest were not read. total, unread: of the whole eBox, None where it did not
    say.
    """

    items: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...] = ()
    has_more: bool = False
    is_cut: bool = False
    total: int | None = None
    unread: int | None = None


class GatheredItems(Unprinted, frozen=True):
    """What came of asking for several things by themselves, by their places in the question. Never printed.

    came: what stands there, as the registry wrote it. absent: those of which it says that they are not there, while
    it knows the box. All others could not be asked.
    """

    came: dict[int, dict[str, Any]]
    absent: tuple[int, ...] = ()
