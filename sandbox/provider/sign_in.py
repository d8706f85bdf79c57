"""The page where a person says who they are and how they prove it."""

import secrets

from aiohttp import web
from multidict import MultiMapping

from sandbox.magda.folders import is_number, knows
from sandbox.pages import page
from sandbox.people import person, personas
from sandbox.state import TOWN, Town

from .asking import PARAMETERS, AuthorizationRequest, NotTrusted, SendBack, judge
from .state import MEANS, Means, SignedIn, new_code

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
    given = await request.post() if request.method == "POST" else request.query
    asked = _judge(given, request.app[TOWN])
    return _page(request, asked, given)


async def sign_in(request: web.Request) -> web.Response:
    """Take the page's form: `person` or `other_person`, and `means`; or `continue` with who is signed in."""
    town, given = request.app[TOWN], await request.post()
    asked = _judge(given, town)
    session = request.cookies.get(SESSION_COOKIE, "")
    now = town.provider.now(town.clock)
    known = town.provider.sessions.get(session)
    anew = _must_prove(given, asked, known, now)
    who = known if given.get("continue") and not anew else None
    if who is None:
        number = "".join(mark for mark in _number_given(given) if mark.isdecimal())
        means = next((it for it in MEANS if it == given.get("means")), None)
        if problem := _problem(number, means, town):
            return _page(request, asked, given, problem)
        who = SignedIn(person(town.library, number), means or "itsme", now)
    if given.get("prompt") == "login":
        town.provider.learn_name(who)
    code = new_code(town.provider, asked, town.provider.as_known(who), now)
    town.provider.sessions.pop(session, None)
    session = secrets.token_urlsafe(24)
    town.provider.sessions[session] = who
    answer = web.Response(status=303, headers={"Location": asked.back({"code": code}), "Cache-Control": "no-store"})
    answer.set_cookie(SESSION_COOKIE, session, httponly=True, samesite="Lax")
    answer.set_cookie(MEANS_COOKIE, who.means, max_age=_MONTH_S, httponly=True, samesite="Lax")
    return answer


def _must_prove(given: MultiMapping[object], asked: AuthorizationRequest, known: SignedIn | None, now: float) -> bool:
    """Tell whether somebody must show anew who they are, although the provider may know them still."""
    return given.get("prompt") == "login" or (
        known is not None and asked.max_age is not None and now - known.since > asked.max_age
    )


def _judge(given: MultiMapping[object], town: Town) -> AuthorizationRequest:
    try:
        return judge(given, town.provider.clients)
    except NotTrusted as error:
        raise refuse(str(error)) from error
    except SendBack as error:
        raise web.HTTPSeeOther(error.location) from error


def refuse(text: str) -> web.HTTPException:
    """Make the plain page for a request that names nobody we can trust."""
    shown = page("refused.html", text=text, status=400)
    return web.HTTPBadRequest(text=shown.text, content_type="text/html", headers=_keep(shown))


def _keep(shown: web.Response) -> dict[str, str]:
    return {name: value for name, value in shown.headers.items() if name.lower() != "content-type"}


def _number_given(given: MultiMapping[object]) -> str:
    return str(given.get("other_person") or "").strip() or str(given.get("person") or "")


def _problem(number: str, means: Means | None, town: Town) -> tuple[str, str] | None:
    """Tell what is wrong with the form: (the field's id, what to read)."""
    if not is_number(number):
        return "other_person", "Kies een persoon, of vul een rijksregisternummer van 11 cijfers in."
    if not knows(town.library, number):
        return "other_person", "De modelstad kent dit rijksregisternummer niet. Kies een ander."
    if means is None:
        return "means-itsme", "Kies hoe u zich aanmeldt."
    return None


def _session_of(request: web.Request) -> SignedIn | None:
    return request.app[TOWN].provider.sessions.get(request.cookies.get(SESSION_COOKIE, ""))


def _page(
    request: web.Request,
    asked: AuthorizationRequest,
    given: MultiMapping[object],
    problem: tuple[str, str] | None = None,
) -> web.Response:
    town = request.app[TOWN]
    known = _session_of(request)
    people = personas(town.library)
    chosen = str(given.get("person") or (people[0].number if people else ""))
    last = request.cookies.get(MEANS_COOKIE)
    return page(
        "sign_in.html",
        status=400 if problem else 200,
        form_target=asked.target,
        hidden={name: str(given[name]) for name in PARAMETERS if given.get(name)},
        client=asked.client.id,
        people=people,
        chosen=chosen,
        other=str(given.get("other_person") or ""),
        means=_LABELS,
        chosen_means=str(given.get("means") or (last if last in _LABELS else "itsme")),
        last_means=_LABELS.get(last, "") if last in MEANS else "",
        # A person who must authenticate anew cannot just continue.
        signed_in=None if _must_prove(given, asked, known, town.provider.now(town.clock)) else known,
        problem=problem,
    )
