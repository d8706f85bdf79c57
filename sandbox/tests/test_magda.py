"""Questions to MAGDA over mutual TLS."""

import io
import re
import ssl
import uuid

import aiohttp
import pytest
from lxml import etree

from sandbox.magda import question
from sandbox.magda.answers import Answers, answer
from sandbox.magda.folders import AnswerFile, domain_of, find, open_library
from sandbox.tests.conftest import NOON
from sandbox.tests.papers import NUMBER, OTHER
from tests.beside import SHARED

PATH = "/api/Magda-02.00/soap/WebService"
PUBLIC = SHARED / "magda" / "simulator"


def ask(number: str = NUMBER, name: str = "GeefPersoon", version: str = "02.02.0000", more: str = "") -> str:
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<v:Vraag xmlns:v="urn:test"><Verzoek>'
        f"<Context><Naam>{name}</Naam><Versie>{version}</Versie><Bericht><Afzender>"
        f"<Identificatie>me &amp; you</Identificatie><Referte>sent</Referte>{more}</Afzender></Bericht></Context>"
        "<Vragen><Vraag><Referte>asked</Referte><Inhoud><Criteria>"
        f"<INSZ>{number}</INSZ></Criteria></Inhoud></Vraag></Vragen></Verzoek></v:Vraag></s:Body></s:Envelope>"
    )


async def post(magda, body: str | bytes, path: str = PATH) -> tuple[int, etree._Element]:
    headers = {"Content-Type": "text/xml;charset=UTF-8", "SOAPAction": '""'}
    async with magda.post(path, data=body, headers=headers) as response:
        assert response.headers["Content-Type"] == "text/xml;charset=UTF-8"
        return response.status, etree.fromstring(await response.read())


def texts(root: etree._Element, path: str) -> list[tuple[str, str | None]]:
    return [(element.tag, element.text) for element in root.iterfind(f"{path}/*")]


@pytest.mark.parametrize(
    "path",
    [PATH, "/Magda-02.00/soap/WebService", "/api/Persoon.GeefPersoonDienst-02.02/soap/WebService"],
)
async def test_answer_is_the_file_with_its_context_patched(magda, path):
    status, root = await post(magda, ask(), path)
    assert status == 200
    assert root.tag == "{http://schemas.xmlsoap.org/soap/envelope/}Envelope"
    reply = root[1][0]
    assert reply.tag == "{urn:test}GeefPersoonResponse"
    message = "Repliek/Context/Bericht"
    assert texts(reply, f"{message}/Ontvanger") == [("Identificatie", "me & you"), ("Referte", "sent")]
    assert texts(reply, f"{message}/Tijdstip") == [("Datum", "2027-01-15"), ("Tijd", "09:00:00.000")]
    sender = dict(texts(reply, f"{message}/Afzender"))
    assert uuid.UUID(sender.pop("Referte"))
    assert sender == {"Identificatie": "kb.vlaanderen.be/aiv/magda-mock-server", "Naam": "Magda Mock Server"}
    assert reply.findtext("Repliek/Antwoorden/Antwoord/Referte") == "asked"
    assert reply.findtext(".//Persoon/INSZ") == NUMBER


async def test_capacity_and_user_come_back_when_sent(magda):
    more = "<Hoedanigheid>1300</Hoedanigheid><Gebruiker>someone</Gebruiker>"
    _, root = await post(magda, ask(more=more))
    receiver = texts(root, ".//Ontvanger")
    assert receiver[2:] == [("Hoedanigheid", "1300"), ("Gebruiker", "someone")]


async def test_reference_of_the_sender_serves_when_the_question_has_none(magda):
    _, root = await post(magda, ask().replace("<Referte>asked</Referte>", ""))
    assert root.findtext(".//Antwoord/Referte") == "sent"


