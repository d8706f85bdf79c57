"""End the provider's own session; other applications keep theirs."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web

from sandbox.pages import page
from sandbox.state import TOWN

from .sign_in import SESSION_COOKIE, refuse


async def sign_out(request: web.Request) -> web.Response:
    """Sign out, then redirect to the client's registered address with its state; without one, show a page."""
    town, parameters = request.app[TOWN], request.query
    target = parameters.get("post_logout_redirect_uri", "")
    client = town.provider.clients.get(parameters.get("client_id", ""))
    if target and client is None:
        raise refuse("Om terug te keren na het afmelden is een bekende client_id nodig.")
    if target and client and target not in client.post_logout_redirect_uris:
        raise refuse("Het adres na het afmelden is niet geregistreerd (post_logout_redirect_uri).")
    if session := town.provider.sessions.pop(request.cookies.get(SESSION_COOKIE, ""), None):
        town.provider.forget_stale_name(session)
    answer = page("signed_out.html")
    if target:
        location = _with_state(target, parameters.get("state", ""))
        answer = web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})
    answer.del_cookie(SESSION_COOKIE, httponly=True, samesite="Lax")
    return answer


def _with_state(target: str, state: str) -> str:
    if not state:
        return target
    parts, added = urlsplit(target), urlencode({"state": state})
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
