"""The citizen's own archive: what they keep of their eBox is whole, theirs, and stays when the eBox does not."""

import asyncio
import base64
import hashlib
import io
import re
import zipfile

import psycopg
import pytest

from portal.features.mailbox.tests.examples import ARCHIVE, has_a_copy, has_an_archive, has_no_archive, links_the_ebox
from tests.walks.example import Person
from tests.walks.somebody import Answer, Somebody

from .test_mailbox import LIST, Console, console, who
from .test_mailbox_message import OPEN, PDF, file, is_read, page_of, sender_text, sends

__all__ = ["console", "who"]  # fixtures

HTML = "<h1>Beste</h1><script>alert(1)</script><p>Een boete</p>"
NOT_KEPT = re.compile(r'data-not-kept="([^"]*)"')

pytestmark = pytest.mark.security


@pytest.fixture
async def keeper(who: Somebody) -> Somebody:
    """Somebody with an archive in which nothing stands."""
    await has_no_archive(who)
    await has_an_archive(who)
    return who


async def keeps(who: Somebody, place: str, **form: str) -> Answer:
    """Press the button of a document's page, and see where it leads."""
    sent = await who.posts(f"{place}kopie/", form)
    assert sent.status == 303, sent.text
    return await who.gets(sent.location)


def reason_not_kept(page: Answer) -> str:
    found = NOT_KEPT.search(page.text)
    return found[1] if found else ""


def use(page: Answer) -> tuple[int, int]:
    found = re.search(r'data-copies="(\d+)" data-bytes="(\d+)"', page.text)
    assert found is not None
    return int(found[1]), int(found[2])


async def keep_copy(who: Somebody, console: Console, **letter: object) -> str:
    """Keep a copy of a letter; gives the address of its page."""
    place = await page_of(who, await sends(console, who, **letter))
    sent = await who.posts(f"{place}kopie/", {})
    assert sent.location.startswith(ARCHIVE), sent.location
    return sent.location.partition("?")[0]


async def test_copy_stays_when_its_document_and_the_link_are_gone(keeper, console):
    files = [file(isMain=True), file(b"<html><script>1</script>", "bijlage.pdf")]
    payment = {"amount": 100, "vatAmount": 21, "currency": "EUR", "iban": "BE62510007547061", "dueDate": "2027-01-14"}
    data = {"items": [{"key": "dossier", "name": {"nl": "Dossier"}, "values": [{"nl": "2026/17"}]}], "totalItems": 1}
    more = {"paymentData": payment, "raw": {"businessDataList": data}}
    key = await sends(console, keeper, subject={"nl": "Boete"}, body={"nl": HTML}, attachments=files, **more)
    place = await page_of(keeper, key)
    page = await keeper.gets(place)
    assert "Het document staat dan overal als gelezen." in page.text
    assert not await is_read(console, keeper, key)

    copy = await keeps(keeper, place)

    assert "Deze kopie staat nu in uw archief." in copy.text
    assert await is_read(console, keeper, key)
    assert 'data-kept="1"' in (await keeper.gets(place)).text
    # Twice is once, in whatever tab.
    assert "had u al een kopie" in (await keeps(keeper, place)).text
    listed = await keeper.gets(ARCHIVE)
    (address,) = set(re.findall(rf'href="({ARCHIVE}[0-9a-f-]{{36}}/)"', listed.text))
    assert use(listed)[0] == 1
    assert hashlib.sha256(PDF).hexdigest() in listed.text

    await console.asks("DELETE", "/ebox/messages")
    await keeper.posts(f"{LIST}ontkoppelen/", {})
    try:
        assert "Uw eBox is niet gekoppeld. Wat u al bewaarde, blijft hier" in (await keeper.gets(ARCHIVE)).text
        shown = await keeper.gets(address)
        assert sender_text(shown) == "<h3>Beste</h3><p>Een boete</p>"
        first = await keeper.gets(f"{address}bestand/1/")
        assert (first.content, first.headers["Content-Type"]) == (PDF, "application/pdf")
        assert first.headers["Content-Disposition"].startswith('inline; filename="brief.pdf"')
        # A page that was called a PDF is handed over as text, to be saved.
        second = await keeper.gets(f"{address}bestand/2/")
        assert second.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert second.headers["Content-Disposition"].startswith('attachment; filename="bijlage.pdf.txt"')
        assert second.headers["Content-Security-Policy"].startswith("default-src 'none'")
        whole = await keeper.gets(f"{ARCHIVE}alles/")
        assert (await keeper.gets(f"{address}wissen/")).status == 200
        assert (await keeper.posts(f"{address}wissen/", {})).location == f"{ARCHIVE}?klaar=gewist"
        for gone in (address, f"{address}bestand/1/", f"{address}wissen/"):
            assert (await keeper.gets(gone)).status == 404
    finally:
        await links_the_ebox(keeper)
    with zipfile.ZipFile(io.BytesIO(whole.content)) as opened:
        files_in_it = {name.rpartition("/")[2]: opened.read(name) for name in opened.namelist()}
    assert files_in_it["brief.pdf"] == PDF
    about = files_in_it["Over dit document.txt"].decode("utf-8-sig")
    # All that its page says, for whoever ends the archive after having it.
    said = {"Boete", f"SHA-256 {hashlib.sha256(PDF).hexdigest()}: brief.pdf", "Een boete", "Dossier: 2026/17"}
    said |= {"Bedrag: 121,00 euro", "Ten laatste op: 14 januari 2027", "Rekening: BE62 5100 0754 7061"}
    assert said <= set(about.split("\r\n"))


