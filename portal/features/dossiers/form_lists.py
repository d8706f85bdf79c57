"""The lists of forms that bodies serve, kept for a short time for all citizens alike; no page waits long for them.

Nothing of a list is anybody's: it is asked without naming a person, and every visitor sees the same.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from portal.platform.sources import catalogue, listing
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.reading.outcomes import Down, Late
from portal.platform.sources.sections import Lists
from portal.platform.ui.ways import OutsideLink

from . import forms, section

KEPT_SECONDS = 300.0  # for which a list is shown as it was read
FAILED_SECONDS = 15.0  # after a failure, before it is asked again
PAGE_SECONDS = 2.0  # for each page of a list
WAIT_SECONDS = 0.3  # that the page of applications waits for all of them

How = Literal["ready", "partial", "waiting", "late", "down", "unusable", "maintenance", "off"]

log = logging.getLogger("portal.dossiers")


@dataclass(frozen=True, slots=True)
class FormList:
    """What is known of a body's own forms. how: it was read. forms: by product. unknown: forms of which no service of
    the body has the product.
    """

    agency: Agency
    how: How
    forms: Mapping[str, OutsideLink] = field(default_factory=dict)
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class _KeptList:
    listed: FormList
    until: float


_kept: dict[str, _KeptList] = {}
_reading: dict[str, asyncio.Task[None]] = {}


async def all_lists() -> Mapping[str, FormList]:
    """Give each body's list as it is kept, read anew where that is too old; by the body's id."""
    serving = [agency for agency in catalogue.installed().agencies if section.dutch(agency).forms]
    now = time.monotonic()
    under_way = [_read_once(agency) for agency in serving if _is_old(agency, now)]
    if under_way:
        # The reading goes on when the page no longer waits for it, for whoever comes next.
        await asyncio.wait(under_way, timeout=WAIT_SECONDS)
    return {agency.id: _own_list(agency) for agency in serving}


def _is_old(agency: Agency, now: float) -> bool:
    kept = _kept.get(agency.id)
    return kept is None or now > kept.until


def _own_list(agency: Agency) -> FormList:
    kept = _kept.get(agency.id)
    return kept.listed if kept else FormList(agency, "waiting")


def _read_once(agency: Agency) -> asyncio.Task[None]:
    """Read a list, or wait for who is reading it."""
    task = _reading.get(agency.id)
    if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
        task = _reading[agency.id] = asyncio.create_task(_keep(agency))
    return task


async def _keep(agency: Agency) -> None:
    try:
        listed = await _read(agency)
    except Exception as error:
        # A fault of ours: the page goes on with the addresses of the manifest.
        log.error("forms of %s not read: %s", agency.id, type(error).__name__)
        listed = FormList(agency, "down")
    seconds = KEPT_SECONDS if listed.how in ("ready", "partial") else FAILED_SECONDS
    _kept[agency.id] = _KeptList(listed, time.monotonic() + seconds)


async def _read(agency: Agency) -> FormList:
    """Read every page of a list, one after another."""
    (listed,) = [one for one in agency.lists if one.id == section.FORMS]
    said = section.dutch(agency)
    assert said.forms is not None  # noqa: S101 - the bodies that are asked serve one
    found = forms.FormListContent(said.forms.origin)
    for number in range(forms.MOST_PAGES):
        query = {"limit": forms.SIZE, "offset": found.seen}
        came = await listing.page_of(agency, listed, query, seconds=PAGE_SECONDS)
        if not isinstance(came, bytes):
            return _failure(agency, listed, came)
        follows = found.take(came, found.seen)
        if follows is None:
            listing.count_unusable(agency, listed.id, ["page unusable"])
            return FormList(agency, "unusable")
        if not follows:
            break
        found.is_cut = number == forms.MOST_PAGES - 1
    return _gather(agency, listed, found)


def _gather(agency: Agency, listed: Lists, found: forms.FormListContent) -> FormList:
    left_out = [*found.left_out, *(["too many pages"] if found.is_cut else [])]
    products = frozenset(service.product for service in section.dutch(agency).services.values())
    unknown = forms.unknown_of(found.forms, products)
    if left_out:
        listing.count_unusable(agency, listed.id, left_out)
    return FormList(agency, "partial" if left_out else "ready", found.forms, unknown)


def _failure(agency: Agency, listed: Lists, outcome: Down | Late) -> FormList:
    if isinstance(outcome, Late):
        return FormList(agency, "late")
    match outcome.reason:
        case "off":
            return FormList(agency, "off")
        case "maintenance":
            return FormList(agency, "maintenance")
        case "unreadable":
            listing.count_unusable(agency, listed.id, [outcome.detail or "unreadable"])
            return FormList(agency, "unusable")
    return FormList(agency, "down")
