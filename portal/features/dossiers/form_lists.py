"""Read the lists of forms that bodies serve, and keep them in this process for five minutes, for all citizens alike.

A list holds no personal data: it is asked without naming a person, and every visitor sees the same.
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
from portal.platform.sources.sections import PublicList
from portal.platform.ui.ways import OutsideLink

from . import forms, section

KEPT_SECONDS = 300.0  # for which a list that was read is shown
FAILED_SECONDS = 15.0  # after a failure, before the list is asked again
PAGE_SECONDS = 2.0  # the deadline for each page of a list
WAIT_SECONDS = 0.3  # that the page of applications waits for all of them

FormListState = Literal["ready", "partial", "waiting", "late", "down", "unusable", "maintenance", "off"]

log = logging.getLogger("portal.dossiers")


@dataclass(frozen=True, slots=True)
class FormList:
    """What is known of a body's own forms.

    state: whether the list could be read, or why not. forms: by the number of their product. unknown: how many forms
    have a product that no service in the body's manifest has.
    """

    agency: Agency
    state: FormListState
    forms: Mapping[str, OutsideLink] = field(default_factory=dict)
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class _KeptList:
    form_list: FormList
    until: float


_kept: dict[str, _KeptList] = {}
_reading: dict[str, asyncio.Task[None]] = {}


async def all_lists() -> Mapping[str, FormList]:
    """Give the list of each body that serves one, by the body's id; a list that is too old is read anew."""
    agencies = [agency for agency in catalogue.installed().agencies if section.dutch(agency).forms]
    now = time.monotonic()
    under_way = [_read_once(agency) for agency in agencies if _is_old(agency, now)]
    if under_way:
        # The reading goes on when the page no longer waits, for the next visitor.
        await asyncio.wait(under_way, timeout=WAIT_SECONDS)
    return {agency.id: _own_list(agency) for agency in agencies}


def _is_old(agency: Agency, now: float) -> bool:
    kept = _kept.get(agency.id)
    return kept is None or now > kept.until


def _own_list(agency: Agency) -> FormList:
    kept = _kept.get(agency.id)
    return kept.form_list if kept else FormList(agency, "waiting")


def _read_once(agency: Agency) -> asyncio.Task[None]:
    """Begin to read a list, or give the task that is reading it already."""
    task = _reading.get(agency.id)
    if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
        task = _reading[agency.id] = asyncio.create_task(_keep(agency))
    return task


async def _keep(agency: Agency) -> None:
    try:
        form_list = await _read(agency)
    except Exception as error:
        # A fault of ours: the page goes on with the addresses of the manifest.
        log.error("forms of %s not read: %s", agency.id, type(error).__name__)
        form_list = FormList(agency, "down")
    seconds = KEPT_SECONDS if form_list.state in ("ready", "partial") else FAILED_SECONDS
    _kept[agency.id] = _KeptList(form_list, time.monotonic() + seconds)


async def _read(agency: Agency) -> FormList:
    """Read every page of a list, one after another."""
    (address,) = [each for each in agency.lists if each.id == section.FORMS]
    table = section.dutch(agency)
    assert table.forms is not None  # noqa: S101 - the bodies that are asked serve one
    content = forms.FormListContent(table.forms.origin)
    for number in range(forms.MOST_PAGES):
        query = {"limit": forms.SIZE, "offset": content.seen}
        page = await listing.page_of(agency, address, query, seconds=PAGE_SECONDS)
        if not isinstance(page, bytes):
            return _failure(agency, address, page)
        has_next = content.add_page(page, content.seen)
        if has_next is None:
            listing.count_unusable(agency, address.id, ["page unusable"])
            return FormList(agency, "unusable")
        if not has_next:
            break
        content.is_cut = number == forms.MOST_PAGES - 1
    return _gather(agency, address, content)


def _gather(agency: Agency, address: PublicList, content: forms.FormListContent) -> FormList:
    left_out = [*content.left_out, *(["too many pages"] if content.is_cut else [])]
    products = frozenset(service.product for service in section.dutch(agency).services.values())
    unknown = forms.unknown_of(content.forms, products)
    if left_out:
        listing.count_unusable(agency, address.id, left_out)
    return FormList(agency, "partial" if left_out else "ready", content.forms, unknown)


def _failure(agency: Agency, address: PublicList, outcome: Down | Late) -> FormList:
    if isinstance(outcome, Late):
        return FormList(agency, "late")
    match outcome.reason:
        case "off":
            return FormList(agency, "off")
        case "maintenance":
            return FormList(agency, "maintenance")
        case "unreadable":
            listing.count_unusable(agency, address.id, [outcome.detail or "unreadable"])
            return FormList(agency, "unusable")
    return FormList(agency, "down")
