"""The federation: who keeps letters, who wants no paper any more, and which applications show somebody's letters.

Over mutual TLS; what one citizen consented to needs a token of the portal about them.
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
from .offices import FEDERATION, out_of_use
from .questions import Service, content_of, meet_fault, person_of
from .registry import MERGE

START = "/ebox/federation/v1"
MOST = 1000  # boxes of one question


class BoxId(msgspec.Struct, frozen=True, rename="camel"):
    """Name a box."""

    ebox_type: str
    ebox_id_value: str


class BoxIds(msgspec.Struct, frozen=True, rename="camel"):
    """Name several boxes of one kind."""

    ebox_type: str
    ebox_id_type: str
    ebox_id_value_list: list[str]


class Preference(msgspec.Struct, frozen=True, rename="camel"):
    """Say whether somebody wants no paper any more."""

    ebox_id: BoxId
    exclusively_ebox: bool


def add_to(app: web.Application) -> None:
    """Add the federation's addresses."""
    app.router.add_get(f"{START}/messageProviders", _meet(providers), allow_head=False)
    app.router.add_get(f"{START}/messageProviders/{{id}}", _meet(one_provider), allow_head=False)
    app.router.add_post(f"{START}/eboxPreferences/search", _meet(preferences))
    app.router.add_patch(f"{START}/eboxPreferences", _meet(prefer))
    app.router.add_get(f"{START}/citizenEboxConsents", _meet(consents), allow_head=False)
    app.router.add_post(f"{START}/citizenEboxConsents/search", _meet(who_consented))
    app.router.add_put(f"{START}/citizenEboxConsents/{{platform}}", _meet(turn_consent))
    app.router.add_delete(f"{START}/citizenEboxConsents/{{platform}}", _meet(turn_consent))


def _meet(
    answer: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    service = Service(FEDERATION, "the federation", _wrong)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await meet_fault(request, service, lambda: answer(request))

    return handle


async def providers(request: web.Request) -> web.Response:
    """List who keeps letters, with one that does no longer, one that does not yet, and whatever the console added."""
    return json_of(request, [*_lines(request), *request.app[TOWN].ebox.odd_lines])


async def one_provider(request: web.Request) -> web.Response:
    """Give one line of the list."""
    for line in _lines(request):
        if line["messageProviderId"] == request.match_info["id"]:
            return json_of(request, line)
    raise Refused(404, "there is no such provider")


async def preferences(request: web.Request) -> web.Response:
    """Say of each box that there is what its owner wants, and how full it is."""
    asked = content_of(await request.read(), BoxIds)
    if asked.ebox_type.lower() != "citizen" or len(asked.ebox_id_value_list) > MOST:
        raise Refused(400, f"boxes of citizens, at most {MOST}")
    town = request.app[TOWN]
    known = [one for one in dict.fromkeys(asked.ebox_id_value_list) if _has_box(town, one)]
    return json_of(request, [_preference(town, one) for one in known])


async def prefer(request: web.Request) -> web.Response:
    """Keep what somebody wants."""
    if request.content_type != MERGE:
        raise Refused(400, f"the content is {MERGE}")
    asked = content_of(await request.read(), Preference)
    town, person = request.app[TOWN], asked.ebox_id.ebox_id_value
    if asked.ebox_id.ebox_type.lower() != "citizen" or not _has_box(town, person):
        raise Refused(404, "there is no such box")
    town.ebox.exclusive[person] = asked.exclusively_ebox
    return json_of(request, _preference(town, person))


async def consents(request: web.Request) -> web.Response:
    """List which applications show the letters of whom the token is about."""
    person = await person_of(request, AUDIENCE)
    return json_of(request, request.app[TOWN].ebox.consents.of(person))


async def turn_consent(request: web.Request) -> web.Response:
    """Give consent to the application that asks, or take it back: both may be asked again."""
    person = await person_of(request, AUDIENCE)
    platform, town = request.match_info["platform"], request.app[TOWN]
    if platform not in PLATFORMS:
        raise Refused(404, "there is no such application")
    if platform != OWN:
        raise Refused(403, "an application changes its own consents only")
    town.ebox.consents.turn(person, platform, town.clock(), is_given=request.method == "PUT")
    return json_of(request, town.ebox.consents.of(person))


async def who_consented(request: web.Request) -> web.Response:
    """Say of each box whether any application shows its letters, as whoever sends must know."""
    asked = content_of(await request.read(), BoxIds)
    if asked.ebox_type.lower() != "citizen" or len(asked.ebox_id_value_list) > MOST:
        raise Refused(400, f"boxes of citizens, at most {MOST}")
    given = request.app[TOWN].ebox.consents.given
    found = [
        {"eboxId": {"eboxType": "citizen", "eboxIdValue": one}, "consent": bool(given.get(one))}
        for one in dict.fromkeys(asked.ebox_id_value_list)
    ]
    return json_of(request, found)


def _lines(request: web.Request) -> list[dict[str, Any]]:
    origin = f"https://{request.host}"
    return [one.described(origin) for one in request.app[TOWN].ebox.offices.values()] + out_of_use(origin)


def _wrong(request: web.Request, status: int, message: str) -> web.Response:
    return status_message(request, status, message, "TEST")


def _preference(town: Town, person: str) -> dict[str, Any]:
    now = town.clock()
    letters = [one for office in town.ebox.offices for one in town.ebox.of(office, person, now)]
    said: dict[str, Any] = {
        "eboxId": {"eboxType": "citizen", "eboxIdValue": person},
        "exclusivelyEbox": town.ebox.exclusive.get(person, False),
        "totalNumberOfMessages": len(letters),
        "totalNumberOfUnreadMessages": sum(not one.is_read for one in letters),
    }
    looked = [at for (_, whose), at in town.ebox.consulted.items() if whose == person]
    if looked:
        said["lastConnectionDate"] = moment_of(max(looked), "")
    return said


def _has_box(town: Town, person: str) -> bool:
    return is_number(person) and knows(town.library, person)
