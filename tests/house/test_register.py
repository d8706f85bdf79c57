"""The register holds all that can be journalled, and annex 1 all that sources can be asked: neither more nor less."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.test import AsyncClient, override_settings

from portal.features.certificates import inquiries as certificates
from portal.features.certificates.types import FETCH
from portal.features.dossiers import inquiries as dossiers
from portal.features.mailbox.registry import inquiries as mailbox
from portal.features.notifications import section as notices
from portal.features.privacy.policy import register
from portal.features.privacy.usage import wording
from portal.platform.database import terms
from portal.platform.journal import processings
from portal.platform.journal.types import Activity, Purpose
from portal.platform.language.current import speaking
from portal.platform.sources import catalogue

PORTAL = Path("portal")
# Where an activity is made of what a manifest says, once its purpose is known: the function, and the room whose
# processings list it.
MADE_OF_MANIFESTS = {
    ("portal/platform/sources/catalogue.py", "activity"),
    ("portal/features/certificates/inquiries.py", "_activity"),
    ("portal/features/dossiers/inquiries.py", "_activity"),
    ("portal/features/corrections/rules.py", "activity_of"),
    ("portal/features/mailbox/registry/inquiries.py", "_activity"),
    ("portal/features/mailbox/registry/inquiries.py", "activities"),
    ("portal/features/notifications/journalling.py", "activity_of"),
}
NOT_ABOUT_ANYBODY = {
    # A row of the register becomes an activity again, which it was when it was written.
    ("portal/platform/journal/queries.py", "activity_of"),
    ("portal/platform/journal/types.py", "own_activity"),
    # What an operator explains of the journal itself has no data subject.
    ("portal/platform/journal/accepting.py", "_write"),
}


async def read_page(path: str, language: str = "nl") -> str:
    browser = AsyncClient()
    browser.cookies["__Host-mbp-taal"] = language
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        return (await browser.get(path)).content.decode()


def declared_activities() -> list[Activity]:
    return [activity for one in processings.declarations() for activity in one.activities]


def modules() -> Iterator[tuple[Path, ModuleType]]:
    for file in sorted(PORTAL.rglob("*.py")):
        is_code = not {"tests", "migrations", "management", "config"} & set(file.parts) and file.stem != "__init__"
        if is_code and any(word in file.read_text("utf-8") for word in ("Activity", "Purpose(", "own_activity")):
            yield file, import_module(".".join(file.with_suffix("").parts))


def values_of(module: ModuleType) -> Iterator[object]:
    """Go through what a module holds, and what its mappings do."""
    for value in vars(module).values():
        yield from value.values() if isinstance(value, dict) else [value]


def test_every_activity_and_purpose_that_the_code_holds_is_in_the_register():
    known, sentences = (
        {activity.id for activity in declared_activities()},
        {activity.purpose for activity in declared_activities()},
    )
    found = [(file, each) for file, module in modules() for each in values_of(module)]
    activities = [each for _, each in found if isinstance(each, Activity)]
    assert len(activities) > 10
    assert [each.name for each in activities if each.id not in known] == []
    purposes = [each for _, each in found if isinstance(each, Purpose)]
    assert len(purposes) > 5
    assert [each.sentence for each in purposes if each.sentence not in sentences] == []


def test_every_operation_that_the_code_names_has_words_for_people_and_no_other_has():
    found = set[str]()
    for file, module in modules():
        for value in values_of(module):
            if isinstance(value, Purpose):
                found.add(value.operation)
            if file.stem.endswith("journalling"):
                named = value if isinstance(value, tuple) else (value,)
                found |= {one for one in named if isinstance(one, str) and re.fullmatch(r"[a-z]+( [a-z']+)+", one)}
    assert found == set(wording.DONE)


def test_activities_are_made_nowhere_else():
    """Whoever makes one in a new place lists it in the `processings` of its room, and here."""
    made = set()
    for file, _ in modules():
        for function in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Activity":
                        made.add((str(file), function.name))
    assert made == MADE_OF_MANIFESTS | NOT_ABOUT_ANYBODY


def test_every_entry_has_one_line_one_role_and_all_that_the_law_wants():
    entries = register.entries()
    assert [name for name, times in Counter(entry.name for entry in entries if entry.name).items() if times > 1] == []
    roles: dict[str, set[bool]] = {}
    for one in processings.declarations():
        for activity in one.activities:
            roles.setdefault(activity.name, set()).add(one.is_controller)
    assert {name for name, of in roles.items() if len(of) > 1} == set()
    for entry in entries:
        lists = (entry.functions, entry.purposes, entry.legal_bases)
        assert all((entry.title, entry.body_name, *lists, *(text for texts in lists for text in texts))), entry
        assert any((entry.retention, entry.kept, not entry.name)), entry
    assert {entry.name for entry in entries if entry.name} == {activity.name for activity in declared_activities()}


def test_all_that_is_kept_of_people_stands_in_it_with_its_ground_and_its_term():
    of_people = {one.table: one.term for one in terms.terms() if one.term.of != "nobody"}
    kept = [(one.table, one.term, entry.legal_bases) for entry in register.kept_data() for one in entry.kept]
    assert sorted(table for table, _, _ in kept) == sorted(of_people)
    assert all(term == of_people[table].term and grounds for table, term, grounds in kept)


def test_annex_1_is_what_sources_can_be_asked_and_bodies_report_and_nothing_else():
    installed = catalogue.installed()
    expected = {entry.name for entry in installed.entries}
    expected |= {activity.name for activity in certificates.activities_of_made(FETCH)}
    expected |= {activity.name for activity in certificates.activities_of_held(FETCH)}
    expected |= {activity.name for activity in mailbox.activities()}
    expected |= {dossiers.name()}
    notified = {f"{one.id}.meldingen" for one in installed.agencies if notices.dutch(one).services}
    others = [entry for entry in register.entries() if entry.body != register.OWN]
    assert {entry.name for entry in others if entry.name} == expected | notified
    # Each thing that a manifest lets be asked is one of these.
    for agency in installed.agencies:
        for asked in agency.asks:
            assert any(fnmatchcase(name, f"{agency.id}.{asked.id}*") for name in expected), asked
    listed = {
        (body.id, function.title, data)
        for body in register.by_body()
        for function in body.functions
        for data in function.data
    }
    # For every part of the portal that uses it: who signs in is looked up too.
    assert listed == {
        (entry.body, function, text)
        for entry in others
        for function in entry.functions
        for text in (entry.data or (entry.title,))
    }
    assert ("rijksregister", "Aanmelden") in {(body, function) for body, function, _ in listed}
    assert len(register.by_body()) == len({entry.body for entry in others})


async def test_people_and_programs_read_the_same_register(database):
    page = await read_page("/privacy/register/")
    told = json.loads(await read_page("/privacy/register.json"))
    assert told["controller"]["dpo"]
    assert [entry["name"] for entry in told["entries"]] == [entry.name for entry in register.entries()]
    # People see in one line what has one title and one body, and miss nothing of it.
    lines = {(entry["title"], entry["body"], entry["role"]) for entry in told["entries"]}
    assert page.count('<details class="fold">') == len(lines) < len(told["entries"])
    assert {role for _, _, role in lines} == {"controller", "processor"}
    for text in {text for entry in told["entries"] for text in (*entry["purposes"], *entry["services"])}:
        assert f"<dd>{text}</dd>" in page
    # Programs read Dutch, whatever the language of a browser before them.
    with speaking("en"):
        assert {entry.title for entry in register.entries()} != {entry["title"] for entry in told["entries"]}
    assert await read_page("/privacy/register.json", language="en") == await read_page("/privacy/register.json")
