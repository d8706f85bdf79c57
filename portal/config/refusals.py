"""The page for people when the server itself or a limit refuses their request, or a page fails.

It uses no template and no session, and loads nothing. The request's head may not have been read, so its language is
unknown: the page says everything in every language on offer, Dutch first.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from http import HTTPStatus

from django.utils.translation import gettext_noop as _

from portal.platform.language import offer
from portal.platform.language.current import speaking
from portal.platform.language.texts import gettext

RETRY_SECONDS = 5  # seconds until a client may try again, where trying again helps

_WORDS: Mapping[int, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: (
        _("Wij begrijpen deze vraag niet"),
        _("Uw browser stuurde iets dat wij niet kunnen lezen. Ga terug en probeer het opnieuw."),
    ),
    HTTPStatus.REQUEST_TIMEOUT: (
        _("Het duurde te lang"),
        _("Uw vraag kwam niet helemaal aan. Probeer het opnieuw."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        _("Te groot"),
        _("Wat u stuurde, is te groot. Ga terug en probeer het met minder."),
    ),
    HTTPStatus.REQUEST_URI_TOO_LONG: (
        _("Dit adres is te lang"),
        _("Ga terug en gebruik de knop op de pagina."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        _("Te veel tegelijk"),
        _("U vroeg veel tegelijk. Wacht even en probeer het dan opnieuw. U bent niets kwijt."),
    ),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        _("Uw browser stuurt te veel mee"),
        _("Wis de cookies van deze website en probeer het opnieuw."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        _("Er ging iets mis bij ons"),
        _("Ga terug en probeer het later opnieuw."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        _("Het is even te druk"),
        _("Wacht even en probeer het dan opnieuw. U bent niets kwijt."),
    ),
}
_OTHER = (_("Dit kan hier niet"), _("Ga terug en gebruik de knop op de pagina."))
_MAY_RETRY = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)


def page(status: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Give the headers (ASGI: pairs of bytes) and the body of a refusal. The headers close the connection."""
    body = _body(*_WORDS.get(status, _OTHER))
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    if status in _MAY_RETRY:
        headers.append((b"retry-after", str(RETRY_SECONDS).encode()))
    return headers, body


@cache
def _body(title: str, words: str) -> bytes:
    """Write the page; each of the few is written once per process."""
    content = "".join(_in_every_language(title, words))
    return (
        f'<!doctype html><html lang="{offer.DUTCH}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body>{content}</body></html>"
    ).encode()


def _in_every_language(title: str, words: str) -> Iterator[str]:
    for at, language in enumerate(offer.names()):
        with speaking(language):
            heading = "h2" if at else "h1"
            yield f'<div lang="{language}"><{heading}>{escape(gettext(title))}</{heading}>'
            yield f"<p>{escape(gettext(words))}</p></div>"
