"""The page that explains the town and turns its switches."""

from typing import get_args

from aiohttp import web

from .faults.switches import MODES, PROVIDER
from .pages import no_icon, page, style
from .people import personas
from .provider.state import Tampering
from .state import TOWN

_WORDS = {"ok": "werkt", "hang": "antwoordt nooit", "503": "niet beschikbaar", "soap-fault": "defect"}


def add_to(app: web.Application) -> None:
    """Add the index and the style sheet that all pages use."""
    app.router.add_get("/", index)
    app.router.add_get("/town.css", style)
    app.router.add_get("/favicon.ico", no_icon)


async def index(request: web.Request) -> web.Response:
    """Show what the town has, who lives there and what is out of order."""
    town = request.app[TOWN]
    return page(
        "index.html",
        settings=town.settings,
        people=personas(town.library),
        others=len(town.library.people),
        services=sorted((*pair, domain) for pair, domain in town.library.domains.items()),
        switches=town.switches,
        provider=PROVIDER,
        modes=[(mode, _WORDS[mode]) for mode in MODES],
        words=_WORDS,
        tampering=get_args(Tampering),
    )
