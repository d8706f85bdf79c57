"""What is too large is refused as it comes in, and said kindly."""

import asyncio
import json
from io import BytesIO

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.handlers.asgi import ASGIRequest
from django.test import override_settings

from portal.config import refusals, uploads
from portal.features.profile.feature import MOST_OF_A_PHOTO
from portal.platform.feature import installed

PHOTO = "/profiel/foto/wijzigen/"
SMALL = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


# All of it is in this loop, on the clock of which nothing comes too late because the machine is slow.
pytestmark = pytest.mark.usefixtures("clock")


async def pages(scope, receive, send):
    """Read all, and tell how much it was."""
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def sent(path, size, *, piece: int | None = 64 * 1024, declared=None, ends=True, more=(), waits=0.0, to=pages):
    """Send so many percent signs; returns the status, the body, where it leads, and how many bytes were taken in.

    more: headers. waits: seconds before each piece but the first. piece: None where all has arrived, as the
    server says then.
    """
    left, taken, answer = size, 0, []

    async def receive():
        nonlocal left, taken
        await asyncio.sleep(waits if taken else 0)
        if not left and not ends:
            return {"type": "http.disconnect"}
        now = min(piece or left, left)
        left -= now
        taken += now
        return {"type": "http.request", "body": b"%" * now, "more_body": bool(left) or not ends}

    async def send(message):
        answer.append(message)

    length = size if declared is None else declared
    headers = [(b"content-length", str(length).encode())] if length != "" else []
    scope = {"method": "POST", "path": path, "headers": [*headers, *more], "client": ("192.0.2.1", 40000)}
    if piece is None:
        scope["extensions"] = {uploads.WHOLE: {}}
    await uploads.within_limits(to, scope, receive, send)
    location = dict(answer[0]["headers"]).get(b"location", b"").decode()
    return answer[0]["status"], answer[1]["body"], location, taken


async def test_small_form_goes_through():
    assert await sent("/profiel/roepnaam/", SMALL) == (200, str(SMALL).encode(), "", SMALL)


async def test_larger_form_is_refused_and_thrown_away():
    assert await sent("/profiel/roepnaam/", SMALL + 1) == (413, refusals.page(413)[1], "", SMALL + 1)


async def test_photo_goes_through_where_photos_go():
    size = MOST_OF_A_PHOTO
    assert await sent(PHOTO, size) == (200, str(size).encode(), "", size)


async def test_larger_photo_leads_back_to_its_page():
    size = MOST_OF_A_PHOTO + 1
    assert await sent(PHOTO, size) == (303, b"", f"{PHOTO}?te-groot=1", size)


