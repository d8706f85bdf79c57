"""List every handler of the portal from the URL table, with the fields that it reads, and send requests to it."""

import asyncio
import inspect
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from django import forms
from django.core.handlers.asgi import ASGIHandler

from portal.config.handler import RequestHandler
from portal.config.uploads import within_limits
from tests.walks import table

_READ = re.compile(r"""(?:POST|GET|posted|form)(?:\.get|\.getlist)?[\(\[]["']([\w-]+)["']""")


@dataclass(frozen=True)
class Handler:
    """One address, and the names of the fields and of the query that its room reads."""

    name: str
    path: str
    fields: tuple[str, ...]


def handlers() -> list[Handler]:
    """List every address that the URL table has, filled in as the plainest example of it."""
    return [
        Handler(address.name, address.bare_path(address.examples[0]), tuple(sorted(_names(address.view))))
        for address in table.addresses()
    ]


def _names(view: Any) -> set[str]:
    """Find the names that a view's module, and those of its room that it knows, read of a request."""
    module = sys.modules[inspect.unwrap(view).__module__]
    room = module.__name__.rpartition(".")[0]
    near = [
        module,
        *(each for each in vars(module).values() if inspect.ismodule(each) and each.__name__.startswith(room)),
    ]
    names = {name for each in near for name in _READ.findall(inspect.getsource(each))}
    for each in near:
        for value in vars(each).values():
            if inspect.isclass(value) and issubclass(value, forms.Form):
                names |= set(value.base_fields)
    return names - {"form_token", "form_key"}


_QUOTED = {ord(char): quote_plus(char) for char in "%&+=;\r\n"}
FORM = (b"content-type", b"application/x-www-form-urlencoded")


def form_of(fields: Mapping[str, str]) -> bytes:
    """Write a form; letters that are not ASCII as they are, which is the most that fits into so many bytes."""
    return "&".join(f"{name}={text.translate(_QUOTED)}" for name, text in fields.items()).encode()


async def ask(
    method: str,
    path: str,
    *,
    query: bytes = b"",
    body: bytes = b"",
    headers: tuple[tuple[bytes, bytes], ...] = (),
    pages: ASGIHandler | None = None,
) -> int:
    """Send one request through the portal's middleware and views in this very thread; returns the status."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [
            (b"host", b"localhost:8000"),
            (b"sec-fetch-site", b"same-origin"),
            # Without it Django reads no part of a form in parts.
            *([(b"content-length", b"%d" % len(body))] if body else []),
            *headers,
        ],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 8000),
    }
    given = [{"type": "http.request", "body": body, "more_body": False}]
    status = 0

    async def receive() -> dict[str, Any]:
        if given:
            return given.pop()
        # The client never disconnects before the answer.
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Mapping[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    await within_limits(pages or _pages(), scope, receive, send)
    return status


_made: list[ASGIHandler] = []


def _pages() -> ASGIHandler:
    if not _made:
        _made.append(RequestHandler())
    return _made[0]
