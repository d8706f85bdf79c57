"""Serve a body's list of its own forms at the path that its manifest names.

GET with `limit` and `offset`, over mutual TLS: a HAL page of forms, each with the product that it is for, the URL of
the form for embedding and the one to fall back on.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from sandbox.faults.damaged_json import damaged_json, padding_at
from sandbox.faults.meeting import Dialect, meet
from sandbox.manifests import Forms
from sandbox.rest.answers import Refused, json_answer, problem
from sandbox.state import TOWN

FILE = "forms.json"
MOST_PER_PAGE = 100
_DEFAULT_PER_PAGE = 10


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold one form of a sample: its id, the IPDC number of its product, and its URL."""

    id: str
    product: str
    url: str


def add_to(app: web.Application) -> None:
    """Add each body's list."""
    for path in app[TOWN].sources.forms:
        app.router.add_get(path, answer)


async def answer(request: web.Request) -> web.StreamResponse:
    """Give one page of a list, with the fault of its source's switch."""
    town = request.app[TOWN]
    forms = town.sources.forms[request.path]

    async def answer_in_order() -> web.Response:
        try:
            limit, offset = _number(request.query, "limit", _DEFAULT_PER_PAGE), _number(request.query, "offset", 0)
            if not 0 < limit <= MOST_PER_PAGE:
                raise Refused(400, f"limit is 1 to {MOST_PER_PAGE}")
        except Refused as error:
            return problem(request, error.status, str(error))
        page = _page(request.path, _forms(forms), limit, offset)
        return json_answer(request, 200, msgspec.json.encode(page), "application/hal+json")

    dialect = Dialect(
        unavailable=lambda: problem(request, 503, "the list is not available for now"),
        defect=lambda: problem(request, 502, "the list failed"),
        damage=lambda mode, content: damaged_json(mode, content, "", forms.source),
        padding_at=padding_at,
    )
    return await meet(town, town.switches[forms.source], request, answer_in_order, dialect)


def _forms(forms: Forms) -> list[Form]:
    try:
        return msgspec.json.decode((forms.folder / FILE).read_bytes(), type=list[Form])
    except OSError:
        return []


def _page(path: str, forms: list[Form], limit: int, offset: int) -> dict[str, Any]:
    return {
        "_pageMetadata": {"offset": offset, "size": limit, "totalItems": len(forms)},
        "_links": {"self": {"href": f"{path}?limit={limit}&offset={offset}"}},
        "_embedded": {"items": [_item(form) for form in forms[offset : offset + limit]]},
    }


def _item(form: Form) -> dict[str, Any]:
    return {
        "id": form.id,
        "productId": form.product,
        "sso": {"audience": form.id},
        "_links": {
            "embed": {"href": f"{form.url}?token={{TEMP_SSO_TOKEN}}", "templated": True},
            "fallback": {"href": form.url},
        },
    }


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refused(400, f"{name} is a number")
    return int(text)
