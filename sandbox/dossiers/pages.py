"""Show people's dossiers and change them: for people, and for programs.

`POST /dossiers/changes` takes one change or a list of changes as JSON, of which all are made or none, or a form. Once
they are made, the portal is notified of each that has `silent`; `/meldingen/` shows its answers.
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

from .answering import right_answer_of, tree_of
from .changes import Change, State, mutation_of, state_after, state_of
from .listing import DossierRow, dossiers_in, moment_of, newest, row_of
from .oddities import ODDITIES
from .variety import STATES

_TICK = timedelta(milliseconds=1)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FIELDS = ("person", "source", "number", "name", "phase", "status", "action", "silent")
_SILENT = {"true": True, "false": False}


class InvalidChange(Exception):
    """A change cannot be made; the text says why."""


class OddAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold which odd answer a person gets, of ODDITIES; the right one when it is empty."""

    answer: str = ""


def add_to(app: web.Application) -> None:
    """Add `/dossiers/`."""
    app.router.add_get("/dossiers/", index)
    app.router.add_get("/dossiers/changes", changes)
    app.router.add_post("/dossiers/changes", change)
    app.router.add_delete("/dossiers/changes", clear)
    app.router.add_get("/dossiers/people/{person}", show)
    app.router.add_put("/dossiers/people/{person}", put)
    app.router.add_post("/dossiers/people", post)


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
    """Give the state after every change since the start, by person."""
    states = request.app[TOWN].dossiers.all()
    return as_json([{"person": person, **msgspec.to_builtins(state)} for person, state in states])


async def clear(request: web.Request) -> web.Response:
    """Forget all changes and oddities."""
    request.app[TOWN].dossiers.clear()
    return web.Response(status=204)


async def change(request: web.Request) -> web.Response:
    """Change dossiers, or add them: 201 when one is new, else 200, with the state of each dossier."""
    town = request.app[TOWN]
    body = (await request.read()).lstrip()
    # Many HTTP clients send a body whose type was not set as a form; JSON is recognised by its first byte.
    is_form = request.content_type in _FORMS and body[:1] not in (b"{", b"[")
    try:
        requested = [await _of_form(request)] if is_form else _decode(body)
        states = _states_after(town, requested)
    except InvalidChange as error:
        return _error(400, str(error))
    is_new = not all(_mutations(town, person, state) for person, state in states)
    for person, state in states:
        town.dossiers.add(person, state)
    for item, (person, state) in zip(requested, states, strict=True):
        if item.silent is not msgspec.UNSET:
            await _notify(town, person, state, is_silent=item.silent)
    if is_form:
        raise web.HTTPSeeOther(f"/dossiers/?person={states[0][0]}")
    rows = [{"person": person, **msgspec.to_builtins(row)} for (person, _), row in _dossiers(town, states).items()]
    return as_json(rows if body[:1] == b"[" else rows[0], 201 if is_new else 200)


async def show(request: web.Request) -> web.Response:
    """Give a person's dossiers, and which odd answer they get."""
    town, person = request.app[TOWN], request.match_info["person"]
    if not _is_known(town, person):
        return _error(404, "the town does not know this person")
    return as_json({"answer": town.dossiers.odd.get(person, ""), "dossiers": _rows(town, person)})


async def put(request: web.Request) -> web.Response:
    """Choose a person's odd answer."""
    town, person = request.app[TOWN], request.match_info["person"]
    if not _is_known(town, person):
        return _error(404, "the town does not know this person")
    try:
        oddity = msgspec.json.decode(await request.read(), type=OddAnswer).answer
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _error(400, f"{error}; send {{'answer': one of {', '.join(ODDITIES)}, or empty}}")
    if oddity and oddity not in ODDITIES:
        return _error(400, f"no such answer; it is one of {', '.join(ODDITIES)}, or empty")
    town.dossiers.set_oddity(person, oddity)
    return await show(request)


