"""The federation: its list of registries, people's preference for no paper, and their consents to applications.

It is served over mutual TLS; a citizen's own consents need a token of the portal about that citizen too.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from sandbox.magda.folders import is_number, knows
from sandbox.rest.answers import Refused
from sandbox.state import TOWN, Town

from .answers import json_of, moment_of, status_message
from .consents import AUDIENCE, OWN, PLATFORMS
from .offices import FEDERATION, entries_out_of_use
from .questions import Service, content_of, meet_fault, person_of
from .registry import MERGE

START = "/ebox/federation/v1"
MOST_BOXES = 1000  # of one question


class BoxId(msgspec.Struct, frozen=True, rename="camel"):
    """Identify a box."""

    ebox_type: str
    ebox_id_value: str


class BoxIds(msgspec.Struct, frozen=True, rename="camel"):
    """Identify several boxes of one type."""

    ebox_type: str
    ebox_id_type: str
    ebox_id_value_list: list[str]


class Preference(msgspec.Struct, frozen=True, rename="camel"):
    """Hold whether somebody wants no letters on paper any more."""

    ebox_id: BoxId
    exclusively_ebox: bool


def add_to(app: web.Application) -> None:
    """Add the federation's addresses."""
    app.router.add_get(f"{START}/messageProviders", _meet(providers), allow_head=False)
    app.router.add_get(f"{START}/messageProviders/{{id}}", _meet(provider), allow_head=False)
    app.router.add_post(f"{START}/eboxPreferences/search", _meet(preferences))
    app.router.add_patch(f"{START}/eboxPreferences", _meet(set_preference))
    app.router.add_get(f"{START}/citizenEboxConsents", _meet(consents), allow_head=False)
    app.router.add_post(f"{START}/citizenEboxConsents/search", _meet(any_consents))
    app.router.add_put(f"{START}/citizenEboxConsents/{{platform}}", _meet(change_consent))
    app.router.add_delete(f"{START}/citizenEboxConsents/{{platform}}", _meet(change_consent))


def _meet(
    answer: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wrap a handler so that the fault of the federation's switch is applied to its answers."""
    service = Service(FEDERATION, "the federation", _error)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await meet_fault(request, service, lambda: answer(request))

    return handle


async def providers(request: web.Request) -> web.Response:
    """List the registries, with one that ended, one that did not start yet, and the entries of the console."""
    return json_of(request, [*_entries(request), *request.app[TOWN].ebox.odd_entries])


async def provider(request: web.Request) -> web.Response:
    """Give one entry of the list; the console's, which may be any JSON at all, stand in the list only."""
    for entry in _entries(request):
        if entry["messageProviderId"] == request.match_info["id"]:
            return json_of(request, entry)
    raise Refused(404, "there is no such provider")


async def preferences(request: web.Request) -> web.Response:
    """Give the preference of each box that exists, with how many letters it has and how many of them are unread."""
    boxes = content_of(await request.read(), BoxIds)
    if boxes.ebox_type.lower() != "citizen" or len(boxes.ebox_id_value_list) > MOST_BOXES:
        raise Refused(400, f"boxes of citizens, at most {MOST_BOXES}")
    town = request.app[TOWN]
    people = [person for person in dict.fromkeys(boxes.ebox_id_value_list) if _has_box(town, person)]
    return json_of(request, [_preference(town, person) for person in people])


async def set_preference(request: web.Request) -> web.Response:
    """Set somebody's preference, sent as a merge patch, and give it as it is now."""
    if request.content_type != MERGE:
        raise Refused(400, f"the content is {MERGE}")
    preference = content_of(await request.read(), Preference)
    town, person = request.app[TOWN], preference.ebox_id.ebox_id_value
    if preference.ebox_id.ebox_type.lower() != "citizen" or not _has_box(town, person):
        raise Refused(404, "there is no such box")
    town.ebox.exclusive[person] = preference.exclusively_ebox
    return json_of(request, _preference(town, person))


async def consents(request: web.Request) -> web.Response:
    """List the consents of the citizen whom the token is about."""
    person = await person_of(request, AUDIENCE)
    return json_of(request, request.app[TOWN].ebox.consents.of(person))


async def change_consent(request: web.Request) -> web.Response:
    """Give (PUT) or withdraw (DELETE) consent to the application that asks; both are idempotent."""
    person = await person_of(request, AUDIENCE)
    platform, town = request.match_info["platform"], request.app[TOWN]
    if platform not in PLATFORMS:
        raise Refused(404, "there is no such application")
    if platform != OWN:
        raise Refused(403, "an application changes its own consents only")
    town.ebox.consents.change(person, platform, town.clock(), is_given=request.method == "PUT")
    return json_of(request, town.ebox.consents.of(person))


async def any_consents(request: web.Request) -> web.Response:
    """Tell of each box whether its owner consented to any application, which senders must know; without a box, no."""
    boxes = content_of(await request.read(), BoxIds)
    if boxes.ebox_type.lower() != "citizen" or len(boxes.ebox_id_value_list) > MOST_BOXES:
        raise Refused(400, f"boxes of citizens, at most {MOST_BOXES}")
    dates = request.app[TOWN].ebox.consents.dates
    consented = [
        {"eboxId": {"eboxType": "citizen", "eboxIdValue": person}, "consent": bool(dates.get(person))}
        for person in dict.fromkeys(boxes.ebox_id_value_list)
    ]
    return json_of(request, consented)


def _entries(request: web.Request) -> list[dict[str, Any]]:
    origin = f"https://{request.host}"
    return [office.entry(origin) for office in request.app[TOWN].ebox.offices.values()] + entries_out_of_use(origin)


def _error(request: web.Request, status: int, message: str) -> web.Response:
    return status_message(request, status, message, "TEST")


def _preference(town: Town, person: str) -> dict[str, Any]:
    now = town.clock()
    letters = [letter for office in town.ebox.offices for letter in town.ebox.of(office, person, now)]
    content: dict[str, Any] = {
        "eboxId": {"eboxType": "citizen", "eboxIdValue": person},
        "exclusivelyEbox": town.ebox.exclusive.get(person, False),
        "totalNumberOfMessages": len(letters),
        "totalNumberOfUnreadMessages": sum(not letter.is_read for letter in letters),
    }
    consultations = [at for (_, owner), at in town.ebox.consulted.items() if owner == person]
    if consultations:
        content["lastConnectionDate"] = moment_of(max(consultations))
    return content


def _has_box(town: Town, person: str) -> bool:
    """Tell whether somebody has a box: everyone has whom any service of the town knows."""
    return is_number(person) and knows(town.library, person)
