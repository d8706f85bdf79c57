"""Bodies notify: what they are answered, what is kept, and that a bundle is whole or nothing."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from portal.config.asgi import application
from portal.features.notifications import queries
from portal.features.notifications.bundles import LARGEST
from portal.features.notifications.tests.notifying import ADDRESS, CATEGORY, PAIRS, bundle, notify, token_of
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.errors import KeysGone
from tests.citizen import Citizen

pytestmark = pytest.mark.security

LIES, OTHER = "84651421235", "71690999827"
TRACE = "00000000-0000-4000-8000-000000000016"


async def kept_of(insz: str) -> list[Any]:
    occasion = Occasion(await pseudonym.citizen_id(insz), datetime.now(UTC), TRACE)
    return list((await queries.look_at_threads(occasion)).threads)


def rows(past_walls: psycopg.Connection) -> tuple[int, ...]:
    tables = ("notice", "thread", "bundle")
    return tuple(past_walls.execute(f"select count(*) from notifications_{each}").fetchone()[0] for each in tables)


async def test_notice_is_answered_and_its_citizen_reads_it(lies: Citizen):
    sent = bundle(LIES)
    answer = await notify(sent)
    assert (answer.status_code, answer.json()) == (200, {"Id": sent["Id"], "Status": "Aanvaard"})
    (thread,) = await kept_of(LIES)
    notice = thread.newest.notice
    assert (notice.number, notice.status, notice.phase) == ("2026-77", "InBehandeling", "Behandeling")
    assert (thread.is_unread, thread.is_new, thread.newest.body) == (True, True, "ahovoks")


async def test_same_bundle_again_changes_nothing_also_when_it_comes_many_times_at_once(past_walls):
    sent, _ = bundle(LIES, OTHER), await token_of()
    answers = await asyncio.gather(*(notify(sent) for _ in range(12)))
    answers.append(await notify(sent))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert rows(past_walls) == (2, 2, 1)


async def test_same_id_with_other_contents_is_a_conflict_and_changes_nothing(past_walls):
    sent = bundle(LIES)
    changed = {**sent, "DatumNotificatie": datetime.now(UTC).isoformat()}
    await token_of()
    answers = await asyncio.gather(notify(sent), notify(changed), notify(sent), notify(changed))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]
    assert rows(past_walls) == (1, 1, 1)


async def test_bundle_is_taken_up_to_what_is_promised(past_walls):
    """The whole application is asked, with what stands before the view."""

    async def posted(content: bytes) -> int:
        answer: list[dict[str, Any]] = []
        coming = [{"type": "http.request", "body": content, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return coming.pop() if coming else await asyncio.Future()

        async def send(message: dict[str, Any]) -> None:
            answer.append(message)

        headers = {"host": "testserver", "content-type": "application/json", "content-length": str(len(content))}
        headers["authorization"] = f"Bearer {await token_of()}"
        await application(
            {
                "type": "http",
                "http_version": "1.1",
                "method": "POST",
                "scheme": "https",
                "path": ADDRESS,
                "query_string": b"",
                "headers": [(name.encode(), each.encode()) for name, each in headers.items()],
                "client": ("192.0.2.1", 40000),
            },
            receive,
            send,
        )
        return int(answer[0]["status"])

    large = json.dumps(bundle(LIES, pairs=PAIRS | {f"X{number}": "x" * 4000 for number in range(97)})).encode()
    assert 390_000 < len(large) < LARGEST
    sizes = (len(large), LARGEST, LARGEST + 1)
    assert [await posted(large.ljust(size)) for size in sizes] == [200, 200, 413]
    assert rows(past_walls) == (1, 1, 1)


async def test_two_bodies_may_use_one_id(past_walls):
    sent = bundle(LIES)
    assert (await notify(sent)).status_code == 200
    theirs = {**sent, "AanbiederUri": "urn:x-modelstad:kortrijk", "ProductId": "30101"}
    assert (await notify(theirs, body="kortrijk")).status_code == 200
    assert rows(past_walls) == (2, 2, 2)


async def test_only_what_annex_1_names_is_kept(lies: Citizen, past_walls):
    more = {"DossierNaam": "Geheim", "DossierBeheerderNaam": "Jan", "DocumentLinkUri": "https://x.example/", "X": "y"}
    assert (await notify(bundle(LIES, pairs=PAIRS | more | {"Status": "Wij kijken.\u0007"}))).status_code == 200
    (thread,) = await kept_of(LIES)
    assert thread.newest.notice.said == "Wij kijken."
    opened = json.dumps(queries.msgspec.to_builtins(thread.newest.notice))
    assert [each for each in ("Geheim", "Jan", "x.example", LIES) if each in opened] == []
    ((sealed,),) = past_walls.execute("select sealed from notifications_notice").fetchall()
    assert [each for each in (b"2026-77", b"685", b"InBehandeling") if each in sealed] == []


async def test_who_never_came_gets_no_keys_and_the_same_answer(past_walls, past_key_walls):
    known = await pseudonym.citizen_id(OTHER)
    await citizens.ensure(known)
    absent = await pseudonym.citizen_id("47692310692")
    past_key_walls.execute("delete from keys_citizen where citizen_id = %s", (absent,))
    first, second = bundle(OTHER), bundle("47692310692")
    answers = [await notify(first), await notify(second)]
    assert [(answer.status_code, answer.json()["Status"]) for answer in answers] == [(200, "Aanvaard")] * 2
    assert set(answers[0].headers) == set(answers[1].headers)
    with pytest.raises(KeysGone):
        await citizens.data_box(absent)
    waiting = dict(past_walls.execute("select citizen_id, is_waiting from notifications_notice").fetchall())
    assert waiting == {known: False, absent: True}


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"Id": None}, 400, "Id is missing"),
    ({"Id": ""}, 400, "$.Id"),
    ({"Id": "a\u0000b"}, 400, "control characters"),
    ({"Id": "x" * 301}, 400, "$.Id"),
    ({"AanbiederUri": "urn:x-modelstad:kortrijk"}, 403, "AanbiederUri"),
    ({"AanbiederUri": "http://ov.vlaanderen.be/studietoelagen/daf\n"}, 400, "AanbiederUri"),
    ({"Bestemmelingen": []}, 400, "$.Bestemmelingen"),
    ({"Bestemmelingen": [{"Soort": "KBO", "Identificatie": "0123456789"}]}, 400, "$.Bestemmelingen"),
    ({"Bestemmelingen": [{"Soort": "RRN", "Identificatie": "84651421236"}]}, 400, "Bestemmelingen[0]"),
    ({"Bestemmelingen": [{"Soort": "RRN", "Identificatie": "84.65.14-212.35"}]}, 400, "Bestemmelingen[0]"),
    ({"Bestemmelingen": [{"Soort": "RRN", "Identificatie": "٨٤٦٥١٤٢١٢٣٥"}]}, 400, "Bestemmelingen[0]"),
    ({"Bestemmelingen": [{"Soort": "RRN", "Identificatie": LIES}] * 101}, 400, "$.Bestemmelingen"),
    ({"Categorie": "Anders"}, 400, CATEGORY),
    ({"DatumNotificatie": "2026-03-03T14:00:00"}, 400, "$.DatumNotificatie"),
    ({"DatumNotificatie": "gisteren"}, 400, "$.DatumNotificatie"),
    ({"DatumNotificatie": "0001-01-01T00:00:00+14:00"}, 400, "moment"),
    ({"DatumNotificatie": "9999-12-31T23:59:59Z"}, 400, "in the future"),
    ({"DatumNotificatie": "0001-01-01T00:00:00Z"}, 400, "before 2000"),
    ({"DatumNotificatie": "1970-01-01T00:00:00Z"}, 400, "before 2000"),
    ({"Vervaldatum": "2020-01-01T00:00:00Z"}, 400, "Vervaldatum"),
    ({"Kanalen": ["Rooksignaal"]}, 400, "$.Kanalen"),
    ({"Kanalen": None}, 400, "Kanalen is missing"),
    ({"ProductId": "1446"}, 400, "ProductId"),
    ({"ProductId": "685 "}, 400, "$.ProductId"),
    ({"Meer": 1}, 400, "$"),
    ({"SleutelWaardeParen": []}, 400, "DossierNummer, StatusVlaamseCode, StatusVlaamseFase"),
    ({"SleutelWaardeParen": [{"Sleutel": "DossierNummer", "Waarde": "1"}] * 2}, 400, "DossierNummer twice"),
]


@pytest.mark.parametrize(("changed", "status", "says"), WRONG)
async def test_bundle_that_is_wrong_is_a_problem_and_leaves_nothing(past_walls, changed, status, says):
    answer = await notify(bundle(LIES, **changed))
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]
    assert [value for value in (LIES, "84651421236", "Rooksignaal", "Meer") if value in answer.content.decode()] == []
    assert rows(past_walls) == (0, 0, 0)


@pytest.mark.parametrize("lacking", sorted(PAIRS))
@pytest.mark.parametrize("value", [None, "", " \u200b\u0007"])
async def test_missing_required_key_refuses_the_whole_bundle_and_says_which(past_walls, lacking, value):
    pairs = {key: kept for key, kept in PAIRS.items() if key != lacking} | ({} if value is None else {lacking: value})
    answer = await notify(bundle(LIES, OTHER, pairs=pairs))
    assert answer.status_code == 400
    assert f"lacks {lacking}," in answer.json()["detail"]
    assert rows(past_walls) == (0, 0, 0)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe{}", b"[" * 100_000, b'{"Id": "\\ud800"}', b"<NotificatieBundel/>"],
)
async def test_what_is_no_bundle_is_a_problem(past_walls, content):
    answer = await notify(content)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert rows(past_walls) == (0, 0, 0)


async def test_member_that_stands_twice_refuses_the_bundle(past_walls):
    """Who checked it before us may have read the other one."""
    said = json.dumps(bundle(LIES))
    for name, other in (
        ("Id", '"a"'),
        ("AanbiederUri", '"urn:x-modelstad:kortrijk"'),
        ("Identificatie", f'"{OTHER}"'),
    ):
        answer = await notify(said.replace(f'"{name}":', f'"{name}": {other}, "{name}":', 1).encode())
        assert (answer.status_code, answer.json()["detail"]) == (400, "A member stands there twice.")
    assert rows(past_walls) == (0, 0, 0)


async def test_moment_that_stands_for_no_end_is_none(lies: Citizen):
    assert (await notify(bundle(LIES, Vervaldatum="9999-12-31T00:00:00+01:00"))).status_code == 200
    assert [thread.newest.notice.until for thread in await kept_of(LIES)] == [None]


async def test_clock_that_is_an_hour_ahead_is_refused_and_one_behind_is_taken(past_walls):
    now = datetime.now(UTC)
    moments = [now + timedelta(hours=1), now + timedelta(minutes=4), now - timedelta(hours=1)]
    answers = [await notify(bundle(LIES, DatumNotificatie=moment.isoformat())) for moment in moments]
    assert [answer.status_code for answer in answers] == [400, 200, 200]
    assert rows(past_walls) == (2, 1, 2)


async def test_bundle_that_comes_too_late_is_known_and_keeps_nothing_of_anybody(past_walls):
    now = datetime.now(UTC)
    sent = bundle(LIES, Vervaldatum=(now - timedelta(minutes=1)).isoformat())
    answers = [(await notify(sent)).json()["Status"] for _ in range(2)]
    assert answers == ["Verlopen", "Verlopen"]
    assert rows(past_walls) == (0, 0, 1)


async def test_without_the_scope_nothing_is_taken(past_walls):
    token = await token_of(scope="corrections:status")
    answer = await notify(bundle(LIES), token=token)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:problem-type:burgerprofiel:missingScope")
    answer = await notify(bundle(LIES), token="x")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert rows(past_walls) == (0, 0, 0)


async def test_one_recipient_that_is_wrong_refuses_the_others_too(past_walls):
    answer = await notify(bundle(LIES, OTHER, "12345678901"))
    assert (answer.status_code, rows(past_walls)) == (400, (0, 0, 0))
    assert "Bestemmelingen[2]" in answer.json()["detail"]


async def test_recipient_who_stands_there_twice_is_told_once(past_walls):
    assert (await notify(bundle(LIES, LIES))).status_code == 200
    assert rows(past_walls) == (1, 1, 1)
