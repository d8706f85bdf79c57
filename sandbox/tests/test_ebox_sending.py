"""The eBox for senders, its events, and its consents."""

import json
from typing import Any

import aiohttp
import pytest

from sandbox.faults.switches import Fault
from sandbox.tests.box import LIES, PDF, Box, send_for_id
from sandbox.tests.conftest import NOON
from sandbox.tests.papers import NUMBER, OTHER


async def publish(magda, office: str, description: dict[str, Any], key: str = "") -> tuple[int, Any]:
    form = aiohttp.FormData()
    form.add_field("messageToPublish", json.dumps(description), content_type="application/json")
    form.add_field("upfile1", PDF, filename="brief.pdf", content_type="application/pdf")
    path = "/ebox/smals/v2/publishMessage" if office == "smals" else f"/ebox/{office}/v3/ebox/messages"
    headers = {"Idempotency-Key": f'"{key}"'} if key else {}
    async with magda.post(path, data=form, headers=headers) as answer:
        return answer.status, await answer.json()


DESCRIPTION = {
    "recipient": {"eboxType": "citizen", "eboxIdValue": NUMBER},
    "subject": {"nl": "Uw brief"},
    "messageTypeId": "CARE",
    "senderOrganizationId": "0206653946",
    "bodyMainContent": False,
    "replyAuthorized": False,
    "attachments": [{"httpPartName": "upfile1", "mainContent": True}],
}


async def test_sender_publishes_and_asks_whether_it_was_read(magda, box):
    status, made = await publish(magda, "smals", DESCRIPTION)
    assert (status, made["code"]) == (201, "NO_DIGITAL_USER")
    place = {"messageId": made["messageId"], "eboxId": DESCRIPTION["recipient"]}

    async def is_read() -> bool:
        async with magda.post("/ebox/smals/v2/searchMessageStatus", json=[place]) as answer:
            (found,) = await answer.json()
        assert (answer.status, found["visible"], found["eboxId"]) == (201, True, place["eboxId"])
        return found["readStatus"]

    assert not await is_read()
    assert (await box.get("smals", f"ebox/messages/{made['messageId']}/attachments/1/content"))[1] == PDF
    assert await is_read()
    link = {"messageId": made["messageId"], "recipients": [DESCRIPTION["recipient"] | {"eboxIdValue": OTHER}]}
    async with magda.post("/ebox/smals/v2/linkEboxMessage", json=link) as answer:
        assert (answer.status, (await answer.json())["nbSuccessLinks"]) == (201, 1)
    assert (await Box(magda, box.key, OTHER).get("smals", "ebox"))[1]["numberOfUnreadMessages"] == 1


async def test_what_a_sender_sends_twice_is_published_once(magda, http):
    description = DESCRIPTION | {"messageTypeId": "boete", "senderOrganizationId": "0308357753"}
    description["attachments"] = [{"httpPartName": "upfile1", "isMainContent": True}]
    assert (await publish(magda, "federaal", description, "k"))[0] == 201
    assert (await publish(magda, "federaal", description, "k"))[0] == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"senderOrganizationId": "0308357753"},
        {"messageTypeId": "none"},
        {"recipient": {"eboxType": "enterprise", "eboxIdValue": "0308357753"}},
        {"attachments": [{"httpPartName": "none", "mainContent": True}]},
        {"attachments": []},
        {"subject": "text"},
    ],
)
async def test_what_is_no_publication_is_refused(magda, wrong):
    assert (await publish(magda, "smals", DESCRIPTION | wrong))[0] == 400


async def pull(magda, after: int, size: int = 100) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    query = {"lastSequenceNbr": str(after), "pageSize": str(size)}
    async with magda.get("/ebox/citizen/document/events", params=query) as answer:
        page = await answer.json()
    events = [it["eventData"] for it in page["EboxCitizenDocumentEvents"]]
    return [(it["eventType"], it["boxId"]) for it in events], page["pageInfo"]


async def test_events_come_once_by_a_cursor(magda, http, box, clock):
    assert (await pull(magda, 0))[0] == []
    number = await send_for_id(http)
    await send_for_id(http, expirationDate="2027-01-20T00:00:00Z")
    await send_for_id(http, receiptDate="2026-12-01T00:00:00Z", readStatus=True)
    first, info = await pull(magda, 0, 2)
    assert (len(first), info["hasNext"]) == (2, True)
    rest, info = await pull(magda, info["lastSequenceNbr"])
    assert sorted([*first, *rest]) == [("documentExpirationAlert", NUMBER), *[("newDocument", NUMBER)] * 3]
    await box.get("federaal", f"ebox/messages/{number}/attachments/1/content")
    more, info = await pull(magda, info["lastSequenceNbr"])
    assert more == [("readDocument", NUMBER)]
    clock.now = NOON + 16 * 86_400
    later, _ = await pull(magda, info["lastSequenceNbr"])
    # Sample letters grow old like any other; the one that was read is not told of again.
    assert {kind for kind, whose in later if whose == NUMBER} == set()
    assert ("newDocumentReminder", LIES) in later


async def test_event_service_may_repeat_and_forget(magda, http, town):
    await send_for_id(http)
    town.switches["ebox-events"].put(Fault("endless"))
    first, info = await pull(magda, 0)
    assert (await pull(magda, info["lastSequenceNbr"]), info["hasNext"]) == ((first, info), True)
    town.switches["ebox-events"].put(Fault())
    async with http.delete("/ebox/events") as answer:
        assert answer.status == 200
    async with http.post("/ebox/events", json={"eventData": {"eventType": "odd", "boxId": OTHER}}) as answer:
        assert (answer.status, await answer.json()) == (201, {"last": 1})
    assert (await pull(magda, 0))[0] == [("odd", OTHER)]
    assert (await pull(magda, info["lastSequenceNbr"]))[0] == []
    async with magda.get("/ebox/citizen/document/events?lastSequenceNbr=-1&pageSize=1") as answer:
        assert answer.status == 400


async def test_consents_are_each_platforms_own(magda, box, http):
    base, headers = "/ebox/federation/v1/citizenEboxConsents", box.headers("federation")

    async def consented() -> list[str]:
        async with magda.get(base, headers=headers) as answer:
            return [it["platformId"] for it in (await answer.json())["items"] if it["consent"]]

    assert await consented() == []
    async with http.put(f"/ebox/consents/{NUMBER}", json=["doccle"]) as answer:
        assert answer.status == 200
    for _ in range(2):
        async with magda.put(f"{base}/mijn-burgerprofiel", headers=headers) as answer:
            assert answer.status == 200
    async with magda.put(f"{base}/kbc", headers=headers) as answer:
        assert answer.status == 403
    assert await consented() == ["mijn-burgerprofiel", "doccle"]
    async with magda.delete(f"{base}/mijn-burgerprofiel", headers=headers) as answer:
        assert answer.status == 200
    assert await consented() == ["doccle"]
    ids = {"eboxType": "citizen", "eboxIdType": "ssin", "eboxIdValueList": [NUMBER, OTHER]}
    async with magda.post(f"{base}/search", json=ids) as answer:
        assert [it["consent"] for it in await answer.json()] == [True, False]
    async with magda.get(base) as answer:
        assert answer.status == 401