async def test_consent_is_read_given_and_withdrawn_with_every_copy(who, console):
    await has_no_archive(who)
    assert (await who.gets(ARCHIVE)).location == f"{ARCHIVE}beginnen/"
    place = await page_of(who, await sends(console, who, attachments=[file(isMain=True)]))
    assert "Bewaar kopieën in een eigen archief" in (await who.gets(place)).text
    sent = await who.posts(f"{place}kopie/", {})
    assert sent.location == f"{ARCHIVE}beginnen/"
    refused = await who.posts(f"{ARCHIVE}beginnen/", {})
    assert (refused.status, "Zonder uw toestemming bewaren wij niets." in refused.text) == (422, True)

    await has_an_archive(who)
    address = (await who.posts(f"{place}kopie/", {})).location
    assert "sinds" in (await who.gets(f"{ARCHIVE}beginnen/")).text
    before = await who.gets(f"{ARCHIVE}stoppen/")
    assert "In uw archief staat 1 kopie." in before.text
    assert f'href="{ARCHIVE}alles/"' in before.text

    ended = await who.posts(f"{ARCHIVE}stoppen/", {})

    assert "Alle kopieën zijn gewist." in (await who.gets(ended.location)).text
    assert (await who.gets(address)).status == 404
    assert (await who.gets(f"{ARCHIVE}stoppen/")).location == f"{ARCHIVE}beginnen/"
    assert (await who.gets(f"{ARCHIVE}stoppen/?klaar=gestopt")).status == 200


async def test_file_with_another_digest_is_not_kept_and_the_copy_says_so(keeper, console):
    wrong = base64.urlsafe_b64encode(hashlib.sha256(b"iets anders").digest()).decode()
    large = file(bytes(3_000_000), "groot.bin", digest=wrong)
    small = file(digest=wrong, name="klein.pdf")
    address = await keep_copy(keeper, console, attachments=[large, small, file(name="goed.pdf", isMain=True)])

    page = await keeper.gets(address)

    assert re.findall(r'data-missing="([^"]*)"', page.text) == ["digest", "digest"]
    assert {"Niet bewaard: groot.bin", "Niet bewaard: klein.pdf"} <= set(
        re.findall(r"Niet bewaard: [^.]*\.\w+", page.text)
    )
    assert (await keeper.gets(f"{address}bestand/1/")).content == PDF
    assert (await keeper.gets(f"{address}bestand/2/")).status == 404
    assert use(await keeper.gets(ARCHIVE))[1] < 10_000
    with zipfile.ZipFile(io.BytesIO((await keeper.gets(f"{ARCHIVE}alles/")).content)) as opened:
        (about,) = [opened.read(name).decode() for name in opened.namelist() if name.endswith("dit document.txt")]
    assert "Niet bewaard: groot.bin. Wat wij kregen, is niet het bestand dat de afzender aankondigde." in about


