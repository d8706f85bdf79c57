"""Everything about me: all of it, as its schema says, no part that looks whole, and only for who just signed in."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import psycopg
import pypdf
import pytest
import pytest_asyncio
from django.core.exceptions import RequestAborted
from django.test import override_settings

from portal.config.handler import RequestHandler
from portal.features.mailbox.copies import reading as copies
from portal.features.notifications.tests import notifying
from portal.features.privacy import journalling, keepers
from portal.features.privacy.copy import making, usage_records, writing
from portal.features.privacy.usage import reading, references
from portal.platform.access import sessions
from portal.platform.database import pool
from portal.platform.journal import actions as journal
from portal.platform.paper import typesetting
from tests.citizen import Citizen
from tests.everything import comes, fill
from tests.house.handlers import FORM, form_of
from tests.journal_entries import entries_of
from tests.own_copy_columns import IN_COPY

pytestmark = pytest.mark.security

PAGE = "/privacy/uitvoer/"


@pytest.fixture
def anew(past_walls: psycopg.Connection) -> Iterator[None]:
    """Let Django's test clients call us, and nobody keep anything."""
    for table in (*owned_tables(past_walls), "profile_code_sent", "notifications_bundle", "dossiers_upload"):
        past_walls.execute(f"delete from {table}")
    notifying.tokens.clear()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


def owned_tables(past_walls: psycopg.Connection) -> list[str]:
    """List the tables with a citizen, but those of the journal."""
    found = past_walls.execute(
        "select table_name from information_schema.columns where column_name = 'citizen_id' "
        "and table_schema = 'public' and table_name !~ '^journal_' order by 1"
    )
    return [name for (name,) in found]


@pytest_asyncio.fixture
async def lies(anew: None) -> Citizen:
    who = await comes()
    await fill(who)
    return who


async def read_zip(answer: Any) -> bytes:
    return b"".join([piece async for piece in answer.streaming_content])


