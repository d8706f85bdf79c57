"""Show the inbox: pages for people, JSON for programs."""

from aiohttp import web

from sandbox.pages import as_json, page
from sandbox.state import TOWN

from .inbox import Mail, parts_of

# A mail's HTML is not the town's own: it may be shown, and may do nothing else.
_HTML_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def add_to(app: web.Application) -> None:
    """Add `/mail/`."""
    app.router.add_get("/mail/", index)
    app.router.add_post("/mail/", clear_from_form)
    app.router.add_get("/mail/messages", messages)
    app.router.add_delete("/mail/messages", clear)
    app.router.add_get(r"/mail/{number:\d{1,9}}/", show)
    app.router.add_get(r"/mail/{number:\d{1,9}}/html", html)


async def index(request: web.Request) -> web.Response:
    """List the mails, newest first."""
    settings = request.app[TOWN].settings
    mails = [parts_of(mail) for mail in reversed(request.app[TOWN].inbox.mails)]
    return page("mail.html", mails=mails, port=settings.smtp_port)


async def show(request: web.Request) -> web.Response:
    """Show one mail: its headers, its text, its HTML and its source."""
    return page("mail_message.html", frames=True, mail=parts_of(_mail(request)))


async def html(request: web.Request) -> web.Response:
    """Serve the HTML part, for the frame in the page of its mail."""
    headers = {"Content-Security-Policy": _HTML_POLICY, "Cache-Control": "no-store"}
    return web.Response(text=_mail(request).part("html"), content_type="text/html", headers=headers)


async def messages(request: web.Request) -> web.Response:
    """Give every mail, oldest first."""
    return as_json([parts_of(mail) for mail in request.app[TOWN].inbox.mails])


async def clear(request: web.Request) -> web.Response:
    """Throw every mail away."""
    request.app[TOWN].inbox.clear()
    return web.Response(status=204)


async def clear_from_form(request: web.Request) -> web.Response:
    """Throw every mail away from the button on the page."""
    request.app[TOWN].inbox.clear()
    raise web.HTTPSeeOther("/mail/")


def _mail(request: web.Request) -> Mail:
    mail = request.app[TOWN].inbox.find(int(request.match_info["number"]))
    if mail is None:
        raise web.HTTPNotFound(text="Deze mail is er niet meer.")
    return mail
