"""End the provider's own session; other applications keep theirs."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web

from sandbox.pages import page
from sandbox.state import TOWN

from .sign_in import SESSION_COOKIE, refuse


async def sign_out(request: web.Request) -> web.Response:
    """Sign out, then go where the client registered, with its state; without an address a page says so."""
    town, given = request.app[TOWN], request.query
    where = given.get("post_logout_redirect_uri", "")
    client = town.provider.clients.get(given.get("client_id", ""))
    if where and client is None:
        raise refuse("Om terug te keren na het afmelden is een bekende client_id nodig.")
    if where and client and where not in client.post_logout_redirect_uris:
        raise refuse("Het adres na het afmelden is niet geregistreerd (post_logout_redirect_uri).")
    if who := town.provider.sessions.pop(request.cookies.get(SESSION_COOKIE, ""), None):
        town.provider.learn_name(who)
    answer = page("signed_out.html")
    if where:
        location = _with_state(where, given.get("state", ""))
        answer = web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})
    answer.del_cookie(SESSION_COOKIE, httponly=True, samesite="Lax")
    return answer


def _with_state(where: str, state: str) -> str:
    if not state:
        return where
    parts, added = urlsplit(where), urlencode({"state": state})
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
