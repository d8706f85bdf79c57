"""The eBox: the list of registries, the letters in a box, when a letter is read, and the faults of registries."""

import asyncio
import base64
import hashlib
from contextlib import suppress
from typing import Any

import aiohttp
import pytest
from yarl import URL

from sandbox.faults.switches import Fault
from sandbox.tests.box import FULL, LIES, PDF, Box, send, send_for_id
from sandbox.tests.conftest import NOON
from sandbox.tests.papers import NUMBER, OTHER


async def test_federation_lists_who_keeps_letters_by_their_own_addresses(magda, town):
    async with magda.get("/ebox/federation/v1/messageProviders") as answer:
        lines = {it["messageProviderId"]: it for it in await answer.json()}
    base = f"https://127.0.0.1:{town.settings.tls_port}/ebox"
    assert {key: lines[key]["messageProviderUrl"] for key in ("smals", "vlaanderen", "federaal")} == {
        "smals": f"{base}/smals/v2",
        "vlaanderen": f"{base}/vlaanderen/v3",
        "federaal": f"{base}/federaal/v3",
    }
    assert [it["apiSupportedVersion"] for it in lines.values()][:3] == ["2.1", "3.0", "3.0"]
    async with magda.get("/ebox/federation/v1/messageProviders/smals") as answer:
        assert await answer.json() == lines["smals"]
    async with magda.get("/ebox/federation/v1/messageProviders/none") as answer:
        assert (answer.status, set(await answer.json()) >= {"id", "code", "message"}) == (404, True)


async def test_empty_box_has_no_messages_and_says_so(box):
    for office in ("smals", "vlaanderen", "federaal"):
        assert await box.get(office, "ebox") == (
            200,
            {"numberOfMessages": 0, "numberOfUnreadMessages": 0, "eboxSize": 0.0},
        )
        status, said = await box.get(office, "ebox/messages")
        assert (status, said["environment"]) == (404, "test")


async def test_letter_is_what_was_sent(box, http):
    number = await send_for_id(http, provider="smals")
    _, found = await box.get("smals", f"ebox/messages/{number}")
    assert found["subject"] == FULL["subject"]
    assert found["paymentData"] == FULL["paymentData"]
    assert (found["readStatus"], found["bodyMainContent"], found["replyAuthorized"]) == (False, False, False)
    main, annex = found["attachments"]["items"]
    assert (main["mainContent"], annex["mainContent"], found["attachments"]["totalItems"]) == (True, False, 2)
    taken = base64.urlsafe_b64encode(hashlib.sha256(PDF).digest()).rstrip(b"=").decode()
    assert (main["digest"]["digestValue"], annex["digest"]["digestValue"]) == (taken, "A" * 43)
    assert await box.get("smals", f"ebox/messages/{number}/body") == (200, FULL["body"])
    assert await box.get("smals", f"ebox/messages/{number}/paymentData") == (200, FULL["paymentData"])


@pytest.mark.parametrize("office", ["smals", "vlaanderen", "federaal"])
async def test_only_opening_the_main_content_makes_a_letter_read(box, http, office):
    number = await send_for_id(http, provider=office)
    for below in ("", "/body", "/paymentData", "/attachments", "/attachments/1", "/attachments/2/content"):
        assert (await box.get(office, f"ebox/messages/{number}{below}"))[0] == 200
    await box.get(office, "ebox/messages")
    assert (await box.get(office, "ebox"))[1]["numberOfUnreadMessages"] == 1
    assert await box.get(office, f"ebox/messages/{number}/attachments/1/content") == (200, PDF)
    assert (await box.get(office, "ebox"))[1]["numberOfUnreadMessages"] == 0
    assert (await box.get(office, f"ebox/messages/{number}"))[1]["readStatus"] is True


async def test_body_that_is_the_main_content_makes_a_letter_read(box, http):
    number = await send_for_id(http, isBodyMain=True)
    await box.get("federaal", f"ebox/messages/{number}/body")
    assert (await box.get("federaal", f"ebox/messages/{number}"))[1]["readStatus"] is True


async def test_registry_of_version_3_gives_letters_newest_first_and_the_other_in_no_order(box, http):
    box.person = LIES
    for office, is_sorted in (("vlaanderen", True), ("federaal", True), ("smals", False)):
        await send_many(http, office, 30)
        seen = []
        for page in (1, 2, 3, 4):
            _, found = await box.get(office, f"ebox/messages?page={page}&pageSize=10")
            seen += [(one["receiptDate"], one["messageId"]) for one in found["items"]]
            total = found["totalItems"]
        moments = [at for at, _ in seen]
        assert (moments == sorted(moments, reverse=True)) is is_sorted
        assert len({number for _, number in seen}) == total == len(seen)