@pytest.mark.parametrize("fault", ["broken_off", "503"])
async def test_stream_that_stops_leaves_nothing(keeper, console, faults, fault):
    large = {"fileName": "groot.pdf", "mediaType": "application/pdf", "isMain": True, "generated": 3_000_000}
    place = await page_of(keeper, await sends(console, keeper, attachments=[large]))
    await faults.set("ebox-vlaanderen", fault)

    sent = await keeper.posts(f"{place}kopie/", {})

    assert sent.location == f"{place}?kopie=niet-alles"
    assert use(await keeper.gets(ARCHIVE)) == (0, 0)
    await faults.set("ebox-vlaanderen", "ok")
    assert reason_not_kept(await keeper.gets(sent.location)) == "niet-alles"
    assert "Deze kopie staat nu in uw archief." in (await keeps(keeper, place)).text
    assert use(await keeper.gets(ARCHIVE))[1] > 3_000_000


async def test_file_that_is_too_large_is_refused_before_it_comes(keeper, console):
    large = {"fileName": "groot.pdf", "mediaType": "application/pdf", "isMain": True, "generated": 200_000_000}
    place = await page_of(keeper, await sends(console, keeper, attachments=[large]))
    assert reason_not_kept(await keeps(keeper, place)) == "groot"
    assert use(await keeper.gets(ARCHIVE)) == (0, 0)


async def test_file_whose_id_fits_in_no_address_is_left_out_for_good_and_nobody_is_told_to_try_again(keeper, console):
    items = [{"attachmentId": one, "fileName": f"{len(one)}.pdf", "mainContent": False} for one in (".", "é" * 300)]
    place = await page_of(keeper, await sends(console, keeper, raw={"attachments": items}))
    why = "gaf dit bestand een nummer waarmee wij het niet kunnen opvragen."
    for number in (1, 2):
        page = await keeper.gets(f"{place}bestand/{number}/")
        assert (page.status, why in page.text, "Probeer het opnieuw" in page.text) == (502, True, False)

    kept = await keeps(keeper, place)

    assert re.findall(r'data-missing="([^"]*)"', kept.text) == ["no-address"] * 2
    said = "Niet bewaard: 300.pdf. De bron gaf het een nummer waarmee wij het niet kunnen opvragen."
    assert said in kept.text
    with zipfile.ZipFile(io.BytesIO((await keeper.gets(f"{ARCHIVE}alles/")).content)) as opened:
        (about,) = [opened.read(name).decode() for name in opened.namelist() if name.endswith("dit document.txt")]
    assert said in about


async def test_document_with_more_files_than_are_read_is_not_kept_in_part(keeper, console):
    items = [{"attachmentId": str(at), "fileName": f"{at}.pdf", "mainContent": at == 1} for at in range(1, 102)]
    raw = {"attachments": {"items": items, "totalItems": len(items)}}
    place = await page_of(keeper, await sends(console, keeper, raw=raw))
    assert reason_not_kept(await keeps(keeper, place)) == "groot"
    assert use(await keeper.gets(ARCHIVE)) == (0, 0)


async def test_registered_mail_is_kept_only_after_its_button(keeper, console):
    letter = {"registeredMail": True, "attachments": [file(isMain=True)]}
    key = await sends(console, keeper, **letter)
    place = await page_of(keeper, key)
    assert "Bewaar een kopie" not in (await keeper.gets(place)).text
    assert reason_not_kept(await keeps(keeper, place)) == "dicht"
    assert not await is_read(console, keeper, key)

    opened = await keeper.posts(place, {})
    assert (OPEN in opened.text, 'name="geopend" value="1"' in opened.text) == (False, True)
    assert "Deze kopie staat nu in uw archief." in (await keeps(keeper, place, geopend="1")).text
    assert await is_read(console, keeper, key)


