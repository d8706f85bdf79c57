"""What each fault does to an answer, for MAGDA, for a JSON source and for the provider."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from lxml import etree

from sandbox.faults.damaged_json import damaged_json
from sandbox.faults.damaged_xml import damaged_xml
from sandbox.faults.sending import HUGE_BYTES
from sandbox.faults.strangers import stranger
from sandbox.tests.papers import BROKEN, JSON_PATH, NUMBER
from sandbox.tests.test_faults import put
from sandbox.tests.test_magda import PATH, PUBLIC, ask
from sandbox.tests.test_rest import CONTENT, question

SCHEMAS = PUBLIC.parent / "xsd"
ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}Envelope"


async def from_magda(magda) -> tuple[int, str, bytes]:
    async with magda.post(PATH, data=ask(), allow_redirects=False) as response:
        return response.status, response.headers.get("Content-Type", ""), await response.read()


async def from_rest(magda, portal, number: str = NUMBER) -> tuple[int, str, bytes]:
    asking = await question(portal, number)
    async with magda.post(JSON_PATH, **asking, allow_redirects=False) as response:
        return response.status, response.headers.get("Content-Type", ""), await response.read()


async def test_broken_is_half_of_it_as_if_whole(http, magda, portal):
    whole = (await from_magda(magda))[2]
    await put(http, "Testregister", mode="broken")
    await put(http, "Cursussen", mode="broken")
    status, _, half = await from_magda(magda)
    assert (status, len(half)) == (200, len(whole) // 2)
    assert half[:100] == whole[:100]
    assert (await from_rest(magda, portal))[::2] == (200, CONTENT[: len(CONTENT) // 2])
    assert (await from_rest(magda, portal, "85610100107"))[::2] == (200, b"{")
    await put(http, "toegangsbeheer", mode="broken")
    async with http.get("/op/v1/keys") as response:
        with pytest.raises(json.JSONDecodeError):
            await response.json()


async def test_partial_says_what_is_missing_beside_the_content(http, magda, portal):
    await put(http, "Testregister", mode="partial")
    answer = etree.fromstring((await from_magda(magda))[2]).find(".//Antwoord")
    assert answer is not None
    assert [child.tag for child in answer] == ["Referte", "Inhoud", "Uitzonderingen"]
    said = [(it.tag, it.text) for it in answer.iterfind("Uitzonderingen/Uitzondering/*")]
    assert said[:3] == [("Identificatie", "60006"), ("Oorsprong", "MAGDA"), ("Type", "FOUT")]
    await put(http, "Cursussen", mode="partial")
    missing = [{"bron": "Cursussen", "code": "60006", "reden": "Geen antwoord van bron"}]
    tokens = json.loads((await from_rest(magda, portal))[2])
    assert tokens == {**json.loads(CONTENT), "ontbreekt": missing}
    status, kind, nothing = await from_rest(magda, portal, "85610100107")
    assert (status, kind, json.loads(nothing)) == (200, "application/json", {"ontbreekt": missing})


async def test_partial_names_the_source_whose_fault_is_met(http, magda, portal, town, monkeypatch):
    """Datasets of two sources have one path, and the fault is that of the second."""
    (first,) = town.sources.by_path[JSON_PATH]
    both = (first, replace(first, source="Testregister"))
    monkeypatch.setitem(town.sources.by_path, JSON_PATH, both)
    await put(http, "Testregister", mode="partial")
    assert json.loads((await from_rest(magda, portal))[2])["ontbreekt"][0]["bron"] == "Testregister"


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the public schemas are not beside the project")
@pytest.mark.parametrize("mode", ["partial", "other-person"])
def test_damage_that_is_only_in_the_meaning_keeps_to_the_schema(mode):
    schema = etree.XMLSchema(file=SCHEMAS / "Persoon.GeefPersoonDienst-02.02/WebService/GeefPersoonResponse.xsd")
    body = (PUBLIC / f"Persoon/GeefPersoon/02.02.0000/{NUMBER}.xml").read_bytes()
    damaged = etree.fromstring(damaged_xml(mode, body, NUMBER))
    assert etree.tostring(damaged) != etree.tostring(etree.fromstring(body))
    schema.assertValid(damaged)


async def test_partial_provider_gives_no_id_token(http, portal):
    code = await portal.code()
    await put(http, "toegangsbeheer", mode="partial")
    status, tokens = await portal.redeem(code)
    assert (status, sorted(tokens)) == (200, ["access_token", "expires_in", "scope", "token_type"])
    assert len((await portal.key_set()).keys) == 1


async def test_partial_joins_the_exceptions_that_are_there():
    body = b"<a><Antwoord><Inhoud/><Uitzonderingen><Uitzondering/></Uitzonderingen></Antwoord><Antwoord/></a>"
    root = etree.fromstring(damaged_xml("partial", body, ""))
    assert [len(it) for it in root.iter("Uitzonderingen")] == [2]


async def test_other_person_takes_the_place_of_the_asked_one(http, magda, portal):
    for source in ("Testregister", "Cursussen", "toegangsbeheer"):
        await put(http, source, mode="other-person")
    root = etree.fromstring((await from_magda(magda))[2])
    assert [it.text for it in root.iter("INSZ")] == [stranger(NUMBER)]
    assert json.loads((await from_rest(magda, portal))[2])["persoon"] == {"insz": stranger(NUMBER)}
    assert (await from_rest(magda, portal, "85610100107"))[::2] == (204, b"")
    _, tokens = await portal.redeem(await portal.code())
    _, claims = await portal.userinfo(tokens["access_token"])
    assert (claims["sub"], claims["rrn"]) == ("somebody-else", stranger(NUMBER))
    assert (await portal.claims(tokens["id_token"]))["rrn"] == NUMBER


def test_stranger_is_never_the_asked_one():
    assert {stranger(stranger(NUMBER)), stranger(stranger(stranger(NUMBER)))} == {
        stranger(NUMBER),
        stranger(stranger(NUMBER)),
    }
    assert stranger(stranger(NUMBER)) != stranger(NUMBER)


async def test_twice_is_two_answers_in_one(http, magda, portal):
    await put(http, "Testregister", mode="twice")
    await put(http, "Cursussen", mode="twice")
    root = etree.fromstring((await from_magda(magda))[2])
    assert [it.tag for it in root.iterfind(".//Antwoorden/*")] == ["Antwoord", "Antwoord"]
    assert (await from_rest(magda, portal))[2] == CONTENT + CONTENT


async def test_wrong_root_keeps_the_rest(http, magda, portal):
    await put(http, "Testregister", mode="wrong-root")
    await put(http, "Cursussen", mode="wrong-root")
    root = etree.fromstring((await from_magda(magda))[2])
    assert (root.tag, root[1][0].tag) == ("{urn:modelstad}Iets", "{urn:modelstad}Iets")
    assert [it.text for it in root.iter("INSZ")] == [NUMBER]
    assert json.loads((await from_rest(magda, portal))[2]) == [json.loads(CONTENT)]


@pytest.mark.parametrize("source", ["Testregister", "Cursussen"])
async def test_wrong_encoding_can_be_read_in_no_way(http, magda, portal, source):
    await put(http, source, mode="wrong-encoding")
    _, kind, body = await (from_magda(magda) if source == "Testregister" else from_rest(magda, portal))
    assert kind.endswith(";charset=utf-16")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        body[: len(body) // 2 * 2 - 1].decode("utf-16")
    assert (b'encoding="UTF-16"' in body) == (source == "Testregister")
    assert damaged_json("wrong-encoding", b"", "", "") == b'{"\xff\xfe":0}'


async def test_huge_is_fifty_megabytes_and_means_the_same(http, magda, portal):
    await put(http, "Testregister", mode="huge")
    await put(http, "Cursussen", mode="huge")
    body = (await from_magda(magda))[2]
    assert len(body) > HUGE_BYTES
    assert etree.fromstring(body.replace(b" " * 1000, b"")).tag == ENVELOPE
    assert json.loads((await from_rest(magda, portal))[2]) == json.loads(CONTENT)


@pytest.mark.parametrize(
    ("mode", "status", "kind"), [("redirect", 302, ""), ("html", 200, "text/html; charset=utf-8")]
)
async def test_gateway_says_something_else(http, magda, portal, mode, status, kind):
    await put(http, "Testregister", mode=mode)
    await put(http, "Cursussen", mode=mode)
    for response in (await from_magda(magda), await from_rest(magda, portal)):
        assert response[0] == status
        assert kind in ("", response[1])


@pytest.mark.parametrize(("mode", "status"), [("503", 503), ("soap-fault", 502)])
async def test_json_source_fails_with_a_problem(http, magda, portal, mode, status):
    await put(http, "Cursussen", mode=mode)
    response = await from_rest(magda, portal)
    assert response[:2] == (status, "application/problem+json")
    assert json.loads(response[2])["status"] == status


@pytest.mark.parametrize("number", [NUMBER, "85610100107"])
async def test_json_source_is_empty_with_exceptions_in_its_headers(http, magda, portal, number):
    await put(http, "Cursussen", mode="204-exceptions")
    async with magda.post(JSON_PATH, **await question(portal, number)) as response:
        said = [response.headers.get(name) for name in ("x-magda-exceptions", "x-correlation-id")]
        assert (response.status, said, await response.read()) == (204, ["60006", "a-page"], b"")


async def test_protocol_without_such_headers_answers_as_ever(http, magda):
    whole = await from_magda(magda)
    await put(http, "Testregister", mode="204-exceptions")
    status, kind, body = await from_magda(magda)
    assert (status, kind, len(body)) == (whole[0], whole[1], len(whole[2]))


@pytest.mark.parametrize("source", ["Testregister", "Cursussen"])
async def test_reset_comes_in_the_middle(http, magda, portal, source):
    await put(http, source, mode="reset")
    asking: dict[str, Any] = {"data": ask()} if source == "Testregister" else await question(portal)
    async with magda.post(PATH if source == "Testregister" else JSON_PATH, **asking) as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientError):
            await response.read()


async def test_reset_is_one_of_tcp_for_the_provider(http, town):
    await put(http, "toegangsbeheer", mode="reset")
    reader, writer = await asyncio.open_connection("127.0.0.1", town.settings.port)
    writer.write(b"GET /op/v1/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    with pytest.raises(ConnectionResetError):
        await reader.read(-1)
    writer.close()
    async with http.get("/faults") as response:
        assert response.status == 200


async def test_dripping_answer_comes_whole_when_one_waits(http, magda, portal):
    await put(http, "Cursussen", mode="drip")
    assert (await from_rest(magda, portal))[::2] == (200, CONTENT)
    assert (await from_rest(magda, portal, "85610100107"))[::2] == (200, b"{}")


async def test_dripping_answer_is_cut_when_the_switch_is_turned(http, magda, town, monkeypatch):
    monkeypatch.setattr(town, "settings", replace(town.settings, drip_s=600))
    await put(http, "Testregister", mode="drip")
    async with magda.post(PATH, data=ask()) as response:
        assert await response.content.readexactly(1) == b"<"
        await put(http, "Testregister", mode="ok")
        with pytest.raises(aiohttp.ClientError):
            await response.read()


async def test_tls_fails_before_any_answer(http, magda, portal):
    asking = await question(portal)
    await put(http, "Testregister", mode="tls")
    with pytest.raises(aiohttp.ClientError):
        await from_magda(magda)
    # The others on the same port go on.
    async with magda.post(JSON_PATH, **asking) as response:
        assert response.status == 200
    await put(http, "toegangsbeheer", mode="tls")
    with pytest.raises(aiohttp.ClientError):
        await http.get("/op/v1/keys")
    async with http.get("/op/v1/logout") as response:
        assert response.status == 200


async def test_sample_that_is_no_json_is_the_towns_own_failure(magda, portal):
    status, kind, _ = await from_rest(magda, portal, BROKEN)
    assert (status, kind) == (500, "application/problem+json")
