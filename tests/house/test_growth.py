"""The time that a request takes grows linearly with its length at most: no handler holds the loop for long.

Each field that a handler reads is filled with texts that are made to be costly. Whatever takes more than a moment is
measured at a quarter of the length too, until it was once in proportion (`tests.effort`).
An address has 8 kB at most (`config.server_protocol`), and is not tried here.
"""

import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec
import pytest
from django.test import override_settings

from portal.platform.access import cookies, oidc
from portal.platform.sources import catalogue
from portal.platform.ui.form_keys import new_form_key
from tests.citizen import person, sign_in
from tests.effort import LENGTHS, Proportion

from .handlers import FORM, Handler, ask, form_of, handlers

pytestmark = [
    pytest.mark.security,
    # Django leaves the file of a body that was refused half-way to be closed by the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

LONG = 228 * 1024  # bytes; a form may have 256 kB, and some characters take three
SHORT = LONG // LENGTHS
TEXTS = ("\u0301\u0323", " ", "1", "\"'<&@.(", "a 1a ")
HANDLERS = handlers()


def costly_text(size: int) -> str:
    """Make a text that is costly in each way, one after the other."""
    return "a".join(text * (size // len(TEXTS) // len(text.encode())) for text in TEXTS)


async def seconds_of(act: Callable[[], Awaitable[object]]) -> float:
    started = time.thread_time()
    await act()
    return time.thread_time() - started


async def growth(act: Callable[[int], Awaitable[object]]) -> str:
    """Tell the times of a short and a long request; "" when they are in proportion, or a moment."""
    found = Proportion()
    found.take(float("inf"), await seconds_of(lambda: act(LONG)))
    while found.is_open:
        found.take(await seconds_of(lambda: act(SHORT)), await seconds_of(lambda: act(LONG)))
    return str(found)


@pytest.fixture
async def at_home(database):
    logging.disable(logging.CRITICAL)
    # No town is there, so no source is asked.
    sources = frozenset(entry.dataset.source for entry in catalogue.installed().entries)
    with override_settings(ALLOWED_HOSTS=["localhost", "testserver"], SOURCES_OFF=sources):
        yield
    await oidc.close()
    logging.disable(logging.NOTSET)


async def citizen() -> tuple[tuple[bytes, bytes], str]:
    who = await sign_in(msgspec.structs.replace(person("84651421235"), authenticated_at=datetime.now(UTC)))
    cookie = who.client.cookies[cookies.SESSION].value
    return (b"cookie", f"{cookies.SESSION}={cookie}".encode()), who.session.form_token


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.name)
async def test_no_field_takes_longer_than_it_is_long(at_home, handler: Handler):
    cookie, token = await citizen()
    slow = {}
    takes_forms = await ask("POST", handler.path, body=b"", headers=(cookie, FORM)) != 405
    for field in handler.fields if takes_forms else ():

        async def post(size: int, field: str = field) -> None:
            body = form_of({"form_token": token, "form_key": new_form_key(), field: costly_text(size)})
            status = await ask("POST", handler.path, body=body, headers=(cookie, FORM))
            # The view has read the text: nothing refused the request before.
            assert status not in (400, 409) or handler.name == "machine:token"

        if found := await growth(post):
            slow[field] = found
    assert slow == {}


def body_of(kind: str, size: int) -> tuple[bytes, bytes]:
    """Make a body that is costly in itself: content type and bytes."""
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    form, parts, json = b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x", b"application/json"
    made = {
        "fields": (form, b"a&" * (size // 2)),
        "signs": (form, b"=&;%" * (size // 4)),
        "percents": (form, b"a=" + b"%" * size),
        "parts": (parts, part * (size // len(part)) + b"--x--"),
        "head of a part": (parts, b"--x\r\nContent-Disposition: form-data" + b'; a="' * (size // 5) + b"\r\n\r\n"),
        "border": (parts, b"\r\n--x" * (size // 5)),
        "half a border": (parts, part[:-5] + b"\r\n-" * (size // 3)),
        "punycode": (
            parts + b"; charset=punycode",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\na-' + b"a" * size + b"\r\n--x--",
        ),
        "deep": (json, b"[" * size),
        "number": (json, b'{"volgnummer": ' + b"9" * size + b"}"),
        "power": (json, b'{"volgnummer": 1e' + b"9" * size + b"}"),
        "escapes": (json, b'{"reden": "' + b"\\u0301" * (size // 6) + b'"}'),
    }
    return made[kind]


BODIES = ["fields", "signs", "percents", "punycode", "parts", "head of a part", "border", "half a border"]
JSON = ["deep", "number", "power", "escapes"]


@pytest.mark.parametrize("kind", [*BODIES, *JSON])
async def test_no_body_takes_longer_than_it_is_long(at_home, kind):
    cookie, _ = await citizen()
    slow = {}
    for method, path in (
        ("POST", "/contact/"),
        ("POST", "/profiel/foto/wijzigen/"),
        ("POST", "/machine/token"),
        ("PUT", "/api/verbeteringen/VB-00000-00000-00000/status"),
    ):

        async def send(size: int, method: str = method, path: str = path) -> None:
            content_type, body = body_of(kind, size)
            await ask(method, path, body=body, headers=(cookie, (b"content-type", content_type)))

        if found := await growth(send):
            slow[path] = found
    assert slow == {}


HEADERS = {
    "cookie": [b"a=1; ", b'="\\', b"__Host-mbp-sessie=", b"__Host-mbp-aanmelden=a.", b";;"],
    "authorization": [b"Bearer ", b"Basic QQ", b"basic  "],
    "accept": [b"text/html;q=0.1, ", b",;="],
    "accept-language": [b"nl;q=0.1,", b"-a"],
    "user-agent": [b"Edg", b"Chrome/ "],
    "content-type": [b"multipart/form-data; boundary=", b'; a="', b"a*0="],
    "content-length": [b"9"],
    "origin": [b"http://", b"[:"],
    "sec-fetch-site": [b"same-origin,"],
    "sec-purpose": [b"prefetch;"],
    "host": [b"localhost.", b"[:"],
    "x-forwarded-for": [b"1.1.1.1, "],
    "referer": [b"http://localhost/?"],
}


@pytest.mark.parametrize("name", HEADERS)
async def test_no_header_takes_longer_than_it_is_long(at_home, name):
    slow = {}
    for text in HEADERS[name]:
        for method, path in (
            ("GET", "/"),
            ("GET", "/aanmelden/terug/"),
            ("POST", "/machine/token"),
            ("GET", "/beheer/bronnen/"),
        ):

            async def send(size: int, text: bytes = text, method: str = method, path: str = path) -> None:
                await ask(method, path, headers=((name.encode(), text * (size // len(text))),))

            if found := await growth(send):
                slow[text, path] = found
    assert slow == {}


async def test_an_endless_content_type_is_refused(at_home):
    assert (
        await ask(
            "POST", "/contact/", headers=((b"content-type", b"multipart/form-data; boundary=" + b"x" * 20_000),)
        )
        == 400
    )


def test_handlers_and_what_they_read_are_found():
    read = {handler.name: set(handler.fields) for handler in HANDLERS}
    assert {"onderwerp", "vraag", "email", "telefoon", "formulier", "stap"} <= read["contact:question"]
    assert {"street", "box", "municipality", "van"} <= read["profile:add_address"]
    assert {"should_be", "why", "reply_to", "gezien", "ontwerp", "sleutel"} <= read["corrections:report"]
    assert {"woorden", "gezocht"} <= read["themes:search"]
    assert len(read) > 40