async def send_many(http, office: str, count: int) -> None:
    async with http.post("/ebox/fill", json={"person": LIES, "count": count, "provider": office}) as answer:
        assert (answer.status, await answer.json()) == (201, {office: count})


async def test_expired_letter_is_gone(box, http, clock):
    number = await send_for_id(http, expirationDate="2027-01-16T00:00:00Z")
    assert (await box.get("federaal", f"ebox/messages/{number}"))[0] == 200
    headers = box.headers("federaal", iat=int(NOON) + 86_400, exp=int(NOON) + 86_430)
    clock.now = NOON + 86_400
    assert (await box.get("federaal", f"ebox/messages/{number}", headers=headers))[0] == 404
    assert (await box.get("federaal", "ebox", headers=headers))[1]["numberOfMessages"] == 0


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("&readStatus=true", [2]),
        ("&registeredMail=true", [1]),
        ("&messageTypeId=boete", [1]),
        ("&senderOrganizationId=0308357159", [0, 2]),
        ("&receivedAfter=2026-12-31", [0, 1]),
        ("&receivedBefore=2026-12-31", [2]),
        ("&expiredBefore=2027-01-20", [0]),
        ("&q=BOETE&qlang=nl", [1]),
        ("&q=boete&qlang=fr", []),
        ("&visible=false", []),
    ],
)
async def test_queries_choose(box, http, query, places):
    numbers = [
        (await send(http, {"person": NUMBER, "messageTypeId": "aangifte", **one}))[1]["messageId"]
        for one in (
            {"subject": {"nl": "A"}, "receiptDate": "2027-01-03T10:00:00Z", "expirationDate": "2027-01-19T00:00:00Z"},
            {
                "subject": {"nl": "Uw Boete"},
                "receiptDate": "2026-12-31T10:00:00Z",
                "messageTypeId": "boete",
                "registeredMail": True,
            },
            {"subject": {"nl": "C"}, "receiptDate": "2026-12-30T10:00:00Z", "readStatus": True},
        )
    ]
    assert await box.ids("federaal", query) == [numbers[place] for place in places]


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "pageSize=101",
        "readStatus=ja",
        "receivedAfter=2026-1-1",
        "receivedAfter=20260101",
        "q=a",
        "q=a&qlang=xx",
    ],
)
async def test_queries_that_make_no_sense_are_refused(box, http, query):
    await send_for_id(http)
    assert (await box.get("federaal", f"ebox/messages?{query}"))[0] == 400


async def test_letter_is_hidden_and_shown_by_a_registry_that_has_that(box, magda, http):
    number = (await send(http, FULL | {"provider": "vlaanderen"}))[1]["messageId"]

    async def patch(office: str, said: Any, kind: str = "application/merge-patch+json") -> int:
        headers = box.headers(office) | {"Content-Type": kind}
        version = "v2" if office == "smals" else "v3"
        path = f"/ebox/{office}/{version}/ebox/messages"
        async with magda.patch(path, json=said, headers=headers) as answer:
            return answer.status

    hidden = {"items": [{"messageId": number, "visible": False}]}
    assert await patch("vlaanderen", hidden) == 200
    assert await box.ids("vlaanderen", "&visible=true") == []
    assert await box.ids("vlaanderen", "&visible=false") == [number]
    assert await patch("smals", hidden) == 405
    assert await patch("vlaanderen", {"items": [*hidden["items"], {"messageId": "x", "visible": True}]}) == 404
    assert await patch("vlaanderen", hidden, "application/json") == 400
    assert await patch("vlaanderen", {"items": [{"messageId": number}]}) == 400


async def test_box_is_whom_the_token_is_about_and_nobody_else(box, magda, http):
    number = await send_for_id(http)
    other = Box(magda, box.key, OTHER)
    assert (await other.get("federaal", f"ebox/messages/{number}"))[0] == 404
    assert (await box.get("federaal", "ebox", headers={"Accept": "*/*"}))[0] == 401
    wrong = box.headers("smals")
    assert (await box.get("federaal", "ebox", headers=wrong))[0] == 401
    assert (await box.get("federaal", "ebox", headers=box.headers("federaal", exp=int(NOON) - 100)))[0] == 401


