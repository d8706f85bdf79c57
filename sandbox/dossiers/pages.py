"""Show people's dossiers and change them: for people, and for programs.

`POST /dossiers/changes` takes one change or a list of them as JSON, of which all count or none, or a form. A change
with `silent` is notified to the portal too, once all of them count; `/meldingen/` shows what that was answered.
"""

from dataclasses import replace
from datetime import MAXYEAR, datetime, timedelta
from typing import Any

import msgspec
from aiohttp import web
from lxml import etree

from sandbox.magda.answers import ZONE
from sandbox.magda.folders import is_number, knows
from sandbox.notices import sending
from sandbox.pages import as_json, page
from sandbox.people import personas
from sandbox.state import TOWN, Town

from .answering import standing_of, tree_of
from .changes import Change, State, after, mutation_of, state_of
from .listing import DossierRow, dossiers_in, moment_of, newest, row_of
from .oddities import ODDITIES
from .variety import STATES

_TICK = timedelta(milliseconds=1)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FIELDS = ("person", "source", "number", "name", "phase", "status", "action", "silent")
_SILENT = {"true": True, "false": False}


class Wrong(Exception):
    """A change cannot be made; the text says what is wrong with it."""


class OddAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say which odd answer a person gets; the right one when it is empty."""

    answer: str = ""


def add_to(app: web.Application) -> None:
    """Add `/dossiers/`."""
    app.router.add_get("/dossiers/", index)
    app.router.add_get("/dossiers/changes", changes)
    app.router.add_post("/dossiers/changes", change)
    app.router.add_delete("/dossiers/changes", clear)
    app.router.add_get("/dossiers/people/{person}", show)
    app.router.add_put("/dossiers/people/{person}", put)
    app.router.add_post("/dossiers/people", turn)


async def index(request: web.Request) -> web.Response:
    """List who has dossiers, and those of the chosen person."""
    town = request.app[TOWN]
    person = request.query.get("person", "")
    return page(
        "dossiers.html",
        people=[(it, len(_rows(town, it.number))) for it in personas(town.library)],
        person=person,
        is_known=_is_known(town, person),
        dossiers=_rows(town, person) if is_number(person) else [],
        odd=town.dossiers.odd.get(person, ""),
        oddities=list(ODDITIES),
        states=STATES,
        senders=town.sources.senders,
    )


async def changes(request: web.Request) -> web.Response:
    """Give every change since the start, by person."""
    made = [{"person": person, **msgspec.to_builtins(state)} for person, state in request.app[TOWN].dossiers.all()]
    return as_json(made)


async def clear(request: web.Request) -> web.Response:
    """Forget all changes and oddities."""
    request.app[TOWN].dossiers.clear()
    return web.Response(status=204)


async def change(request: web.Request) -> web.Response:
    """Change dossiers, or add them: 201 when one is new, else 200, with how each stands now."""
    town = request.app[TOWN]
    body = (await request.read()).lstrip()
    # Programs that say nothing of their content are often taken for a form by what sends for them.
    is_form = request.content_type in _FORMS and body[:1] not in (b"{", b"[")
    try:
        asked = [await _of_form(request)] if is_form else _decode(body)
        states = _make(town, asked)
    except Wrong as error:
        return _wrong(400, str(error))
    is_new = not all(_mutations(town, person, state) for person, state in states)
    for person, state in states:
        town.dossiers.add(person, state)
    for given, (person, state) in zip(asked, states, strict=True):
        if given.silent is not msgspec.UNSET:
            await _notify(town, person, state, is_silent=given.silent)
    if is_form:
        raise web.HTTPSeeOther(f"/dossiers/?person={states[0][0]}")
    stand = [{"person": person, **msgspec.to_builtins(now)} for (person, _), now in _dossiers(town, states).items()]
    return as_json(stand if body[:1] == b"[" else stand[0], 201 if is_new else 200)


async def show(request: web.Request) -> web.Response:
    """Give a person's dossiers, and which odd answer they get."""
    town, person = request.app[TOWN], request.match_info["person"]
    if not _is_known(town, person):
        return _wrong(404, "the town does not know this person")
    return as_json({"answer": town.dossiers.odd.get(person, ""), "dossiers": _rows(town, person)})


async def put(request: web.Request) -> web.Response:
    """Choose a person's odd answer."""
    town, person = request.app[TOWN], request.match_info["person"]
    if not _is_known(town, person):
        return _wrong(404, "the town does not know this person")
    try:
        asked = msgspec.json.decode(await request.read(), type=OddAnswer).answer
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _wrong(400, f"{error}; send {{'answer': one of {', '.join(ODDITIES)}, or empty}}")
    if asked and asked not in ODDITIES:
        return _wrong(400, f"no such answer; it is one of {', '.join(ODDITIES)}, or empty")
    town.dossiers.turn(person, asked)
    return await show(request)