async def post(request: web.Request) -> web.Response:
    """Do as `put` from a form, fields `person` and `answer`; then back to the person's dossiers."""
    town, form = request.app[TOWN], await request.post()
    person, oddity = str(form.get("person", "")), str(form.get("answer", ""))
    if not _is_known(town, person) or (oddity and oddity not in ODDITIES):
        return web.Response(status=400, text="Deze persoon of dit antwoord bestaat niet.")
    town.dossiers.set_oddity(person, oddity)
    raise web.HTTPSeeOther(f"/dossiers/?person={person}")


def _decode(body: bytes) -> list[Change]:
    try:
        if body[:1] == b"[":
            requested = msgspec.json.decode(body, type=list[Change])
        else:
            requested = [msgspec.json.decode(body, type=Change)]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidChange(f"{error}; a change is an object with {', '.join(_FIELDS)}") from error
    if not requested:
        raise InvalidChange("the list of changes is empty")
    return requested


async def _of_form(request: web.Request) -> Change:
    fields: dict[str, Any] = {name: str(value) for name, value in (await request.post()).items() if name in _FIELDS}
    if not fields.get("name"):
        fields.pop("name", None)
    if (silent := _SILENT.get(fields.pop("silent", ""))) is not None:
        fields["silent"] = silent
    try:
        return msgspec.convert(fields, Change)
    except msgspec.ValidationError as error:
        raise InvalidChange(str(error)) from error


def _states_after(town: Town, requested: list[Change]) -> list[tuple[str, State]]:
    """Give the person and the state after each change, in their order, without changing anything yet.

    Raises InvalidChange.
    """
    states: list[tuple[str, State]] = []
    last: dict[tuple[str, str, str], State] = {}
    for raw in requested:
        item = msgspec.structs.replace(raw, source=raw.source.strip(), number=raw.number.strip())
        if not item.source or not item.number:
            raise InvalidChange("source and number: they cannot be blank")
        if not _is_known(town, item.person):
            raise InvalidChange(f"person: the town does not know {item.person}")
        if item.silent is not msgspec.UNSET and item.source not in town.sources.senders:
            raise InvalidChange(f"silent: no body of the town notifies of dossiers of {item.source}")
        key = (item.person, item.source, item.number)
        before = last.get(key) or _before(town, item)
        state = state_after(before, item)
        if not state.name:
            raise InvalidChange("name: a new dossier needs one")
        try:
            mutation_of(state, item.person)
        except ValueError as error:
            raise InvalidChange("a text holds what cannot stand in XML, such as a control character") from error
        last[key] = replace(state, at=state.at + _TICK)
        states.append((item.person, state))
    return states


async def _notify(town: Town, person: str, state: State, *, is_silent: bool) -> None:
    """Notify the portal of a dossier's state, as the body of that dossier."""
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


def _before(town: Town, item: Change) -> State:
    """Give the state of a dossier before a change; its `at` is that of the change: now, after all mutations."""
    at = datetime.fromtimestamp(town.clock(), ZONE)
    mutations = _mutations(town, item.person, item)
    if not mutations:
        return State(item.source, item.number, "", at)
    latest = newest(mutations)
    before = moment_of(latest)
    # Two changes may come in one millisecond, and a sample may be of a later day than today. A date in the last year
    # that Python knows leaves no room for a later one.
    return state_of(latest, max(at, before + _TICK) if before.year < MAXYEAR else at)


def _rows(town: Town, person: str) -> list[DossierRow]:
    root = tree_of(town, person)
    return dossiers_in(root, person) if root is not None else []


def _mutations(town: Town, person: str, dossier: State | Change) -> list[etree._Element]:
    """Give all mutations of the dossier that a state or change is of, also while the person gets an odd answer."""
    right = right_answer_of(town, person)
    return right.mutations.get((dossier.source, dossier.number), []) if right else []


def _dossiers(town: Town, states: list[tuple[str, State]]) -> dict[tuple[str, tuple[str, str]], DossierRow]:
    """Give the row of each changed dossier, once, by person and (source, number)."""
    latest = {(person, (it.source, it.number)): it for person, it in states}
    return {(person, key): row_of(key, _mutations(town, person, it), person) for (person, key), it in latest.items()}


def _is_known(town: Town, person: str) -> bool:
    return is_number(person) and knows(town.library, person)


def _error(status: int, text: str) -> web.Response:
    return as_json({"error": text}, status)
