"""What is too large is refused as it comes in, and said kindly."""

from django.conf import settings

from portal.config import uploads

PHOTO = "/profiel/foto/wijzigen/"
SMALL = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


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


async def sent(path, size, *, piece=64 * 1024, declared=None, ends=True):
    """Send so many bytes; returns the status, the body, where it leads, and how many bytes were taken in."""
    left, taken, answer = size, 0, []

    async def receive():
        nonlocal left, taken
        if not left and not ends:
            return {"type": "http.disconnect"}
        now = min(piece, left)
        left -= now
        taken += now
        return {"type": "http.request", "body": b"x" * now, "more_body": bool(left) or not ends}

    async def send(message):
        answer.append(message)

    length = size if declared is None else declared
    headers = [(b"content-length", str(length).encode())] if length != "" else []
    await uploads.within_limits(pages, {"path": path, "headers": headers}, receive, send)
    location = dict(answer[0]["headers"]).get(b"location", b"").decode()
    return answer[0]["status"], answer[1]["body"], location, taken


async def test_small_form_goes_through():
    assert await sent("/profiel/roepnaam/", SMALL) == (200, str(SMALL).encode(), "", SMALL)


async def test_larger_form_is_refused_and_thrown_away():
    assert await sent("/profiel/roepnaam/", SMALL + 1) == (413, uploads.TOO_LARGE.encode(), "", SMALL + 1)


async def test_photo_goes_through_where_photos_go():
    size = settings.PHOTO_MAX_SIZE
    assert await sent(PHOTO, size) == (200, str(size).encode(), "", size)


async def test_larger_photo_leads_back_to_its_page():
    size = settings.PHOTO_MAX_SIZE + 1
    assert await sent(PHOTO, size) == (303, b"", f"{PHOTO}?te-groot=1", size)


async def test_size_that_is_not_said_or_is_a_lie_is_counted():
    for declared in ("", 10, "many", "-1"):
        assert (await sent("/profiel/", SMALL + 1, declared=declared))[0] == 413


async def test_patience_ends():
    """Somebody who sends for ever is not listened to for ever, and no byte of it stays in memory."""
    status, _, _, taken = await sent(PHOTO, 10**10, piece=1024 * 1024)
    assert status == 303
    assert taken <= uploads.PATIENCE + 2 * 1024 * 1024


async def test_somebody_who_leaves_half_way_is_let_go():
    assert (await sent(PHOTO, settings.PHOTO_MAX_SIZE + 1, ends=False))[0] == 303