async def test_copies_are_of_one_citizen(keeper, console, people):
    address = await keep_copy(keeper, console, attachments=[file(isMain=True)])
    somebody = await people.who(Person.lodger)
    await has_an_archive(somebody)
    for path in (address, f"{address}bestand/1/", f"{address}wissen/"):
        assert (await somebody.gets(path)).status == 404
    assert (await somebody.posts(f"{address}wissen/", {})).status == 404
    assert use(await somebody.gets(ARCHIVE)) == (0, 0)
    assert use(await keeper.gets(ARCHIVE))[0] == 1


async def test_archive_that_ends_while_a_copy_comes_holds_nothing(keeper, console, faults):
    large = {"fileName": "groot.pdf", "mediaType": "application/pdf", "isMain": True, "generated": 30_000_000}
    place = await page_of(keeper, await sends(console, keeper, attachments=[large]))
    keeping = asyncio.create_task(keeper.posts(f"{place}kopie/", {}))
    await asyncio.sleep(0.2)
    await has_no_archive(keeper)
    sent = await keeping
    # It ends before the copy is whole, or takes it away with the rest.
    assert sent.status == 303
    await has_an_archive(keeper)
    assert use(await keeper.gets(ARCHIVE)) == (0, 0)


async def test_what_is_called_the_same_stands_in_the_zip_beside_each_other(keeper, console):
    # tutanota, issues 8402 and 2637: letters with the same subject and moment, of which one was lost.
    for digit in (b"1", b"2"):
        files = [
            file(PDF + digit, "brief.pdf"),
            file(PDF + digit * 2, "BRIEF.pdf"),
            file(b"", "Over dit document.txt"),
        ]
        await keep_copy(keeper, console, subject={"nl": "Boete"}, attachments=files)
    with zipfile.ZipFile(io.BytesIO((await keeper.gets(f"{ARCHIVE}alles/")).content)) as opened:
        names = opened.namelist()
        pdfs = {opened.read(name) for name in names if name.endswith(".pdf")}
    assert len({name.lower() for name in names}) == len(names) == 9
    assert pdfs == {PDF + digits for digits in (b"1", b"11", b"2", b"22")}


async def test_copy_is_made_though_its_browser_leaves(keeper, console):
    large = {"fileName": "groot.pdf", "mediaType": "application/pdf", "isMain": True, "generated": 20_000_000}
    place = await page_of(keeper, await sends(console, keeper, attachments=[large]))
    marks = await keeper.marks()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await keeper.asks("POST", f"{place}kopie/", data=marks)
    for _ in range(200):
        if use(await keeper.gets(ARCHIVE))[0]:
            break
        await asyncio.sleep(0.1)
    assert use(await keeper.gets(ARCHIVE))[1] > 20_000_000


async def test_the_same_document_in_two_tabs_is_one_copy(keeper, console):
    large = {"fileName": "groot.pdf", "mediaType": "application/pdf", "isMain": True, "generated": 8_000_000}
    place = await page_of(keeper, await sends(console, keeper, attachments=[large]))
    sent = await asyncio.gather(*(keeper.posts(f"{place}kopie/", {}) for _ in range(4)))
    assert {one.status for one in sent} == {303}
    assert use(await keeper.gets(ARCHIVE))[0] == 1


async def test_damaged_copy_is_said_to_be_and_not_handed_over(keeper, console, house):
    address = await keep_copy(keeper, console, body={"nl": "Dag"}, attachments=[file(PDF * 600, isMain=True), file()])
    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        owner.execute("alter table mailbox_copy_part no force row level security")
        try:
            owner.execute("update mailbox_copy_part set sealed = set_byte(sealed, 50, 1 - get_byte(sealed, 50) % 2)")
        finally:
            owner.execute("alter table mailbox_copy_part force row level security")

    page = await keeper.gets(address)
    assert ('data-damaged="1"' in page.text, sender_text(page)) == (True, "")
    for number in (1, 2):
        came = await keeper.gets(f"{address}bestand/{number}/")
        assert (came.status, 'data-damaged="1"' in came.text, b"%PDF" in came.content) == (500, True, False)
    whole = await keeper.gets(f"{ARCHIVE}alles/")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as opened:
        assert [name for name in opened.namelist() if name.endswith(".pdf")] == []
        assert opened.read("Lees mij.txt").decode("utf-8-sig").count("beschadigd") == 3
    await has_a_copy(keeper)
