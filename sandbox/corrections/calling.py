"""Tell the portal, as a body's machine, what that body does with a report."""

from pathlib import Path
from typing import Any

from sandbox.machines import Call, call

SCOPE = "corrections:status"


async def push(portal: str, keys: Path | None, body: str, reference: str, status: dict[str, Any]) -> str:
    """Send one status of the report with this `reference`; gives how the call ended, in words for the page.

    `portal` is the portal's origin, `keys` the folder with BODY.key.
    """
    return (
        await call(portal, keys, body, Call(SCOPE, "PUT", f"/api/verbeteringen/{reference}/status", status))
    ).words