async def copy_of(who: Citizen) -> zipfile.ZipFile:
    answer = await who.posts(PAGE)
    assert answer.status_code == 200, answer
    assert answer["Cache-Control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(await read_zip(answer)))


def records(found: zipfile.ZipFile) -> dict[str, list[Any]]:
    """Read the records of each part."""
    names = [name for name in found.namelist() if name.startswith("gegevens/")]
    return {name.split("/")[1].split(".")[0]: json.loads(found.read(name))["gegevens"] for name in names}


def leads(place: str, parts: dict[str, list[Any]]) -> bool:
    """Tell whether a place of IN_COPY is in some record of its kind."""
    kind, *keys = place.split(".")

    def within(value: Any) -> bool:
        for key in keys:
            if not isinstance(value, dict) or key not in value:
                return False
            value = value[key]
        return True

    return any(within(one) for of_it in parts.values() for one in of_it if one["soort"] == kind)


async def test_all_that_is_kept_is_in_it_as_its_schema_says(lies: Citizen):
    found = await copy_of(lies)
    assert found.testzip() is None
    schema = json.loads(found.read("uitleg/schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    for name in found.namelist():
        if name.endswith(".json") and name != "uitleg/schema.json":
            checker.validate(json.loads(found.read(name)))
    parts = records(found)
    kinds = {part: {one["soort"] for one in of_it} for part, of_it in parts.items()}
    every_keeper = [*keepers.every_keeper(), usage_records.KEEPER]
    declared = {keeper.id: set(keeper.words) for keeper in every_keeper}
    assert [keeper.id for keeper in every_keeper if keeper.title == keeper.id] == []
    assert {part: words - kinds[part] for part, words in declared.items() if words - kinds[part]} == {}
    assert {part: of_it - declared[part] for part, of_it in kinds.items() if of_it - declared[part]} == {}
    assert [place for columns in IN_COPY.values() for place in columns.values() if not leads(place, parts)] == []
    told = json.dumps(parts)
    for canary in (
        "CANARY-Zonnetje",
        "canary@example.org",
        "canary-2@example.org",
        "CANARY-CAUSE",
        "CANARY-SEEN",
        "CANARY-PAID",
        "CANARY-MASTER",
        "Veldstraat",
        "2026-77",
        "Firefox op Linux",
    ):
        assert canary in told, canary
    # The files of their own archive, and what its letters say: all is in one ZIP.
    of_archive = {name: found.read(name) for name in found.namelist() if name.startswith("bestanden/mailbox/")}
    assert b"CANARY-COPIED" in of_archive.values()
    assert any(b"CANARY" in content for name, content in of_archive.items() if name.endswith("Over dit document.txt"))
    photo = next(one for one in parts["profile"] if one["soort"] == "photo")
    assert found.read(photo["bestand"]).startswith(b"\xff\xd8\xff")
    assert "Waarom: uw foto staat alleen op deze pagina" in photo["toestemming"]["tekst"]
    consents = [one["toestemming"] for of_it in parts.values() for one in of_it if "toestemming" in one]
    assert len(consents) >= 6
    assert [one for one in consents if not one["tekst"]] == []
    told_of_it = json.loads(found.read("inhoud.json"))
    assert told_of_it["volledig"] is True
    assert {one["onderdeel"]: one["aantal"] for one in told_of_it["onderdelen"] if one["onderdeel"] in parts} == {
        part: len(of_it) for part, of_it in parts.items()
    }
    pdf = pypdf.PdfReader(io.BytesIO(found.read("samenvatting.pdf")))
    assert b"pdfaid" in pdf.trailer["/Root"]["/Metadata"].get_data()
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "CANARY-Zonnetje" in text
    assert "Alles voluit: gegevens/profile.json" in " ".join(text.split())
    assert "LET OP" not in found.read("Lees mij.txt").decode("utf-8-sig")


def test_text_of_a_consent_is_whole_whatever_its_markup():
    given = '<p>Waarom:\n zo <a href="/">maar</a>.</p>\n<h3>Wat</h3><ul><li>Dit.</li>\n<li>Dat &amp; meer.</li></ul>'
    assert writing.plain(given) == "Waarom: zo maar.\nWat\nDit. Dat & meer."


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("lead <p>a</p> tail <ul><li>1</li><li>2</li></ul>z", "lead\na\ntail\n1 2\nz"),
        ("<!-- of the template --><p>a<!-- more --> b</p>", "a b"),
        ("<p>one<br>two, <b>thr</b>ee.</p>\n\n<dl><dt>x</dt><dd>y</dd></dl>", "one two, three.\nx y"),
        ("<!-- nothing else -->", ""),
        ("", ""),
    ],
)
def test_no_word_of_a_text_is_lost(given: str, words: str):
    assert writing.plain(given) == words


async def test_every_use_is_in_it_however_many_pages_there_are(lies: Citizen, monkeypatch: pytest.MonkeyPatch):
    """Elsewhere an export of activities ended, without a word, at so many rows (PageSpace issue 903)."""
    monkeypatch.setattr(reading, "MOST_AT_ONCE", 3)
    uses = records(await copy_of(lies))["usage"]
    every = await entries_of(lies.session.citizen_id, most=1000)
    names = [one["waarde"]["handeling"] for one in uses]
    assert len(names) == len(every) > 12
    assert names[0] == "Kopie van alles opgehaald"
    # Each under the reference by which its page names it, and who asks about it does.
    assert {one["waarde"]["kenmerk"] for one in uses} == {references.reference_of(one) for one in every}


async def test_context_gives_every_word_a_meaning(lies: Citizen):
    found = await copy_of(lies)
    context = json.loads(found.read("uitleg/context.jsonld"))["@context"]
    words = {word for of_it in records(found).values() for one in of_it for word in one}
    assert words - {"toestemming"} <= set(context)
    assert {context[kind]["@id"] for kind in ("email", "address", "nickname")} == {
        "http://schema.org/ContactPoint",
        "http://www.w3.org/ns/locn#Address",
        "http://www.w3.org/ns/person#Person",
    }


async def test_part_that_fails_is_told_and_the_rest_is_there(lies: Citizen, monkeypatch: pytest.MonkeyPatch, caplog):
    """Elsewhere such a failure was swallowed, and what came looked whole (vm0 pull request 4513)."""

    async def fails(*_: object) -> Any:
        raise pool.DatabaseBusy("CANARY-DETAIL")

    broken = [
        keepers.Keeper(one.id, one.title, fails if one.id == "profile" else one.export, one.words)
        for one in keepers.every_keeper()
    ]
    monkeypatch.setattr(keepers, "every_keeper", lambda: broken)
    monkeypatch.setattr(typesetting, "LARGEST", 10)
    found = await copy_of(lies)
    told = json.loads(found.read("inhoud.json"))
    assert [one["onderdeel"] for one in told["onderdelen"] if one["ontbreekt"]] == ["profile", "samenvatting"]
    assert told["volledig"] is False
    assert "gegevens/profile.json" not in found.namelist()
    assert "Profiel ontbreekt in dit bestand." in found.read("ONTBREEKT - profile.txt").decode("utf-8-sig")
    assert "LET OP: dit is niet alles." in found.read("Lees mij.txt").decode("utf-8-sig")
    assert "CANARY-SEEN" in json.dumps(records(found))
    assert "CANARY-DETAIL" not in caplog.text
    uses = await entries_of(lies.session.citizen_id)
    use = next(one for one in uses if one.name == journalling.TAKE)
    assert [each.result for each in use.uses] == ["partial"]


async def test_file_that_does_not_open_or_cannot_be_had_is_told(
    lies: Citizen, past_walls: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
):
    past_walls.execute("update mailbox_copy_part set sealed = 'x' where item = 1")
    found = await copy_of(lies)
    assert json.loads(found.read("inhoud.json"))["volledig"] is False
    told = found.read("Lees mij.txt").decode("utf-8-sig")
    assert "LET OP: dit is niet alles." in told
    assert "beschadigd; dit is niet meer wat u bewaarde" in told

    async def fails(*_: object) -> Any:
        raise pool.DatabaseBusy

    monkeypatch.setattr(copies, "_part", fails)
    found = await copy_of(lies)
    assert found.testzip() is None
    missing = [one["onderdeel"] for one in json.loads(found.read("inhoud.json"))["onderdelen"] if one["ontbreekt"]]
    assert missing == ["mailbox_bestanden"]
    assert "ONTBREEKT - mailbox_bestanden.txt" in found.namelist()


async def test_what_breaks_off_has_no_end(lies: Citizen):
    answer = await lies.posts(PAGE)
    pieces = aiter(answer.streaming_content)
    begun = [await anext(pieces)]
    await sessions.close(lies.session)

    async def rest() -> None:
        begun.extend([piece async for piece in pieces])

    with pytest.raises(RequestAborted):
        await rest()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(begun)))
    assert making._under_way == set()


