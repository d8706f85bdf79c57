"""Tell the portal what a body does with a report: as that body's machine."""

from pathlib import Path
from typing import Any

from sandbox.machines import Call, call

SCOPE = "corrections:status"


async def push(portal: str, keys: Path | None, body: str, reference: str, said: dict[str, Any]) -> str:
    """Push one status; gives in words what came of it. `keys` is the folder with BODY.key."""
    return (await call(portal, keys, body, Call(SCOPE, "PUT", f"/api/verbeteringen/{reference}/status", said))).words
