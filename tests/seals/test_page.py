"""The check page, for people and for programs."""

import asyncio
import json
import os
import threading

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, override_settings

from portal.config import budgets
from portal.features.authenticity import waiting, wording
from portal.platform.seals import checking, checks, configured
from portal.platform.seals.types import AdditionKind, Judgement, Verdict, VerdictReason
from sandbox.seals.sealing import SealOptions
from tests.citizen import SAME_ORIGIN
from tests.seals import attacks, doubtful, made

PAGE = "/controle/"
JSON = {"Accept": "application/json"}

pytestmark = pytest.mark.security


@pytest.fixture(autouse=True)
def trusted(tmp_path, database):
    (tmp_path / "root.pem").write_bytes(made.town().root.pem)
    with override_settings(ALLOWED_HOSTS=["testserver"], SEAL_ROOTS_FILE=str(tmp_path / "root.pem")):
        yield


async def posts(data: bytes, language: str = "nl", headers: dict[str, str] = SAME_ORIGIN):
    file = SimpleUploadedFile("attest.pdf", data, "application/pdf")
    return await AsyncClient().post(f"{PAGE}?taal={language}", {"bestand": file}, headers=headers)


async def asks(data: bytes, language: str = "nl"):
    """Ask as a program does: the document alone, without a page that it comes from."""
    answer = await AsyncClient().post(f"{PAGE}?taal={language}", data, content_type="application/pdf", headers=JSON)
    return answer.status_code, json.loads(answer.content)


async def test_whoever_received_an_attest_reads_who_sealed_it_and_that_it_is_whole():
    answer = await posts(made.honest())
    said = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Dit document is echt en niet veranderd", "Dienst Attesten", "bewezen door een tijdstempel"):
        assert words in said
    assert "gegevens om later na te gaan of het echt is" in said


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "Vertrouw dit bestand niet."),
        ("fr", "Ne vous fiez pas à ce fichier."),
        ("de", "Vertrauen Sie dieser Datei nicht."),
        ("en", "Do not trust this file."),
    ],
)
async def test_a_changed_attest_is_warned_of_in_the_readers_language(language, words):
    said = (await posts(attacks.bytes_after(), language)).content.decode()
    assert words in said
    assert f'<div lang="{language}">' in said


@pytest.mark.parametrize("moment", ["D:99991231235959Z", "D:00010101000000+14'00", "D:19891231120000Z"])
async def test_a_time_at_which_nothing_was_sealed_is_not_said(moment):
    data = doubtful.claiming(moment)
    said = (await posts(data)).content.decode()
    assert "Dienst Attesten" in said
    assert wording.texts("nl")["claimed"] not in said
    status, told = await asks(data)
    assert (status, told["verdict"], told["sealed_at"]) == (200, "unconfirmed", None)


async def test_a_time_that_the_sealer_claims_is_said_as_a_claim():
    said = (await posts(doubtful.claiming("D:20260303130300+01'00"))).content.decode()
    assert f"3 maart 2026, 13:03 <small>({wording.texts('nl')['claimed']})" in said


async def test_a_program_reads_the_same_as_json():
    status, told = await asks(made.honest(), "en")
    assert (status, told["verdict"], told["sealed_by"]) == (200, "valid", "Dienst Attesten")
    assert told["words"] == "This document is genuine and has not been changed"
    assert (told["level"], told["trusted"], told["covers_whole"]) == ("B-LT", True, True)
    assert (await asks(b"no pdf"))[1]["verdict"] == "not-a-pdf"


async def test_a_page_of_another_site_cannot_send_a_document():
    elsewhere = {"Origin": "https://elders.invalid", "Sec-Fetch-Site": "cross-site"}
    assert (await posts(made.page(), headers=elsewhere)).status_code == 403


@pytest.mark.parametrize(("data", "status"), [(b"", 422), (b"%PDF-" + b"0" * checking.LARGEST, 413)])
async def test_nothing_and_too_much_are_told(data, status):
    assert (await asks(data))[0] == status
    assert (await posts(data)).status_code == status


async def test_a_program_reads_a_problem_when_its_network_asks_too_much(monkeypatch):
    async def refuses(*_) -> None:
        raise budgets.TooMuchError

    monkeypatch.setattr(budgets.visitors, "enter", refuses)
    monkeypatch.setattr(budgets, "REFUSED_AFTER", 0)
    status, told = await asks(made.page())
    assert (status, told["type"].rpartition(":")[2]) == (503, "unavailable")
    assert (await posts(made.page())).headers["Content-Type"] == "text/html; charset=utf-8"


async def test_one_network_has_one_document_checked_and_one_that_waits():
    entered, done = asyncio.Event(), asyncio.Event()

    async def holds() -> None:
        async with waiting.turn(waiting.Ticket.of("192.0.2.1")):
            entered.set()
            await done.wait()

    first = asyncio.create_task(holds())
    await entered.wait()
    second = asyncio.create_task(holds())
    await asyncio.sleep(0)
    with pytest.raises(waiting.CheckBusy) as busy:
        async with waiting.turn(waiting.Ticket.of("192.0.2.1")):
            pass
    assert (busy.value.is_own, busy.value.place) == (True, 2)
    done.set()
    await asyncio.gather(first, second)
    assert waiting._here == []


async def test_when_too_many_wait_whoever_comes_reads_their_place(monkeypatch):
    monkeypatch.setattr(waiting, "MOST", 0)
    answer = await posts(made.page())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Er wachten nog 0 anderen voor u." in answer.content.decode()