async def test_copy_is_whole_where_the_journal_cannot_note_its_end(
    lies: Citizen, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def fails(*_: object, **__: object) -> None:
        raise pool.DatabaseBusy("CANARY-DETAIL")

    monkeypatch.setattr(journal, "record_result", fails)
    found = await copy_of(lies)
    assert found.testzip() is None
    assert json.loads(found.read("inhoud.json"))["volledig"] is True
    assert ("the end of a copy is not journalled" in caplog.text, "CANARY-DETAIL" in caplog.text) == (True, False)


async def test_one_at_a_time_whether_or_not_anything_was_read_of_it(lies: Citizen):
    first = await lies.posts(PAGE)
    for _ in range(2):
        second = await lies.posts(PAGE)
        assert (second.status_code, second["Retry-After"]) == (429, "15")
        assert "U haalt uw gegevens al op" in second.content.decode()
    assert zipfile.ZipFile(io.BytesIO(await read_zip(first))).testzip() is None
    assert (await copy_of(lies)).testzip() is None


async def test_whoever_has_many_files_keeps_nobody_waiting(lies: Citizen, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(making, "AT_ONCE", 1)
    other = await comes("93681527060")
    first = await lies.posts(PAGE)
    refused = await other.posts(PAGE)
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert "Het is even te druk. Wacht een halve minuut" in refused.content.decode()
    begun = aiter(first.streaming_content)
    begun_with = [await anext(begun)]
    while b"bestanden/mailbox/" not in begun_with[-1]:
        begun_with.append(await anext(begun))
    assert (await copy_of(other)).testzip() is None
    whole = b"".join([*begun_with, *[piece async for piece in begun]])
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None
    assert making._under_way == making._reading == set()


async def begun_at_the_journal(who: Citizen) -> AsyncIterator[bytes]:
    """Take a copy as far as the beginning of the journal's part."""
    pieces: AsyncIterator[bytes] = aiter((await who.posts(PAGE)).streaming_content)
    while b"gegevens/usage.json" not in await anext(pieces):
        pass
    return pieces


async def test_whoever_reads_their_journal_slowly_keeps_nobody_waiting(
    lies: Citizen, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(making, "AT_ONCE", 1)
    other = await comes("93681527060")
    pieces = await begun_at_the_journal(lies)
    assert (await copy_of(other)).testzip() is None
    assert len([piece async for piece in pieces]) > 3
    assert making._under_way == making._reading == set()


async def test_sign_out_stops_the_part_of_the_journal_at_its_next_page(
    lies: Citizen, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(usage_records, "PAGE", 2)
    pieces = await begun_at_the_journal(lies)
    await sessions.close(lies.session)
    rest: list[bytes] = []

    async def read_on() -> None:
        async for piece in pieces:
            rest.append(piece)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(RequestAborted):
        await read_on()
    # The beginning of the part, and the records of its first page.
    assert len(rest) <= 3
    assert making._under_way == making._reading == set()


async def test_whoever_leaves_gives_the_place_back(lies: Citizen):
    assert await pieces_until_leaving(lies) == 1
    assert making._under_way == set()
    assert (await copy_of(lies)).testzip() is None


async def pieces_until_leaving(who: Citizen) -> int:
    """Take a copy of our own handler, and leave at its first piece; returns how many came."""
    form = {"form_token": who.session.form_token}
    came: list[bytes] = []
    leaves = asyncio.Event()
    given = [{"type": "http.request", "body": form_of(form)}]

    async def receive() -> dict[str, Any]:
        if not given:
            await leaves.wait()
        return given.pop() if given else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 200) == 200
        if message.get("body"):
            came.append(message["body"])
            leaves.set()
            await asyncio.Event().wait()

    cookie = who.client.cookies.output([], header="", sep=";").strip().encode()
    headers = [(b"host", b"testserver"), (b"sec-fetch-site", b"same-origin"), (b"cookie", cookie), FORM]
    scope = {"type": "http", "method": "POST", "path": PAGE, "query_string": b"", "headers": headers}
    await RequestHandler()(scope, receive, send)
    return len(came)


@pytest.mark.parametrize("ago", [None, timedelta(minutes=21)])
async def test_who_did_not_just_sign_in_shows_first_who_they_are(anew: None, ago: timedelta | None):
    who = await comes(shown_at=datetime.now(UTC) - (ago or timedelta()))
    if ago is None:
        assert "Alles ophalen" in (await who.gets(PAGE)).content.decode()
        return
    for answer in (await who.gets(PAGE), await who.posts(PAGE)):
        assert answer.status_code == 303
        assert "opnieuw" in answer["Location"]