async def test_simulator_answers_whom_the_samples_do_not_know(magda):
    _, root = await post(magda, ask(OTHER))
    assert root.findtext(".//Persoon/INSZ") == OTHER
    _, root = await post(magda, ask("61610100123"))
    assert root.findtext(".//Persoon/INSZ") == ""


async def test_changed_file_is_read_again(magda, town):
    file = next(town.library.simulators[0].glob(f"**/{OTHER}.xml"))
    before = file.read_text()
    await post(magda, ask(OTHER))
    file.write_text(before.replace("Bo", "Bobbie"))
    _, root = await post(magda, ask(OTHER))
    assert root.findtext(".//Voornaam") == "Bobbie"
    file.write_text("<broken")
    assert (await post(magda, ask(OTHER)))[0] == 500
    file.write_text(before)
    assert (await post(magda, ask(OTHER)))[0] == 200


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "body",
    [
        ask(name="GeefNiets"),
        ask(version="02.00.0000"),
        ask(number="../notfound"),
        ask(number=".."),
        ask(name=""),
        "<a/>",
        "<a",
        "",
        b"\xff\xfe\x00",
        BOMB + ask(number="&c;"),
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">' + ask(),
        "<a>" * 100_000,
    ],
)
async def test_bad_question_gets_a_fault(magda, body):
    status, root = await post(magda, body)
    assert status == 500
    assert [child.tag for child in root[1][0]] == ["faultcode", "faultstring"]


async def test_huge_question_is_not_read(magda):
    async with magda.post(PATH, data=io.BytesIO(b"<a>" + b" " * 1_100_000)) as response:
        assert response.status == 413


async def test_client_without_certificate_is_refused(town):
    context = ssl.create_default_context(cafile=town.settings.certificates / "ca.pem")
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
        with pytest.raises(aiohttp.ClientError):
            await session.post(f"https://127.0.0.1:{town.settings.tls_port}{PATH}", data=ask())


async def test_plain_side_has_no_magda(http):
    async with http.post(PATH, data=ask()) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("name", "version", "body", "keys"),
    [
        (
            "GeefJaarrekeningen",
            "02.00.0000",
            "<Ondernemingsnummer>1</Ondernemingsnummer><Boekjaar>2</Boekjaar>",
            "1 2",
        ),
        ("GeefDossierHandicap", "03.00.0000", "<ssin>3</ssin>", "3"),
        (
            "RegistreerInschrijving",
            "02.01.0000",
            "<Subject><Type>PERS</Type><Sleutel>4</Sleutel></Subject>",
            "PERS 4",
        ),
        ("RegistreerInschrijving", "02.00.0000", "<INSZ>5</INSZ>", "5"),
        ("ZoekPersoonOpAdres", "02.02.0000", "<Bron>RR</Bron><Adres><PostCode>3070</PostCode></Adres>", "RR 3070"),
    ],
)
def test_keys_depend_on_the_service(name, version, body, keys):
    text = re.sub("<Criteria>.*</Criteria>", body, ask(name=name, version=version))
    assert question.read(text.encode()).keys == tuple(keys.split())


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public answers are not beside the project")
def test_every_public_answer_is_found_and_patched():
    library, answers = open_library((), (PUBLIC,)), Answers()
    asked = 0
    for file in PUBLIC.glob("*/*/*/*.xml"):
        name, version = file.parts[-3:-1]
        if name in ("GeefOnderneming",) or not file.stem.isdecimal():
            continue
        read = question.read(ask(file.stem, name, version).encode())
        domain = domain_of(library, name, version)
        assert domain == file.parts[-4]
        keys = (file.stem,)
        found = find(library, domain, name, version, keys)
        assert found == AnswerFile(str(file), file.stat().st_mtime_ns)
        root = etree.fromstring(answer(answers, found, read, NOON))
        assert [it.text for it in root.iterfind(".//Antwoord/Referte")] in ([], ["asked"])
        assert root.findtext(".//Ontvanger/Referte") == "sent"
        asked += 1
    assert asked > 500
