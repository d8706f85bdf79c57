"""No answer goes without the security headers, whatever gives it."""

import asyncio

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

from portal.config import security_headers
from portal.config.asgi import application

OURS = b"localhost:8000"


async def answered(method, path, *, host=OURS, size=0):
    """Ask the whole application; returns the status and the headers, by their names in small letters."""
    sent = []
    incoming = [{"type": "http.request", "body": b"x" * size, "more_body": False}]

    async def receive():
        return incoming.pop() if incoming else await asyncio.Future()

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": b"",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 40000),
        "headers": [(b"host", host), (b"content-length", str(size).encode())],
    }
    await application(scope, receive, send)
    headers = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    names = [name.lower() for name, _ in headers]
    assert len(names) == len(set(names))
    return sent[0]["status"], {name.lower(): value for name, value in headers}


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "/hulp/", {}, 200),
        ("GET", "/bestaat-niet/", {}, 404),
        ("GET", "/aanmelden/terug/", {}, 303),
        ("DELETE", "/hulp/", {}, 403),
        ("POST", "/machine/token", {}, 400),
        ("GET", "/machine/token", {}, 405),
        ("GET", "/hulp/", {"host": b"elsewhere.example"}, 400),
        ("POST", "/profiel/roepnaam/", {"size": 300 * 1024}, 413),
        ("POST", "/profiel/foto/wijzigen/", {"size": 16 * 1024 * 1024}, 303),
        ("GET", "/static/bestaat-niet.css", {}, 404),
    ],
)
async def test_answer_carries_every_security_header(method, path, more, status):
    found, headers = await answered(method, path, **more)
    assert found == status
    assert {name.lower() for name in security_headers.EVERY_ANSWER} - headers.keys() == set()
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert headers["cache-control"] == "no-store"


async def test_static_file_carries_every_security_header_and_may_be_kept():
    status, headers = await answered("GET", staticfiles_storage.url("ui/portal.css"))
    assert status == 200
    expected = {name.lower(): value for name, value in security_headers.EVERY_ANSWER.items()}
    del expected["cache-control"]
    assert {name: headers[name] for name in expected} == expected
    assert "immutable" in headers["cache-control"]


async def failing(sends, begins):
    """Answer by an application that fails, before or after it began to."""
    started = {"type": "http.response.start", "status": 200, "headers": []}

    async def fails(_scope, _receive, send):
        if begins:
            await send(started)
        raise ValueError("Lies Verhaegen")

    async def send(message):
        sends.append(message)

    await security_headers.on_every_answer(fails)({"type": "http"}, None, send)


async def test_failure_outside_of_a_page_is_answered_with_every_header_and_logged_without_its_message(caplog):
    sent = []
    await failing(sent, begins=False)
    begun, body = sent
    expected = {(name.lower().encode(), value.encode()) for name, value in security_headers.EVERY_ANSWER.items()}
    assert (begun["status"], expected - set(begun["headers"])) == (500, set())
    assert "Er ging iets mis bij ons" in body["body"].decode()
    assert [(one.levelname, one.exc_info) for one in caplog.records] == [("ERROR", None)]
    assert caplog.text.count("ValueError at") == 1
    assert "Lies" not in caplog.text


async def test_answer_that_fails_half_way_ends_where_it_is():
    sent = []
    await failing(sent, begins=True)
    assert [(message["type"], message["status"]) for message in sent] == [("http.response.start", 200)]


def test_header_that_an_answer_brings_is_left_alone():
    brought = [(b"Content-Security-Policy", b"default-src 'self'")]
    headers = security_headers.with_security_headers(brought)
    assert [value for name, value in headers if name.lower() == b"content-security-policy"] == [b"default-src 'self'"]
    assert len(headers) == len(security_headers.EVERY_ANSWER)
