"""Show the reports that bodies received, and send the portal a body's status of one: for people, and for programs."""

from datetime import UTC, datetime

import msgspec
from aiohttp import web

from sandbox.pages import as_json, page
from sandbox.state import TOWN, Town

from . import calling
from .reports import Report

STATUSES = {
    "ontvangen": "Ontvangen",
    "in_behandeling": "In behandeling",
    "verbeterd": "Verbeterd",
    "geweigerd": "Geweigerd",
}


def add_to(app: web.Application) -> None:
    """Add `/verbeteringen/`."""
    app.router.add_get("/verbeteringen/", index)
    app.router.add_post("/verbeteringen/", send_status)
    app.router.add_get("/verbeteringen/reports", reports)
    app.router.add_delete("/verbeteringen/reports", clear)


async def index(request: web.Request) -> web.Response:
    """List the reports, newest first, with a form for a status; requests about rights are for programs only."""
    town = request.app[TOWN]
    pairs = [(report, msgspec.json.decode(report.content)) for report in reversed(town.reports.all())]
    reports_only = [(report, content) for report, content in pairs if "gegeven" in content]
    return page("corrections.html", reports=reports_only, statuses=STATUSES, desks=town.sources.desks)


async def reports(request: web.Request) -> web.Response:
    """Give every report and request, oldest first."""
    return as_json(request.app[TOWN].reports.all())


async def clear(request: web.Request) -> web.Response:
    """Throw every report away."""
    request.app[TOWN].reports.clear()
    return web.Response(status=204)


async def send_status(request: web.Request) -> web.Response:
    """Send the portal a status from the form: fields `body`, `key`, `status` and `reason`; then back to the list."""
    town = request.app[TOWN]
    form = await request.post()
    status = str(form.get("status", ""))
    report = town.reports.find(str(form.get("body", "")), str(form.get("key", "")))
    if report is None or status not in STATUSES:
        return web.Response(status=404, text="Deze melding of stand bestaat niet.")
    outcome = await _push(town, report, status, str(form.get("reason", "")))
    town.reports.note(report.body, report.key, f"{STATUSES[status]}: {outcome}")
    raise web.HTTPSeeOther("/verbeteringen/")


async def _push(town: Town, report: Report, status: str, reason: str) -> str:
    content = {
        "volgnummer": town.reports.next_number(report.body, report.key),
        "status": status,
        "tijdstip": datetime.now(UTC).isoformat(),
        "reden": reason,
    }
    return await calling.push(
        town.settings.portal, town.settings.machine_keys, report.body, report.reference, content
    )