def test_a_company_with_many_networks_cannot_take_all_places(monkeypatch):
    inside = [waiting.Ticket.of(f"2001:db8:0:{number:x}::1") for number in range(30)]
    for one in inside:
        if not waiting.refuses(one):
            monkeypatch.setattr(waiting, "_here", [*waiting._here, one])
    assert len(waiting._here) == 4
    assert not waiting.refuses(waiting.Ticket.of("2001:db8:1::1"))


async def test_who_waits_reads_their_place_and_then_the_outcome():
    entered, done = asyncio.Event(), asyncio.Event()

    async def holds() -> None:
        async with waiting.turn(waiting.Ticket.of("192.0.2.1")):
            entered.set()
            await done.wait()

    first = asyncio.create_task(holds())
    await entered.wait()
    answer = await posts(made.page())
    pieces = aiter(answer.streaming_content)
    assert b'<main class="main"' in await anext(pieces)
    assert b"Aantal documenten voor u in de rij: 1." in await anext(pieces)
    done.set()
    rest = b"".join([piece async for piece in pieces])
    assert "Dit document heeft geen digitale handtekening" in rest.decode()
    assert rest.rstrip().endswith(b"</html>")
    await first
    assert waiting._here == []


async def test_who_leaves_the_line_is_not_checked():
    entered, done = asyncio.Event(), asyncio.Event()

    async def holds() -> None:
        async with waiting.turn(waiting.Ticket.of("192.0.2.1")):
            entered.set()
            await done.wait()

    first = asyncio.create_task(holds())
    await entered.wait()
    pieces = (await posts(made.page()))._iterator
    await anext(pieces)
    await anext(pieces)
    assert len(waiting._here) == 2
    # As the handler does when the client is gone; the test's client has put other generators around it.
    await pieces.aclose()
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(waiting._here) == 1
    done.set()
    await first


async def test_nothing_of_the_document_is_written_down(caplog):
    with caplog.at_level("INFO"):
        await posts(made.honest())
    said = [record.getMessage() for record in caplog.records if record.name == "portal.authenticity"]
    assert said == ["a document was checked: valid "]


def test_every_text_stands_in_each_language():
    keys = {language: set(wording.texts(language)) for language in wording.NAMES}
    assert len({frozenset(one) for one in keys.values()}) == 1
    assert {f"means_{one}" for one in Verdict} | {f"change_{one}" for one in AdditionKind} <= keys["nl"]


def test_roots_that_cannot_be_read_stop_the_start(tmp_path):
    (tmp_path / "bad.pem").write_text("no root")
    with override_settings(SEAL_ROOTS_FILE=str(tmp_path / "bad.pem")):
        assert [one.id for one in checks.trust_can_be_read()] == ["portal.E061"]
    with override_settings(SEAL_ROOTS_FILE=""):
        assert [one.id for one in checks.trust_can_be_read()] == ["portal.W061"]
    # A folder that is not there, or has no list, would mean that no seal was ever revoked.
    (tmp_path / "none").mkdir()
    for folder in ("gone", "none"):
        with override_settings(SEAL_LISTS=str(tmp_path / folder)):
            assert [one.id for one in checks.trust_can_be_read()] == ["portal.E061"]


def test_each_revocation_list_is_read_once_and_again_when_it_was_renewed(tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(configured, "_list", lambda file, _size: read.append(file.name) or file.read_bytes())
    files = [tmp_path / f"{number:03}.crl" for number in range(100)]
    for file in files:
        file.write_bytes(file.name.encode())
    with override_settings(SEAL_LISTS=str(tmp_path)):
        assert configured.lists() == configured.lists() == tuple(file.name.encode() for file in files)
        assert read == [file.name for file in files]
        read.clear()
        os.utime(files[0], ns=(1, 1))
        files[1].unlink()
        assert len(configured.lists()) == len(configured.lists()) == len(configured._lists) == 99
    assert read == [files[0].name]


def test_too_large_lists_are_not_read(tmp_path, monkeypatch):
    (listed,) = made.town().lists(made.NOW)[:1]
    for name in ("a.crl", "b.crl"):
        (tmp_path / name).write_bytes(listed)
    with override_settings(SEAL_LISTS=str(tmp_path)):
        assert configured.lists() == (listed, listed)
        monkeypatch.setattr(configured, "MOST_OF_ALL_LISTS", 2 * len(listed) - 1)
        (problem,) = checks.trust_can_be_read()
        assert (problem.id, "together larger" in problem.msg) == ("portal.E061", True)


async def test_lists_are_read_beside_the_loop_and_follow_as_they_are(monkeypatch):
    """Written into JSON for each document, 64 MiB of them held all others for a third of a second."""
    readers, came = [], []
    monkeypatch.setattr(configured, "lists", lambda: readers.append(threading.get_ident()) or (b"one", b"two"))

    async def run(_, given, **__):
        came.append(given)
        return msgspec.json.encode(Judgement(Verdict.VALID))

    await checking.judge(b"%PDF-", run=run)
    assert readers != [threading.get_ident()]
    assert came[0].endswith(b"}onetwo%PDF-")


@pytest.mark.parametrize(("revoked", "why"), [(False, None), (True, VerdictReason.REVOKED)])
async def test_lists_of_the_operator_reach_the_program(tmp_path, revoked, why):
    listed = made.town().lists(made.NOW)
    for number, data in enumerate(listed):
        (tmp_path / f"{number}.crl").write_bytes(data)
    data = made.sealed(kind="revoked" if revoked else "good", options=SealOptions(level="B-T"))
    with override_settings(SEAL_LISTS=str(tmp_path)):
        judgement = await checking.judge(data)
    assert judgement.why is why
