"""Read the federation's list of providers.

Total: whatever the bytes, nothing is raised. An address is used only if it is https and plain enough that every
reader sees the same host in it; a provider without such an address is listed, and cannot be asked.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from portal.platform.language.dates import day_here
from portal.platform.sources.reading import dates, moments

from ..types import EVENTS, FEDERATION, EboxProvider, PlannedMaintenance
from . import members, outside_text

MOST = 30  # providers; the federation has about ten
MOST_NAME = 100  # characters
MOST_ADDRESS = 300
MOST_INTERVALS = 20  # of announced maintenance of one provider
RESERVED_IDS = (FEDERATION, EVENTS)  # source names of the federation's own services
NEVER = date.max  # how a day that stands for "never" is kept

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_ADDRESS = re.compile(
    r"https://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*"
)
_VERSION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}")


class ProviderLine(NamedTuple):
    """A provider in the list. begins, ends: first day on which it is active, first day on which it no longer is.

    Days are those of Belgium; None where the list gives none, NEVER where it says "never".
    """

    provider: EboxProvider
    begins: date | None
    ends: date | None


class ProviderList(NamedTuple):
    """The federation's list as far as it could be read.

    Two lines with the same id, or the same address, are never active on the same day. left_out: what could not be
    read, so that the list may not be whole. unread: what else could not be, of providers that are asked all the same.
    Both are in fixed words without values.
    """

    lines: tuple[ProviderLine, ...]
    left_out: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def active(self, now: datetime) -> tuple[EboxProvider, ...]:
        """List the providers that are active today, by the day in Belgium."""
        today = day_here(now)
        return tuple(
            line.provider
            for line in self.lines
            if (line.begins is None or line.begins <= today) and (line.ends is None or today < line.ends)
        )


def read(data: bytes) -> ProviderList | str:
    """Read the list; for anything else, return a reason in a word or two."""
    listed = members.read_list(data)
    if isinstance(listed, str):
        return listed
    content, total = listed
    lines: list[ProviderLine] = []
    left_out = ["more providers than can be asked"] if len(content) > MOST else []
    unread: list[str] = []
    if type(total) is int and total > len(content):
        left_out.append("totalItems")
    for written in content[:MOST]:
        line = _line(written, left_out, unread)
        if line is None:
            continue
        if any(_is_twice(known, line) for known in lines):
            left_out.append("a provider twice")
            continue
        lines.append(line)
    return ProviderList(tuple(lines), tuple(dict.fromkeys(left_out)), tuple(dict.fromkeys(unread)))


def _is_twice(one: ProviderLine, other: ProviderLine) -> bool:
    """Tell whether two lines are of the same provider, and active on the same day: a successor never is."""
    begins, ends = max(one.begins or date.min, other.begins or date.min), min(one.ends or NEVER, other.ends or NEVER)
    # Source names are case-sensitive, but two providers must differ by more than case.
    is_one = one.provider.id.lower() == other.provider.id.lower()
    return begins < ends and (is_one or one.provider.address == other.provider.address != "")


def _line(written: Any, left_out: list[str], unread: list[str]) -> ProviderLine | None:
    if not isinstance(written, dict):
        left_out.append("object")
        return None
    id_ = written.get("messageProviderId")
    if not isinstance(id_, str) or not _ID.fullmatch(id_) or id_.lower() in RESERVED_IDS:
        left_out.append("messageProviderId")
        return None
    address = _address(written.get("messageProviderUrl"))
    if not address:
        left_out.append("messageProviderUrl")
    provider = EboxProvider(
        id_,
        outside_text.by_language(written.get("messageProviderName"), MOST_NAME),
        address,
        _version(written.get("apiSupportedVersion")),
        tuple(_maintenance(written.get("messageProviderPlannedMaintenance"), unread)),
    )
    begins, ends = (_day(written, f"messageProvider{name}Date", left_out) for name in ("Activation", "Deactivation"))
    return ProviderLine(provider, begins, ends)


def _address(written: Any) -> str:
    """Give an address without a slash at its end, host in lower case; "" for one that is not plain https."""
    if not isinstance(written, str) or len(written) > MOST_ADDRESS:
        return ""
    origin, slash, path = written.strip().rstrip("/").removeprefix("https://").partition("/")
    plain = f"https://{origin.lower()}{slash}{path}" if written.strip().startswith("https://") else ""
    if not _ADDRESS.fullmatch(plain):
        return ""
    port = re.match(r"https://[^/:]*:([0-9]+)", plain)
    return "" if port and int(port[1]) > 65535 else plain


def _version(written: Any) -> str:
    text = str(written) if type(written) in (int, float) else written
    return text if isinstance(text, str) and len(text) <= 20 and _VERSION.fullmatch(text) else ""


def _day(written: dict[str, Any], name: str, left_out: list[str]) -> date | None:
    """Read a day, NEVER for one that stands for "never".

    One that cannot be read counts as none: a provider that is asked too early or late says so itself.
    """
    value = written.get(name)
    if value is None or value == "":
        return None
    found = dates.read(value) if isinstance(value, str) else None
    if found is None:
        left_out.append(name)
        return None
    return NEVER if dates.is_never(found) else found.earliest()


def _maintenance(written: Any, unread: list[str]) -> Iterator[PlannedMaintenance]:
    """Read the intervals of announced maintenance that make sense.

    The others are noted as unread: the provider is asked all the same, so citizens miss nothing.
    """
    if written is None:
        return
    intervals = written if isinstance(written, list) else [written]
    if len(intervals) > MOST_INTERVALS:
        unread.append("messageProviderPlannedMaintenance")
    for one in intervals[:MOST_INTERVALS]:
        begin, until = (
            moments.read(value) if isinstance(one, dict) and isinstance(value := one.get(name), str) else None
            for name in ("startDate", "endDate")
        )
        if begin is None or until is None or until <= begin:
            unread.append("messageProviderPlannedMaintenance")
        else:
            yield PlannedMaintenance(begin, until)
