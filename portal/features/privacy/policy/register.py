"""Make the register of processing, and the lists in the policy that come from it, of what each room declares.

Sources: GDPR, article 30; the activities are those by which the journal knows each access (`journal.types.Activity`).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Literal

import msgspec
from django.utils.translation import gettext

from portal.platform.database import terms
from portal.platform.journal import processings
from portal.platform.journal.types import Activity, Processing
from portal.platform.kit.folding import fold
from portal.platform.language.current import current
from portal.platform.language.offer import DUTCH
from portal.platform.language.texts import translate
from portal.platform.language.translations import InDutch
from portal.platform.sources import catalogue

from .types import BodyData, FunctionData, KeptData, RegisterEntry

OWN = "burgerprofiel"  # the portal's name in the journal, where a body has the name of its folder


def entries() -> Sequence[RegisterEntry]:
    """List every processing once, in the language of the page: data of bodies first, then our own."""
    return _entries(current())


@cache
def _entries(_language: str) -> Sequence[RegisterEntry]:
    """Turn declarations, which are by function, around: one entry for each activity, with all that use it.

    A processing without an activity, which the journal does not know, is an entry by itself.
    """
    uses: dict[str, list[tuple[Processing, Activity]]] = {}
    without_activity: list[Processing] = []
    for processing in processings.declarations():
        for activity in processing.activities:
            uses.setdefault(activity.name, []).append((processing, activity))
        if not processing.activities:
            without_activity.append(processing)
    entries = [*map(_activity_entry, uses.values()), *map(_processing_entry, without_activity)]
    return tuple(sorted(entries, key=lambda entry: entry.role == "controller"))


def _activity_entry(uses: Sequence[tuple[Processing, Activity]]) -> RegisterEntry:
    first, activity = uses[0]
    return RegisterEntry(
        name=activity.name,
        title=_title(activity),
        data=_once(_words(text) for processing, _ in uses for text in processing.data),
        functions=_once(_words(processing.function) for processing, _ in uses),
        body=activity.body,
        body_name=_body_name(activity.body, activity.body_name),
        role=_role(first),
        purposes=_once(_words(use.purpose) for _, use in uses),
        legal_bases=_once(_words(use.legal_basis) for _, use in uses),
        services=_once(service for _, use in uses for service in use.services),
        retention=_once(retention_in_words(use.retention) for _, use in uses),
        # What is kept for several activities together stands with the first of them.
        kept=_kept_by(processing for processing, use in uses if use is processing.activities[0]),
    )


def _processing_entry(processing: Processing) -> RegisterEntry:
    body = processing.body or OWN
    return RegisterEntry(
        name="",
        title=_words(processing.function),
        data=_once(_words(text) for text in processing.data),
        functions=(_words(processing.function),),
        body=body,
        body_name=_body_name(body, "Mijn Burgerprofiel"),
        role=_role(processing),
        purposes=(_words(processing.purpose),),
        legal_bases=(_words(processing.legal_basis),),
        services=(),
        retention=(),
        kept=_kept_by([processing]),
    )


def for_people() -> Sequence[RegisterEntry]:
    """Join the entries that share title, body and role: people see them as one line."""
    joined: dict[tuple[str, str, str], RegisterEntry] = {}
    for entry in entries():
        key = (entry.title, entry.body, entry.role)
        joined[key] = _join(joined[key], entry) if key in joined else entry
    return tuple(joined.values())


def _join(first: RegisterEntry, other: RegisterEntry) -> RegisterEntry:
    lists = ("data", "functions", "purposes", "legal_bases", "services", "retention", "kept")
    joined = {name: tuple(dict.fromkeys((*getattr(first, name), *getattr(other, name)))) for name in lists}
    return msgspec.structs.replace(first, **joined)


def by_body() -> Sequence[BodyData]:
    """List for each body, by name, which of its data is used in which function: annex 1 of the policy."""
    bodies: dict[str, BodyData] = {}
    for entry in (entry for entry in entries() if entry.body != OWN):
        body = bodies.get(entry.body, BodyData(entry.body, entry.body_name, ()))
        functions = body.functions
        for title in entry.functions:
            functions = _with_data(functions, title, entry.data or (entry.title,))
        bodies[entry.body] = msgspec.structs.replace(body, functions=functions)
    return sorted(bodies.values(), key=lambda body: fold(body.name))


def by_function() -> Sequence[FunctionData]:
    """List for each function which data of bodies it shows: data stands with the first function that declares it.

    What other functions do with it, such as reporting an error in it, stands in the register and in annex 1.
    """
    functions: tuple[FunctionData, ...] = ()
    for entry in (entry for entry in entries() if entry.name and entry.body != OWN):
        functions = _with_data(functions, entry.functions[0], (f"{entry.title} ({entry.body_name})",))
    return functions


def _with_data(functions: tuple[FunctionData, ...], title: str, data: Iterable[str]) -> tuple[FunctionData, ...]:
    """Add data to the function with a title, which comes last when it is new."""
    by_title = {function.title: function.data for function in functions}
    by_title[title] = _once((*by_title.get(title, ()), *data))
    return tuple(FunctionData(title, data) for title, data in by_title.items())


def kept_data() -> Sequence[RegisterEntry]:
    """List the processing that keeps data of people beyond the page, each with its legal basis."""
    return [entry for entry in entries() if entry.kept]


def _kept_by(processings: Iterable[Processing]) -> tuple[KeptData, ...]:
    """List the tables that processings keep data in, each with its contents and term (`rights.toml`)."""
    terms_of = _terms()
    tables = dict.fromkeys(table for processing in processings for table in processing.tables)
    return tuple(KeptData(table, terms_of[table].holds, terms_of[table].term) for table in tables)


def _terms() -> Mapping[str, terms.RetentionTerm]:
    return {declaration.table: declaration.term for declaration in terms.terms()}


def _role(processing: Processing) -> Literal["controller", "processor"]:
    return "controller" if processing.is_controller else "processor"


def _title(activity: Activity) -> str:
    """Give the title of an activity in the language of the page: its dataset's in the manifest, else our own."""
    entry = catalogue.installed().entry(activity.name)
    return entry.words.title if entry else _words(activity.title)


def _body_name(body: str, name: str) -> str:
    return next((agency.words.name for agency in catalogue.installed().agencies if agency.id == body), name)


def retention_in_words(text: str) -> str:
    """Say how long an answer is kept: a manifest gives a code word, a room of ours a sentence."""
    if text == "session":
        return gettext("Zolang u aangemeld bent.")
    return gettext("Wij bewaren het niet.") if text == "none" else _words(text)


def _words(text: str) -> str:
    """Translate a text of a declaration into the language of the page; one without translation is marked as Dutch."""
    words = translate(text)
    return InDutch(text) if words == text and current() != DUTCH else words


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