async def turn(request: web.Request) -> web.Response:
    """Do the same from a form, fields `person` and `answer`; then back to the person's dossiers."""
    town, form = request.app[TOWN], await request.post()
    person, asked = str(form.get("person", "")), str(form.get("answer", ""))
    if not _is_known(town, person) or (asked and asked not in ODDITIES):
        return web.Response(status=400, text="Deze persoon of dit antwoord bestaat niet.")
    town.dossiers.turn(person, asked)
    raise web.HTTPSeeOther(f"/dossiers/?person={person}")


def _decode(body: bytes) -> list[Change]:
    try:
        if body[:1] == b"[":
            found = msgspec.json.decode(body, type=list[Change])
        else:
            found = [msgspec.json.decode(body, type=Change)]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Wrong(f"{error}; a change is an object with {', '.join(_FIELDS)}") from error
    if not found:
        raise Wrong("the list of changes is empty")
    return found


async def _of_form(request: web.Request) -> Change:
    given: dict[str, Any] = {name: str(value) for name, value in (await request.post()).items() if name in _FIELDS}
    if not given.get("name"):
        given.pop("name", None)
    if (silent := _SILENT.get(given.pop("silent", ""))) is not None:
        given["silent"] = silent
    try:
        return msgspec.convert(given, Change)
    except msgspec.ValidationError as error:
        raise Wrong(str(error)) from error


def _make(town: Town, asked: list[Change]) -> list[tuple[str, State]]:
    """Work out how each dossier stands after its change, without changing anything yet."""
    made: list[tuple[str, State]] = []
    last: dict[tuple[str, str, str], State] = {}
    for given in asked:
        one = msgspec.structs.replace(given, source=given.source.strip(), number=given.number.strip())
        if not one.source or not one.number:
            raise Wrong("source and number: they cannot be blank")
        if not _is_known(town, one.person):
            raise Wrong(f"person: the town does not know {one.person}")
        if one.silent is not msgspec.UNSET and one.source not in town.sources.senders:
            raise Wrong(f"silent: no body of the town notifies of dossiers of {one.source}")
        key = (one.person, one.source, one.number)
        before = last.get(key) or _before(town, one)
        state = after(before, one)
        if not state.name:
            raise Wrong("name: a new dossier needs one")
        try:
            mutation_of(state, one.person)
        except ValueError as error:
            raise Wrong("a text holds what cannot stand in XML, such as a control character") from error
        last[key] = replace(state, at=state.at + _TICK)
        made.append((one.person, state))
    return made


async def _notify(town: Town, person: str, state: State, *, is_silent: bool) -> None:
    """Have the body of a dossier notify the portal of how it stands."""
    news = sending.News(
        person=person,
        source=state.source,
        number=state.number,
        at=state.at,
        phase=state.phase,
        status=state.status,
        action=state.action or "",
        details=state.details,
        product=(newest(_mutations(town, person, state)).findtext("Producten/Product") or "").strip(),
        is_silent=is_silent,
    )
    sender = town.sources.senders[state.source]
    await sending.send(town.notices, sender, news, town.settings.portal, town.settings.machine_keys)


def _before(town: Town, one: Change) -> State:
    """Give how a dossier stood, at the moment of the change: after all that was said before."""
    at = datetime.fromtimestamp(town.clock(), ZONE)
    mutations = _mutations(town, one.person, one)
    if not mutations:
        return State(one.source, one.number, "", at)
    latest = newest(mutations)
    before = moment_of(latest)
    # Changes may come at once, and a sample may be of a later day than today; there is nothing after the last year.
    return state_of(latest, max(at, before + _TICK) if before.year < MAXYEAR else at)


def _rows(town: Town, person: str) -> list[DossierRow]:
    root = tree_of(town, person)
    return dossiers_in(root, person) if root is not None else []


def _mutations(town: Town, person: str, one: State | Change) -> list[etree._Element]:
    """Give all mutations of a dossier, also while the person's answer is odd."""
    standing = standing_of(town, person)
    return standing.mutations.get((one.source, one.number), []) if standing else []


def _dossiers(town: Town, states: list[tuple[str, State]]) -> dict[tuple[str, tuple[str, str]], DossierRow]:
    """List each dossier that was changed, once, by person and identification."""
    latest = {(person, (it.source, it.number)): it for person, it in states}
    return {(person, key): row_of(key, _mutations(town, person, it), person) for (person, key), it in latest.items()}


def _is_known(town: Town, person: str) -> bool:
    return is_number(person) and knows(town.library, person)


def _wrong(status: int, text: str) -> web.Response:
    return as_json({"error": text}, status)