@pytest.mark.parametrize(
    ("types", "status"),
    [
        ([b"application/x-www-form-urlencoded"], 400),
        ([b"\xa0Application/X-WWW-Form-Urlencoded\x85; a=b"], 400),
        ([b"", b"application/x-www-form-urlencoded"], 200),
        ([b"application/x-www-form-urlencoded", b"x"], 200),
        ([b"application/x-www-form-urlencoded-x"], 200),
    ],
)
async def test_percent_signs_of_what_django_takes_for_a_form_are_limited(types, status):
    """Django joins several headers by commas, and then takes the body for no form."""
    headers = [(b"content-type", each) for each in types]
    scope = {"method": "POST", "path": "/contact/", "headers": headers}
    assert (ASGIRequest(scope, BytesIO()).content_type == "application/x-www-form-urlencoded") == (status == 400)
    assert (await sent("/contact/", SMALL // len("%20") + 1, more=headers))[0] == status


async def test_program_that_sends_too_much_or_too_slowly_to_a_page_for_people_gets_a_problem():
    path, most, asks = "/controle/", 10**9, (b"expect", b"100-continue")
    for browser in ((b"origin", b"https://elders.invalid"), (b"sec-fetch-site", b"same-origin")):
        assert (await sent(path, most, more=[asks, browser]))[:3] == (303, b"", f"{path}?te-groot=1")
    status, body, _, _ = await sent(path, most, more=[asks])
    assert (status, json.loads(body)["type"].rpartition(":")[2]) == (413, "payloadTooLarge")
    with override_settings(REQUEST_BODY_SECONDS=0.1):
        status, body, _, _ = await sent(path, 100_000, piece=1000, waits=0.03)
    assert (status, json.loads(body)["status"]) == (408, 408)


async def test_size_that_is_not_said_or_is_a_lie_is_counted():
    for declared in ("", 10, "many", "-1"):
        assert (await sent("/profiel/", SMALL + 1, declared=declared))[0] == 413


async def test_patience_ends():
    """Somebody who sends for ever is not listened to for ever, and no byte of it stays in memory."""
    status, _, _, taken = await sent(PHOTO, 10**10, piece=1024 * 1024)
    assert status == 303
    assert taken <= uploads.MOST_DISCARDED + 2 * 1024 * 1024


async def test_somebody_who_leaves_half_way_is_let_go():
    assert (await sent(PHOTO, MOST_OF_A_PHOTO + 1, ends=False))[0] == 303


async def test_too_large_a_body_is_not_asked_for_when_its_sender_asks_first():
    asks = [(b"expect", b"100-continue")]
    assert await sent("/profiel/roepnaam/", SMALL + 1, more=asks) == (413, refusals.page(413)[1], "", 0)
    assert await sent("/profiel/roepnaam/", SMALL, more=asks) == (200, str(SMALL).encode(), "", SMALL)


async def test_photos_of_one_process_have_so_much_room_together_and_one_network_half_of_it():
    """Another network holds 5 bytes; pages with plain forms hold none."""
    mine, other = uploads.around("192.0.2.1"), uploads.around("192.0.2.2")
    with override_settings(UPLOAD_BYTES_AT_ONCE=40), uploads.memory.share(other, 40) as held_by_other:
        assert held_by_other(5)
        assert (await sent(PHOTO, 20))[:2] == (200, b"20")
        # The first photo is no longer held. A larger one is received and discarded, so that its sender gets the
        # answer.
        assert await sent(PHOTO, 21, piece=7) == (503, refusals.page(503)[1], "", 21)
        assert held_by_other(15)
        assert not held_by_other(1)
        with uploads.memory.share(mine, 40) as held_by_mine:
            assert held_by_mine(20)
            assert (await sent(PHOTO, 1))[0] == 503
            assert (await sent("/profiel/roepnaam/", SMALL))[0] == 200
        assert (await sent(PHOTO, 20, ends=False))[0] == 200
        assert (await sent(PHOTO, 20))[0] == 200


async def test_room_of_a_photo_is_held_until_it_is_answered():
    async def slow_pages(scope, receive, send):
        await receive()
        assert (await sent(PHOTO, 11))[0] == 503
        await pages(scope, receive, send)

    with override_settings(UPLOAD_BYTES_AT_ONCE=40):
        assert (await sent(PHOTO, 20, piece=10, to=slow_pages))[0] == 200
        assert (await sent(PHOTO, 20))[0] == 200


async def test_body_that_comes_too_slowly_is_given_up():
    """Fifty milliseconds are given anyway; a piece of 10 bytes earns ten more, and takes thirty."""
    with override_settings(REQUEST_BODY_GRACE_SECONDS=0.05, REQUEST_BODY_BYTES_PER_SECOND=1000):
        status, body, _, taken = await sent("/profiel/", 1000, piece=10, waits=0.03)
        assert (status, body) == (408, refusals.page(408)[1])
        assert taken < 100
    with override_settings(REQUEST_BODY_GRACE_SECONDS=0.05, REQUEST_BODY_BYTES_PER_SECOND=10):
        assert (await sent("/profiel/", 1000, piece=200, waits=0.06))[:2] == (200, b"1000")


async def test_body_never_takes_longer_than_the_longest():
    with override_settings(REQUEST_BODY_SECONDS=0.1):
        assert (await sent("/profiel/", 100_000, piece=1000, waits=0.03))[0] == 408


async def test_network_has_so_many_uploads_at_once_and_another_has_its_own():
    held = uploads.around("192.0.2.1")
    with override_settings(UPLOADS_PER_NETWORK=1), uploads.under_way.take(held, 1):
        assert await sent("/profiel/", 10) == (503, refusals.page(503)[1], "", 0)
        assert (await sent("/profiel/", 0))[0] == 200  # it sends nothing
        # All of this one has arrived: it takes nobody's place, and is counted as any other.
        assert (await sent("/profiel/", 10, piece=None))[0] == 200
        assert (await sent("/profiel/", SMALL + 1, piece=None))[0] == 413
    assert (await sent("/profiel/", 10))[0] == 200


async def test_place_of_an_upload_is_free_again_once_it_is_in_or_was_broken_off():
    with override_settings(UPLOADS_PER_NETWORK=1):
        for ends in (True, False, True):
            assert (await sent("/profiel/", 10, ends=ends))[0] == 200


def test_room_in_which_the_largest_page_does_not_fit_is_named():
    largest = max(most for feature in installed.features() for most in feature.bodies.values())
    assert largest >= MOST_OF_A_PHOTO
    with override_settings(UPLOAD_BYTES_AT_ONCE=2 * largest):
        assert run_checks() == []
    with override_settings(UPLOAD_BYTES_AT_ONCE=2 * largest - 1):
        assert [(problem.id, problem.hint) for problem in run_checks()] == [
            ("portal.E032", f"Set UPLOAD_BYTES_AT_ONCE to at least {2 * largest}.")
        ]