async def test_reference_data_needs_no_token(magda):
    async with magda.get("/ebox/smals/v2/referenceData/senderOrganizations") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        organizations = await answer.json()
    pension = next(it for it in organizations["items"] if it["organizationId"] == "0206738078")
    assert (organizations["totalItems"], pension["organizationShortName"]["nl"]) == (4, "FPD")
    async with magda.get(pension["organizationLogos"][0]["contentHref"]) as answer:
        assert (answer.content_type, (await answer.read())[:4]) == ("application/octet-stream", b"\x89PNG")
    for below in ("messageTypes/CARE", "senderApplications", "senderApplications/mycareer"):
        async with magda.get(f"/ebox/smals/v2/referenceData/{below}") as answer:
            assert answer.status == 200
    async with magda.get("/ebox/smals/v2/referenceData/messageTypes/none") as answer:
        assert answer.status == 404


async def test_same_key_sends_once(http):
    headers = {"Idempotency-Key": '"a"'}
    assert (await send(http, headers=headers))[0] == 201
    assert (await send(http, headers=headers))[0] == 409
    async with http.get("/ebox/messages") as answer:
        (row,) = await answer.json()
    assert (row["person"], row["readStatus"], row["readAt"]) == (NUMBER, False, None)


@pytest.mark.parametrize(
    "letter",
    [
        [],
        {"person": NUMBER},
        FULL | {"provider": "none"},
        FULL | {"person": "1"},
        FULL | {"more": 1},
        FULL | {"attachments": [{"fileName": "a", "base64": "%"}]},
    ],
)
async def test_what_is_no_letter_is_refused(http, letter):
    assert (await send(http, letter))[0] == 400


async def test_page_sends_a_letter_and_shows_it_as_text(http, box):
    form = aiohttp.FormData(
        {"person": NUMBER, "provider": "vlaanderen", "subject-nl": "<b>Brief</b>", "amount": "10,5"}
    )
    form.add_field("files", PDF, filename="brief.pdf", content_type="application/pdf")
    async with http.post("/ebox/messages", data=form) as answer:
        shown = await answer.text()
    assert "&lt;b&gt;Brief&lt;/b&gt;" in shown
    assert "<b>Brief" not in shown
    (number,) = await box.ids("vlaanderen")
    _, found = await box.get("vlaanderen", f"ebox/messages/{number}")
    assert (found["paymentData"]["amount"], found["attachments"]["items"][0]["isMainContent"]) == (10.5, True)


async def test_somebody_has_letters_with_all_and_others_with_one_or_none(box, town):
    box.person = LIES
    counts = [
        (await box.get(office, "ebox"))[1]["numberOfMessages"] for office in ("smals", "vlaanderen", "federaal")
    ]
    assert counts == [3, 5, 4]


async def test_registry_can_be_changed_and_put_back(http, magda, box):
    change = {
        "version": "2.1",
        "isOrdered": False,
        "maintenance": [{"startDate": "2027-01-15T00:00:00Z", "endDate": "2027-01-16T00:00:00Z"}],
    }
    async with http.put("/ebox/providers/federaal", json=change) as answer:
        assert answer.status == 200
    async with magda.get("/ebox/federation/v1/messageProviders/federaal") as answer:
        line = await answer.json()
    assert line["messageProviderUrl"].endswith("/ebox/federaal/v2")
    assert line["messageProviderPlannedMaintenance"] == change["maintenance"]
    assert (await box.get("federaal", "ebox"))[0] == 503
    async with http.delete("/ebox/providers") as answer:
        assert (await answer.json())["federaal"]["version"] == "3.0"
    assert (await box.get("federaal", "ebox"))[0] == 200
    async with http.put("/ebox/providers/federaal", json={"version": "9"}) as answer:
        assert answer.status == 400


async def test_faults_of_a_registry(http, box, town):
    number = await send_for_id(http)
    switch = town.switches["ebox-federaal"]
    switch.put(Fault("another_box"))
    _, found = await box.get("federaal", f"ebox/messages/{number}")
    assert found["forTheAttentionOf"]["id"] not in ("", NUMBER)
    switch.put(Fault("wrong_digest"))
    _, found = await box.get("federaal", f"ebox/messages/{number}")
    assert found["attachments"]["items"][0]["digest"]["digestValue"] == "A" * 43
    switch.put(Fault("endless"))
    first, second = [await box.get("federaal", f"ebox/messages?page={page}") for page in (1, 2)]
    assert first == second
    assert first[1]["totalItems"] == 1_000_000
    switch.put(Fault("broken_off"))
    with pytest.raises(aiohttp.ClientPayloadError):
        await box.get("federaal", f"ebox/messages/{number}/attachments/1/content")
    switch.put(Fault("503"))
    assert (await box.get("federaal", "ebox"))[0] == 503
    town.switches["ebox-federation"].put(Fault("503"))
    async with box.session.get("/ebox/federation/v1/messageProviders") as answer:
        assert answer.status == 503


