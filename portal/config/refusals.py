"""What people read when a request is refused before it is a page: by the server itself, or by a limit.

A whole page in Dutch, without anything to load: what refuses here has no template and no session.
"""

from collections.abc import Mapping
from html import escape
from http import HTTPStatus

RETRY_SECONDS = 5  # seconds to wait before one tries again, where that helps

_AGAIN = "Wacht even en probeer het dan opnieuw. U bent niets kwijt."
_WORDS: Mapping[int, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: (
        "Wij begrijpen deze vraag niet",
        "Uw browser stuurde iets dat wij niet kunnen lezen. Ga terug en probeer het opnieuw.",
    ),
    HTTPStatus.REQUEST_TIMEOUT: ("Het duurde te lang", "Uw vraag kwam niet helemaal aan. Probeer het opnieuw."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "Te groot",
        "Wat u stuurde, is te groot. Ga terug en probeer het met minder.",
    ),
    HTTPStatus.REQUEST_URI_TOO_LONG: ("Dit adres is te lang", "Ga terug en gebruik de knop op de pagina."),
    HTTPStatus.TOO_MANY_REQUESTS: ("Te veel tegelijk", f"U vroeg veel tegelijk. {_AGAIN}"),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "Uw browser stuurt te veel mee",
        "Wis de cookies van deze website en probeer het opnieuw.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("Er ging iets mis bij ons", "Ga terug en probeer het later opnieuw."),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Het is even te druk", _AGAIN),
}
_OTHER = ("Dit kan hier niet", "Ga terug en gebruik de knop op de pagina.")
_RETRIED = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)


def page(status: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Give the headers (ASGI: pairs of bytes) and the body of a refusal. The connection ends with it."""
    title, words = _WORDS.get(status, _OTHER)
    body = (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1><p>{escape(words)}</p></body></html>"
    ).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    if status in _RETRIED:
        headers.append((b"retry-after", str(RETRY_SECONDS).encode()))
    return headers, body
