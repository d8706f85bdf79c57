"""Show the state of each source: its fault, and how its questions ended since the start."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from .pages import as_json
from .state import TOWN, Town


def add_to(app: web.Application) -> None:
    """Add `/state`."""
    app.router.add_get("/state", show)


async def show(request: web.Request) -> web.Response:
    """Give the state as JSON."""
    return as_json(state_of(request.app[TOWN]))


def state_of(town: Town) -> dict[str, Any]:
    """Gather the state; open connections are counted per port, since one may serve every source."""
    return {
        "since": datetime.fromtimestamp(town.opened_at, UTC).isoformat(),
        "connections": {
            side: len(runner.server.connections) for side, runner in town.runners.items() if runner.server
        },
        "sources": {
            name: {
                "mode": switch.fault.mode,
                "latency_ms": switch.fault.latency_ms,
                "asked": switch.asked,
                "under_way": switch.under_way,
                "outcomes": dict(sorted(switch.outcomes.items())),
            }
            for name, switch in town.switches.items()
        },
    }
