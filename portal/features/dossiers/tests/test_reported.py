"""What bodies report of dossiers: each once, the newest in any order, to its citizens alone, told to nobody else."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.features.dossiers import actions, queries, rules, section
from portal.features.dossiers.reported import actions as taking
from portal.features.dossiers.reported import contract, sealing
from portal.features.dossiers.reported import queries as reported
from portal.features.dossiers.reported.types import ReportOutcome
from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from portal.platform.kit.folding import fold
from tests.journal_entries import entries_of

from .reports import BRON, NEWCOMER, REPORTS, RESULTS, STRANGER, Machine, agent, report, token_of

pytestmark = pytest.mark.security

LIES = "84651421235"
TABLES = ("dossiers_reported", "dossiers_upload", "dossiers_duration")


@pytest.fixture(autouse=True)
def nothing_reported(past_walls: psycopg.Connection) -> Iterator[None]:
    for table in TABLES:
        past_walls.execute(f"delete from {table}")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


@pytest_asyncio.fixture
async def body() -> Machine:
    return Machine(await token_of())


@pytest_asyncio.fixture
async def lies() -> UUID:
    citizen_id = await pseudonym.citizen_id(LIES)
    await citizens.ensure(citizen_id)
    return citizen_id


def occasion(citizen_id: UUID) -> Occasion:
    return Occasion(citizen_id, datetime.now(UTC), str(UUID(int=7)))


async def seen_by(citizen_id: UUID) -> list[tuple[str, str]]:
    """List what a citizen is shown: number and status of each."""
    found = (await reported.reported_to(occasion(citizen_id))).dossiers
    return [(one.dossier.number, one.dossier.newest.status) for one in found]


async def test_who_may_see_a_dossier_sees_all_that_its_body_said(body: Machine, lies: UUID):
    answer = await body.sends(report(UploadId="U-1", Agenten=[agent(LIES), agent("0123456789", "Beheerder")]))
    assert (answer.status_code, answer.json()) == (200, {"UploadId": "U-1", "Status": "OK"})
    (one,) = (await reported.reported_to(occasion(lies))).dossiers
    newest = one.dossier.newest
    assert (one.body, one.dossier.source, one.dossier.number) == ("ahovoks", BRON, "CANARY-1")
    assert (newest.name, newest.phase, newest.status) == ("Studietoelage CANARY", "Behandeling", "InBehandeling")
    assert (newest.day, newest.time, newest.details) == ("2026-03-03", "14:03", ("Wij lezen uw CANARY.",))
    assert (newest.contact.name, newest.contact.address, newest.needs_action) == ("An CANARY", "Laan 1", False)
    assert "look at reported dossiers" in [access.name for access in await entries_of(lies)]


async def test_who_is_no_reader_sees_nothing_and_who_is_left_out_sees_it_no_more(body: Machine, lies: UUID):
    await body.sends(report(Agenten=[agent(LIES, "Beheerder"), agent(STRANGER)]))
    assert await seen_by(lies) == []
    await body.sends(report(WijzigingsDatum="2026-03-04T10:00:00"))
    assert await seen_by(lies) == [("CANARY-1", "InBehandeling")]
    await body.sends(report(WijzigingsDatum="2026-03-05T10:00:00", Agenten=[agent(STRANGER)]))
    assert await seen_by(lies) == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_newest_change_counts_in_whatever_order_it_comes(body: Machine, lies: UUID, order):
    reports = [
        report(WijzigingsDatum="2026-03-03T14:03:00", Status__VlaamsCode="Ingediend"),
        # The same hour on two clocks: the second is later.
        report(WijzigingsDatum="2026-03-03T14:30:00+01:00", Status__VlaamsCode="InWacht"),
        report(WijzigingsDatum="2026-03-03T13:45:00Z", Status__VlaamsCode="Beslist"),
    ]
    for at in order:
        assert (await body.sends(reports[at])).status_code == 200
    assert await seen_by(lies) == [("CANARY-1", "Beslist")]
    found = (await body.asks(RESULTS, bron=BRON, dossierNummer="CANARY-1")).json()
    assert {each["UploadId"] for each in found} == {each["UploadId"] for each in reports}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(
                st.integers(0, 3), st.sampled_from(((), (LIES,), (STRANGER,), (LIES, STRANGER))), st.integers(0, 9)
            ),
            st.just("taken back"),
        ),
        max_size=8,
    )
)
async def test_whatever_the_history_everyone_sees_the_newest_that_is_theirs(histories):
    """Compare with a model: the newest report since the dossier was last taken back."""
    number = f"CANARY-{uuid4()}"
    now, known, sent = datetime.now(UTC), [], {}
    for at, event in enumerate(histories):
        if event == "taken back":
            await taking.remove("ahovoks", BRON, number)
            known.clear()
            continue
        day, readers, again = event
        upload = f"U-{number}-{again}"
        said = sent.get(upload) or report(
            Identificatie__DossierNummer=number,
            UploadId=upload,
            WijzigingsDatum=f"2026-03-0{day + 1}T10:00:00",
            Naam=f"Stand {at}",
            Agenten=[agent("0123456789"), *map(agent, readers)],
        )
        push, moment = contract.read(json.dumps(said).encode(), body="ahovoks", now=now)
        taken = await taking.take("ahovoks", push, moment, now=now)
        assert taken is (ReportOutcome.KNOWN if upload in sent else ReportOutcome.NEW)
        if upload not in sent:
            sent[upload] = said
            known.append((said["WijzigingsDatum"], at, said["Naam"], readers))
    newest = max(known, default=("", 0, "", ()))
    for person in (LIES, STRANGER):
        found = (await reported.reported_to(occasion(await pseudonym.citizen_id(person)))).dossiers
        names = [one.dossier.newest.name for one in found if one.dossier.number == number]
        assert names == ([newest[2]] if person in newest[3] else [])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-07-01T12:00:00", "2026-07-01T10:00:00"),
        ("2026-01-01T12:00:00.123456", "2026-01-01T11:00:00"),
        # An hour that came twice, and one that never was.
        ("2025-10-26T02:30:00", "2025-10-26T00:30:00"),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00"),
        ("2026-03-03T14:03:00+05:00", "2026-03-03T09:03:00"),
    ],
)
def test_a_moment_is_read_by_its_offset_or_else_in_belgium(written: str, meant: str):
    said = json.dumps(report(WijzigingsDatum=written)).encode()
    _, at = contract.read(said, body="ahovoks", now=datetime(2026, 11, 29, tzinfo=UTC))
    assert at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() == meant


async def test_of_one_moment_the_last_to_come_counts(body: Machine, lies: UUID):
    for code in ("InWacht", "Beslist"):
        await body.sends(report(Status__VlaamsCode=code))
    assert await seen_by(lies) == [("CANARY-1", "Beslist")]


async def test_the_same_upload_is_taken_once_and_other_contents_under_its_id_are_refused(body: Machine, lies: UUID):
    said = report()
    answers = await asyncio.gather(*(body.sends(said) for _ in range(4)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    other = await body.sends({**said, "Naam": "Iets anders"})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (409, "UploadId")
    assert await seen_by(lies) == [("CANARY-1", "InBehandeling")]
    assert len((await body.asks(RESULTS, bron=BRON, dossierNummer="CANARY-1")).json()) == 1


async def test_an_older_report_that_comes_again_brings_nothing_back(body: Machine, lies: UUID):
    first = report(Status__VlaamsCode="Ingediend")
    await body.sends(first)
    await body.sends(report(WijzigingsDatum="2026-03-04T10:00:00"))
    await body.sends(first)
    assert await seen_by(lies) == [("CANARY-1", "InBehandeling")]
    await body.takes_back()
    await body.sends(first)
    assert await seen_by(lies) == []


async def test_what_is_taken_back_is_gone_and_can_be_reported_anew(body: Machine, lies: UUID):
    await body.sends(report(WijzigingsDatum="2026-03-04T10:00:00"))
    for _ in range(2):
        assert (await body.takes_back()).status_code == 204
    assert await seen_by(lies) == []
    # By a new upload, also of the same moment or an older one: the body says so.
    await body.sends(report(Status__VlaamsCode="Ingediend"))
    assert await seen_by(lies) == [("CANARY-1", "Ingediend")]


async def test_a_number_is_one_however_its_spaces_and_accents_are_written(body: Machine, lies: UUID, monkeypatch):
    written = ("CANARY 1 é", "CANARY  1 é", "CANARY 1 e\u0301")
    for number, at in zip(written, ("10", "12", "11"), strict=True):
        await body.sends(report(Identificatie__DossierNummer=number, WijzigingsDatum=f"2026-03-04T{at}:00:00"))
    assert [number for number, _ in await seen_by(lies)] == [written[1]]
    assert len((await body.asks(RESULTS, bron=BRON, dossierNummer=written[0])).json()) == 3
    await body.takes_back(written[2])
    assert await seen_by(lies) == []
    with monkeypatch.context() as earlier:
        earlier.setattr(rules, "spell_number", lambda number: number)
        await body.sends(report(Identificatie__DossierNummer=written[1]))
    await body.takes_back(written[1])
    assert await seen_by(lies) == []


async def test_a_body_reaches_its_own_dossiers_only(body: Machine, lies: UUID):
    other = Machine(await token_of("inburgering"))
    said = report()
    await body.sends(said)
    for source in (BRON, "STL", "http://nobody.example/"):
        assert (await other.takes_back(source=source)).status_code == 400
        assert (await other.sends(report(Identificatie__Bron=source))).status_code == 400
        assert (await other.asks(RESULTS, bron=source, dossierNummer="CANARY-1")).status_code == 400
    assert (await other.asks(f"{RESULTS}/perUploadId", uploadId=said["UploadId"])).status_code == 404
    assert await seen_by(lies) == [("CANARY-1", "InBehandeling")]
    assert (await other.asks("/api/v2/dosis/bronnen/uris")).json() == []
    assert (await body.asks("/api/v2/dosis/bronnen/uris")).json() == [BRON]


async def test_two_spellings_of_a_source_are_one_dossier(body: Machine, lies: UUID):
    await body.sends(report())
    await body.sends(report(Identificatie__Bron="stl", WijzigingsDatum="2026-03-04T10:00:00"))
    assert len(await seen_by(lies)) == 1


async def test_a_report_is_found_again_after_its_body_listed_its_sources_otherwise(
    body: Machine, lies: UUID, monkeypatch
):
    with monkeypatch.context() as earlier:
        # As of `sources = [BRON, "STL"]`: no name stood before the URI.
        earlier.setattr(section, "_spellings", lambda: {fold(BRON): fold(BRON), "stl": "stl"})
        await body.sends(report(WijzigingsDatum="2026-03-04T10:00:00", UploadId="U-1"))
    await body.sends(report(Status__VlaamsCode="Ingediend", UploadId="U-2"))
    assert await seen_by(lies) == [("CANARY-1", "InBehandeling")]
    found = (await body.asks(RESULTS, bron=BRON, dossierNummer="CANARY-1")).json()
    assert [(each["UploadId"], each["VerwerktVoorOpvraging"]) for each in found] == [("U-2", False), ("U-1", True)]
    await body.takes_back()
    assert await seen_by(lies) == []
    await body.sends(report(Status__VlaamsCode="Ingediend"))
    assert await seen_by(lies) == [("CANARY-1", "Ingediend")]


async def test_nothing_tells_whether_somebody_ever_came(body: Machine, lies: UUID, past_key_walls):
    """Neither answers nor rows: a citizen who never came gets no keys and no name in the journal."""
    tables = "select (select count(*) from keys_citizen), (select count(*) from keys_subject)"
    before = past_key_walls.execute(tables).fetchone()
    answers = [await body.sends(report(UploadId="U-2", Agenten=[agent(number)])) for number in (LIES, STRANGER)]
    # The second is another content under the same id, so it is refused alike for both.
    assert [answer.status_code for answer in answers] == [200, 409]
    anew = [
        await body.sends(report(UploadId=f"U-{at}", Agenten=[agent(number)]))
        for at, number in enumerate((LIES, STRANGER), 3)
    ]
    assert [answer.content.replace(b"U-4", b"U-3") for answer in anew] == [anew[0].content] * 2
    assert past_key_walls.execute(tables).fetchone() == before


async def test_of_very_many_the_newest_are_given_and_it_is_said_that_there_are_more(
    body: Machine, lies: UUID, monkeypatch
):
    monkeypatch.setattr(reported, "MOST", 2)
    given = []
    for number in ("CANARY-1", "CANARY-2", "CANARY-3"):
        await body.sends(report(Identificatie__DossierNummer=number))
        found = await reported.reported_to(occasion(lies))
        given.append(([one.dossier.number for one in found.dossiers], found.is_whole))
    assert given == [
        (["CANARY-1"], True),
        (["CANARY-2", "CANARY-1"], True),
        (["CANARY-3", "CANARY-2"], False),
    ]


async def test_what_waits_is_sealed_to_its_citizen_once_they_come(body: Machine, past_walls):
    rows = "select is_waiting, get_byte(sealed, 0) from dossiers_reported"
    await body.sends(report(Agenten=[agent(NEWCOMER)]))
    assert past_walls.execute(rows).fetchall() == [(True, 2)]
    newcomer = await pseudonym.citizen_id(NEWCOMER)
    for _ in range(2):
        assert await seen_by(newcomer) == [("CANARY-1", "InBehandeling")]
        assert past_walls.execute(rows).fetchall() == [(False, 1)]


async def test_who_is_erased_while_they_look_gets_no_keys_by_it(
    body: Machine, past_walls, past_key_walls, monkeypatch
):
    await body.sends(report(Agenten=[agent(NEWCOMER)]))
    newcomer = await pseudonym.citizen_id(NEWCOMER)
    dossiers_in = sealing.dossiers_in

    async def and_erases(citizen_id: UUID, rows: Any) -> Any:
        opened = await dossiers_in(citizen_id, rows)
        async with pool.as_citizen(citizen_id) as conn:
            await actions.forget(conn, citizen_id)
        await citizens.erase(citizen_id)
        return opened

    monkeypatch.setattr(sealing, "dossiers_in", and_erases)
    await reported.reported_to(occasion(newcomer))
    keys = "select count(*) from keys_citizen where citizen_id = %s"
    assert past_key_walls.execute(keys, (newcomer,)).fetchone() == (0,)


async def test_rows_say_nothing_and_roles_see_what_is_theirs(body: Machine, lies: UUID, past_walls, as_worker):
    await body.sends(report())
    await body.sends(report(WijzigingsDatum="2026-03-06T10:00:00", Status__VlaamsCode="Beslist"))
    for table in TABLES:
        rows = past_walls.execute(f"select row_to_json(t)::text from {table} t").fetchall()
        assert rows
        text = str(rows)
        for word in ("CANARY", "Studietoelage", LIES, "InBehandeling", BRON):
            assert (word in text, word.encode().hex() in text) == (False, False), (table, word)
    count = "select (select count(*) from dossiers_reported), (select count(*) from dossiers_upload)"

    async def count_rows(name: str, value: str) -> tuple[int, int]:
        async with pool.transaction() as conn:
            await conn.execute("select set_config(%s, %s, true)", (name, value))
            return await (await conn.execute(count)).fetchone()

    assert await count_rows("app.body", "ahovoks") == (1, 2)
    assert await count_rows("app.citizen", str(lies)) == (1, 0)
    for name, value in (("app.body", "inburgering"), ("app.body", ""), ("app.citizen", str(UUID(int=1)))):
        assert await count_rows(name, value) == (0, 0)
    async with as_worker(), pool.connection() as conn:
        for column in ("sealed", "citizen_id"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await conn.execute(f"select {column} from dossiers_reported")


async def test_a_body_cannot_put_in_what_is_anothers(lies: UUID):
    parameters = {"dossier": UUID(int=1), "body": "ahovoks", "now": datetime.now(UTC), "ends": datetime.now(UTC)}
    parameters |= {"citizens": [lies], "waiting": [False], "contents": [b"x"]}
    for body in ("inburgering", ""):
        async with pool.transaction() as conn:
            await conn.execute(taking.AS_BODY, (body,))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await conn.execute(taking.PUT, parameters)


async def test_a_citizen_gets_all_forgets_all_and_it_ends(body: Machine, lies: UUID, as_worker, past_walls):
    await body.sends(report(UploadId="U-1"))
    (record,) = await queries.export(lies)
    assert (record.kind, record.value["number"]) == ("reported", "CANARY-1")
    async with pool.as_citizen(lies) as conn:
        await actions.forget(conn, lies)
    assert await queries.export(lies) == []
    await body.sends(report(UploadId="U-2", WijzigingsDatum="2026-03-04T10:00:00"))
    assert await seen_by(lies) == [("CANARY-1", "InBehandeling")]
    now = datetime.now(UTC)
    async with as_worker():
        # By the term of the manifest, which says nothing here: two years.
        assert await actions.expire(now + timedelta(days=729)) == 0
        assert await actions.expire(now + timedelta(days=731)) == 3
    assert [past_walls.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES[:2]] == [0, 0]


async def test_a_clock_an_hour_ahead_is_no_trouble_and_two_days_are(body: Machine, lies: UUID):
    for ahead, status in ((timedelta(hours=1), 200), (timedelta(days=2), 400)):
        at = (datetime.now(UTC) + ahead).isoformat()
        assert (await body.sends(report(WijzigingsDatum=at))).status_code == status
    assert len(await seen_by(lies)) == 1


async def test_a_body_reads_what_became_of_its_uploads(body: Machine):
    newest, older = report(UploadId="U-1", WijzigingsDatum="2026-03-04T10:00:00"), report(UploadId="U-2")
    for said in (newest, older):
        await body.sends(said)
    found = (await body.asks(RESULTS, bron=BRON, dossierNummer="CANARY-1")).json()
    assert [(each["UploadId"], each["VerwerktVoorOpvraging"]) for each in found] == [("U-2", False), ("U-1", True)]
    one = (await body.asks(f"{RESULTS}/perUploadId", uploadId="U-1")).json()
    assert (one["Identificatie"], one["Success"]) == ({"Bron": BRON, "DossierNummer": "CANARY-1"}, True)
    assert {"Bestand", "Fout", "Fouten", "TijdstipVerwerking"} < set(one)
    # As the clients of DOSIS read it: without an offset.
    assert datetime.fromisoformat(one["TijdstipVerwerking"]).tzinfo is None
    assert (await body.asks(f"{RESULTS}/perUploadId", uploadId="U-9")).status_code == 404
    assert (await body.asks(f"{RESULTS}/perUploadId")).json()["errors"][0]["field"] == "uploadId"
    assert (await body.asks(f"{RESULTS}/fouten", bron=BRON, dossierNummer="CANARY-1")).json() == []
    checked = (await body.asks("/api/v1/dosis/instellingen/validatie")).json()
    assert checked["VlaamseFases"][0] == "Samenstelling"
    assert "Goedgekeurd" in checked["VlaamseCodes"]


async def test_without_a_token_for_it_nothing_is_taken(past_walls):
    for headers in ({}, {"Authorization": "Bearer x"}):
        machine = Machine("")
        machine.headers = headers
        assert (await machine.sends(report())).status_code == 401
        assert (await machine.asks(RESULTS, bron=BRON, dossierNummer="CANARY-1")).status_code == 401
    assert past_walls.execute("select count(*) from dossiers_upload").fetchone() == (0,)
    assert REPORTS.startswith("/api/")
