"""The page where a visitor chooses a person and a means to sign in with; no proof is asked for either."""

import secrets

from aiohttp import web
from multidict import MultiMapping

from sandbox.magda.folders import is_number, knows
from sandbox.pages import page
from sandbox.people import person, personas
from sandbox.state import TOWN, Town

from .authorization import PARAMETERS, AuthorizationRequest, NotTrusted, SendBack, judge
from .state import MEANS, Means, ProviderSession, new_code

SESSION_COOKIE = "PD-H-SESSION-ID"
MEANS_COOKIE = "vo-authmethod"
_MONTH_S = 30 * 24 * 3600
_LABELS: dict[Means, str] = {
    "itsme": "itsme",
    "eid": "eID en kaartlezer",
    "csamtotp": "beveiligingscode via app",
    "csamsms": "beveiligingscode via sms",
    "eidashigh": "Europese eID, niveau hoog",
    "eidassubstantial": "Europese eID, niveau substantieel",
    "fedtoken": "federaal token (papieren kaart)",
    "csampassword": "gebruikersnaam en wachtwoord van CSAM",
    "csamselfreg": "gebruikersnaam en wachtwoord na zelfregistratie (zonder rijksregisternummer)",
    "tlsclient": "certificaat van een toestel",
    "kerberos": "netwerk van de werkgever",
    "password": "wachtwoord",
}


async def ask(request: web.Request) -> web.Response:
    """Show the page for a request of a client (GET or POST of the protocol's parameters)."""
    parameters = await request.post() if request.method == "POST" else request.query
    authorization = _judge(parameters, request.app[TOWN])
    return _page(request, authorization, parameters)


async def sign_in(request: web.Request) -> web.Response:
    """Take the form of the page: `person` or `other_person`, and `means`; or `continue`, to use the session."""
    town, parameters = request.app[TOWN], await request.post()
    authorization = _judge(parameters, town)
    session_id = request.cookies.get(SESSION_COOKIE, "")
    now = town.provider.now(town.clock)
    remembered = town.provider.sessions.get(session_id)
    anew = _must_prove(parameters, authorization, remembered, now)
    signed_in = remembered if parameters.get("continue") and not anew else None
    if signed_in is None:
        number = "".join(mark for mark in _number_given(parameters) if mark.isdecimal())
        means = next((it for it in MEANS if it == parameters.get("means")), None)
        if problem := _problem(number, means, town):
            return _page(request, authorization, parameters, problem)
        signed_in = ProviderSession(person(town.library, number), means or "itsme", now)
    if parameters.get("prompt") == "login":
        town.provider.forget_stale_name(signed_in)
    code = new_code(town.provider, authorization, town.provider.with_stale_name(signed_in), now)
    town.provider.sessions.pop(session_id, None)
    session_id = secrets.token_urlsafe(24)
    town.provider.sessions[session_id] = signed_in
    answer = web.Response(
        status=303, headers={"Location": authorization.back({"code": code}), "Cache-Control": "no-store"}
    )
    answer.set_cookie(SESSION_COOKIE, session_id, httponly=True, samesite="Lax")
    answer.set_cookie(MEANS_COOKIE, signed_in.means, max_age=_MONTH_S, httponly=True, samesite="Lax")
    return answer


def _must_prove(
    parameters: MultiMapping[object],
    authorization: AuthorizationRequest,
    remembered: ProviderSession | None,
    now: float,
) -> bool:
    """Tell whether to authenticate anew, although the provider may have a session: `prompt=login` or `max_age`."""
    return parameters.get("prompt") == "login" or (
        remembered is not None
        and authorization.max_age is not None
        and now - remembered.since > authorization.max_age
    )


def _judge(parameters: MultiMapping[object], town: Town) -> AuthorizationRequest:
    try:
        return judge(parameters, town.provider.clients)
    except NotTrusted as error:
        raise refuse(str(error)) from error
    except SendBack as error:
        raise web.HTTPSeeOther(error.location) from error


def refuse(text: str) -> web.HTTPException:
    """Make the error page (400) for a request whose client or address is unknown, so that there is no redirect."""
    response = page("refused.html", text=text, status=400)
    return web.HTTPBadRequest(text=response.text, content_type="text/html", headers=_headers(response))


def _headers(response: web.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.lower() != "content-type"}


def _number_given(parameters: MultiMapping[object]) -> str:
    return str(parameters.get("other_person") or "").strip() or str(parameters.get("person") or "")


def _problem(number: str, means: Means | None, town: Town) -> tuple[str, str] | None:
    """Tell what is wrong with the form: the id of the field, and the sentence for the page."""
    if not is_number(number):
        return "other_person", "Kies een persoon, of vul een rijksregisternummer van 11 cijfers in."
    if not knows(town.library, number):
        return "other_person", "De modelstad kent dit rijksregisternummer niet. Kies een ander."
    if means is None:
        return "means-itsme", "Kies hoe u zich aanmeldt."
    return None


def _session_of(request: web.Request) -> ProviderSession | None:
    return request.app[TOWN].provider.sessions.get(request.cookies.get(SESSION_COOKIE, ""))


def _page(
    request: web.Request,
    authorization: AuthorizationRequest,
    parameters: MultiMapping[object],
    problem: tuple[str, str] | None = None,
) -> web.Response:
    town = request.app[TOWN]
    remembered = _session_of(request)
    people = personas(town.library)
    chosen = str(parameters.get("person") or (people[0].number if people else ""))
    last = request.cookies.get(MEANS_COOKIE)
    return page(
        "sign_in.html",
        status=400 if problem else 200,
        form_target=authorization.target,
        hidden={name: str(parameters[name]) for name in PARAMETERS if parameters.get(name)},
        client=authorization.client.id,
        people=people,
        chosen=chosen,
        other=str(parameters.get("other_person") or ""),
        means=_LABELS,
        chosen_means=str(parameters.get("means") or (last if last in _LABELS else "itsme")),
        last_means=_LABELS.get(last, "") if last in MEANS else "",
        # A person who must authenticate anew cannot just continue.
        signed_in=None
        if _must_prove(parameters, authorization, remembered, town.provider.now(town.clock))
        else remembered,
        problem=problem,
    )
