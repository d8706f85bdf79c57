"""Who used somebody's data is said in words: no id, slug or English key of ours, on the page or in the copy."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
import pytest_asyncio
from msgspec.structs import replace

from portal.features.mailbox.registry import inquiries
from portal.features.mailbox.types import FEDERATION, LIST, EboxProvider, MessageQuery
from portal.features.privacy.copy import usage_records
from portal.features.privacy.tests.test_usage import HERE, write
from portal.features.privacy.usage import wording
from portal.platform.journal.processings import declarations
from portal.platform.journal.types import Activity, Actor, ActorKind
from tests.citizen import Citizen
from tests.everything import comes

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

NOW = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
# Names of ours that are words of the language too.
DUTCH = {"dossiers", "gezin", "hoger", "inburgering", "leerplicht", "loopbaanonderbreking", "meldingen", "portal"}
CODES = frozenset({"session", "none", "unknown", *filter(None, wording.RESULTS), *(kind.value for kind in ActorKind)})
ACTORS = (
    Actor(ActorKind.CITIZEN),
    Actor(ActorKind.PARENT, str(uuid4())),
    Actor(ActorKind.SYSTEM, "portal"),
    Actor(ActorKind.BODY, "ahovoks"),
    Actor(ActorKind.BODY, "gone-body"),
)
OF_SMALS = EboxProvider(
    "smals", {"en": "Letters of Smals", "nl": "Brieven van Smals"}, "https://smals.example", "3.0"
)


@pytest_asyncio.fixture
async def lies(anew: None) -> Citizen:
    """Sign somebody in of whom the journal has nothing yet."""
    return await comes()


def declared() -> dict[str, Activity]:
    """Give each activity that can be journalled, by its name, with one more where a name stands for many."""
    found = {one.name: one for processing in declarations() for one in processing.activities if "*" not in one.name}
    for provider in (OF_SMALS, replace(OF_SMALS, id="doccle", names={}), replace(OF_SMALS, id=FEDERATION)):
        asked = inquiries.list_inquiry(provider, MessageQuery()).activity(LIST)
        found[asked.name] = asked
    of_gone = replace(asked, body="gone-body", body_name="", dataset="meldingen")
    return {**found, of_gone.name: of_gone}


def ids_in(activities: dict[str, Activity]) -> set[str]:
    names = {part for one in activities.values() for part in (one.body, one.dataset, *one.dataset.split("/"))}
    return (names | CODES | set(wording.DONE) | {"smals", "doccle", FEDERATION}) - DUTCH - {"ondersteuning"}


def assert_in_words(text: str, ids: set[str]) -> None:
    found = [one for one in ids if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text)]
    assert found == [], text


async def test_no_name_of_ours_is_read_of_anything_that_is_done(lies: Citizen):
    citizen, activities = lies.session.citizen_id, declared()
    ids = ids_in(activities)
    for days, actor in enumerate(ACTORS):
        await write(citizen, NOW - timedelta(days=days), *activities.values(), actor=actor, name="no longer done")
    for number, name in enumerate(wording.DONE):
        await write(citizen, NOW + timedelta(seconds=number), name=name, result="partial")
    page = unescape((await lies.gets(HERE)).content.decode())
    main = page[page.index("<main") : page.index("</main>")]
    shown = " ".join(re.sub(r"<[^>]*>", " ", main).split())
    assert_in_words(shown, ids)
    for words in ("Documenten in de eBox (Brieven van Smals)", "niet meer verbonden", wording.in_words("sign in")):
        assert words in shown
    for record in await usage_records.export(citizen):
        assert isinstance(record.value, dict)
        assert_in_words(json.dumps([record.value[key] for key in sorted(record.value)], default=str), ids)