async def test_large_file_is_made_while_it_is_sent(http, box):
    number = await send_for_id(http, attachments=[{"fileName": "a.pdf", "isMain": True, "generated": 3_000_001}])
    _, found = await box.get("federaal", f"ebox/messages/{number}/attachments/1")
    status, content = await box.get("federaal", f"ebox/messages/{number}/attachments/1/content")
    taken = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    assert (status, len(content), found["digest"]["digestValue"]) == (200, 3_000_001, taken)


async def test_file_that_is_made_stops_half_way_too(http, box, town):
    number = await send_for_id(http, attachments=[{"fileName": "a.pdf", "isMain": True, "generated": 1_000_001}])
    town.switches["ebox-federaal"].put(Fault("broken_off"))
    headers = box.headers("federaal")
    path = f"/ebox/federaal/v3/ebox/messages/{number}/attachments"
    came = 0
    async with box.session.get(URL(f"{path}/1/content", encoded=True), headers=headers) as answer:
        assert answer.content_length == 1_000_001
        with suppress(aiohttp.ClientPayloadError):
            async for piece in answer.content.iter_any():
                came += len(piece)
    assert came == 500_000
    town.switches["ebox-federaal"].put(Fault("broken_off", latency_ms=60_000))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await box.get("federaal", f"ebox/messages/{number}/attachments/1/content")
    town.switches["ebox-federaal"].put(Fault("broken_off"))
    assert (await box.get("federaal", f"ebox/messages/{number}/attachments/9/content"))[0] == 404


async def test_federation_lists_whatever_the_console_adds(http, magda):
    lines = [None, {"messageProviderId": "odd", "messageProviderUrl": "http://elders.example/"}]
    async with http.put("/ebox/federation", json=lines) as answer:
        assert answer.status == 200
    async with magda.get("/ebox/federation/v1/messageProviders") as answer:
        assert (await answer.json())[-2:] == lines


async def test_odd_letters_come_as_they_are_written(box):
    box.person = "86650915095"
    assert await box.ids("vlaanderen") == await box.ids("federaal") == ["dubbel|1"]
    _, found = await box.get("vlaanderen", "ebox/messages/dubbel%7C1")
    first, _, empty = found["attachments"]["items"]
    assert (first["digest"]["digestValue"], "digest" in empty, empty["size"]) == ("A" * 43, False, 0)
    dates = [it["expirationDate"] for it in (await box.get("smals", "ebox/messages"))[1]["items"]]
    assert "9999-12-31T00:00:00" in dates


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("83650921465", "Votre proposition"),
        ("69702131821", "En nog 50 oudere"),
        (LIES, "Vervallen"),
        ("0", "Kies iemand"),
    ],
)
async def test_page_shows_whatever_somebody_has(http, person, words):
    async with http.get("/ebox/", params={"person": person}) as answer:
        assert (answer.status, words in await answer.text()) == (200, True)


async def test_some_have_many_letters(box):
    box.person = "69702131821"
    counts = [(await box.get(it, "ebox"))[1]["numberOfMessages"] for it in ("smals", "vlaanderen", "federaal")]
    assert counts == [50, 50, 50]


async def test_federation_keeps_who_wants_no_paper(magda, town):
    ids = {"eboxType": "citizen", "eboxIdType": "ssin", "eboxIdValueList": [OTHER, "00000000000"]}
    async with magda.post("/ebox/federation/v1/eboxPreferences/search", json=ids) as answer:
        (row,) = await answer.json()
    assert (row["eboxId"]["eboxIdValue"], row["exclusivelyEbox"]) == (OTHER, False)
    wish = {"eboxId": {"eboxType": "citizen", "eboxIdValue": OTHER}, "exclusivelyEbox": True}
    headers = {"Content-Type": "application/merge-patch+json"}
    async with magda.patch("/ebox/federation/v1/eboxPreferences", json=wish, headers=headers) as answer:
        assert (answer.status, (await answer.json())["exclusivelyEbox"]) == (200, True)
