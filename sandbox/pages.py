"""Make the answers of the town's plain side: pages for people, JSON for programs."""

from pathlib import Path

import jinja2
import msgspec
from aiohttp import web

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "static" / "town.css").read_bytes()
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(
    template: str, *, status: int = 200, form_target: str = "", frames: bool = False, **values: object
) -> web.Response:
    """Render a template of `templates/`, with a Content-Security-Policy.

    `form_target` is an origin to which its forms may redirect besides the town's own; `frames` lets it show frames of
    the town's own origin.
    """
    text = _TEMPLATES.get_template(template).render(**values)
    return web.Response(text=text, status=status, content_type="text/html", headers=_headers(form_target, frames))


def as_json(value: object, status: int = 200) -> web.Response:
    """Answer with a value as JSON, which no cache may store."""
    return web.Response(
        status=status,
        body=msgspec.json.encode(value),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


async def style(_: web.Request) -> web.Response:
    """Serve the one style sheet."""
    return web.Response(body=_STYLE, content_type="text/css", charset="utf-8")


async def no_icon(_: web.Request) -> web.Response:
    """Spare browsers a 404 for the icon that they always ask for."""
    return web.Response(status=204)


def _headers(form_target: str, frames: bool) -> dict[str, str]:
    frame_source = "'self'" if frames else "'none'"
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
        f"frame-src {frame_source}; frame-ancestors 'none'; form-action 'self' {form_target}".rstrip(),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
