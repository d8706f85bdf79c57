"""What people give us themselves: entered, confirmed, seen, changed, taken back."""

import asyncio
import io
import json
import re
import urllib.request

import pytest
from PIL import Image

from .looks import inspect

TABLES = ("profile_kept", "profile_email", "profile_address", "profile_proposal")
EVERY = "/profiel/"


def photo(size=(900, 600), kind="JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    return file.getvalue()


class Inbox:
    """The town's inbox, as the person whose mails come there sees it."""

    def __init__(self, town: str) -> None:
        self.address = f"{town}/mail/messages"

    def read(self) -> list[dict]:
        with urllib.request.urlopen(self.address, timeout=60) as answer:
            return json.load(answer)

    def clear(self) -> None:
        with urllib.request.urlopen(urllib.request.Request(self.address, method="DELETE"), timeout=60):
            pass

    async def mails(self, count: int) -> list[dict]:
        """Wait until so many mails came, and give them, the oldest first."""
        for _ in range(1800):
            found = await asyncio.to_thread(self.read)
            if len(found) >= count:
                return found
            await asyncio.sleep(0.1)
        raise AssertionError(f"{count} mails did not come")

    async def code(self, address: str) -> str:
        """Wait for the last code that came to an address."""
        for _ in range(1800):
            found = [mail for mail in await asyncio.to_thread(self.read) if mail["recipients"] == [address]]
            codes = [code[0] for mail in found if (code := re.search(r"^[0-9]{6}$", mail["text"], re.MULTILINE))]
            if codes:
                return codes[-1]
            await asyncio.sleep(0.1)
        raise AssertionError("no code came")


@pytest.fixture
def inbox(house):
    inbox = Inbox(house.town)
    inbox.clear()
    house.rows(f"truncate {', '.join(TABLES)}, profile_code_sent")
    return inbox


async def press(page, button: str) -> None:
    await page.get_by_role("button", name=button).click()


async def gives_everything(visitor, inbox) -> None:
    """Give a nickname, an address for mail, a photo and an address, by the buttons of the page."""
    page = visitor.page
    await visitor.opens(EVERY)
    await page.get_by_role("link", name="Roepnaam kiezen").click()
    await page.get_by_label("Uw roepnaam").fill("Zonnetje")
    await press(page, "Verder")
    await visitor.sees("Dag Zonnetje,")
    await press(page, "Ja, gebruik deze roepnaam")
    await visitor.sees("Uw roepnaam is bewaard.")
    await page.get_by_role("link", name="E-mailadres geven").click()
    await page.get_by_label("Uw e-mailadres").fill("lies@canary.example")
    await press(page, "Stuur mij een code")
    await page.get_by_label("Code uit de mail").fill(await inbox.code("lies@canary.example"))
    await press(page, "Bevestigen")
    await visitor.sees("Uw e-mailadres is bevestigd en bewaard.")
    await page.get_by_role("link", name="Foto kiezen").click()
    await page.get_by_label("Uw foto").set_input_files(
        {"name": "ik.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    await press(page, "Foto bewaren")
    await visitor.sees("Uw foto is bewaard.")
    await page.get_by_role("link", name="Adres toevoegen", exact=True).click()
    for label, value in {
        "Naam van dit adres": "Thuis",
        "Straat": "Canarystraat",
        "Huisnummer": "12",
        "Postcode": "9000",
        "Gemeente": "Gent",
    }.items():
        await page.get_by_label(label, exact=True).fill(value)
    await press(page, "Adres bewaren")
    await visitor.sees("Uw adres is bewaard.")


def count_rows(house) -> list[int]:
    return [house.rows(f"select count(*) from {table}")[0][0] for table in TABLES]


async def test_everything_is_given_and_taken_back_on_a_phone_without_javascript(plain_visitor, persona, inbox, house):
    page = plain_visitor.page
    await plain_visitor.signs_in(persona.without_certificates)
    await gives_everything(plain_visitor, inbox)
    image = page.get_by_alt_text("Uw profielfoto")
    await page.wait_for_load_state("load")
    assert await image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [400, 400]
    assert count_rows(house) == [3, 0, 1, 0]
    for what, said in {
        "roepnaam": "Uw roepnaam is verwijderd.",
        "e-mailadres": "Uw e-mailadres is verwijderd.",
        "foto": "Uw foto is verwijderd.",
        "Thuis": "Het adres is verwijderd.",
    }.items():
        await (
            page.get_by_role("link", name=f"Verwijderen : {what}")
            .or_(page.get_by_role("link", name=f"Verwijderen: {what}"))
            .click()
        )
        await press(page, "Ja, verwijderen")
        await plain_visitor.sees(said)
    assert count_rows(house) == [0, 0, 0, 0]
    first, last = await inbox.mails(2)
    assert [mail["subject"] for mail in (first, last)] == [
        "Uw code voor Mijn Burgerprofiel",
        "Uw e-mailadres in Mijn Burgerprofiel is gewijzigd",
    ]
    # The nickname was gone by then: a mail greets with what is there.
    assert [mail["text"].startswith("Dag Zonnetje,") for mail in (first, last)] == [True, False]


async def test_old_address_is_used_until_the_new_one_is_confirmed_and_is_told(visitor, persona, inbox):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await gives_everything(visitor, inbox)
    await page.get_by_role("link", name=re.compile("Wijzigen ?: e-mailadres")).click()
    await visitor.sees("Nu gebruiken wij lies@canary.example.")
    await page.get_by_label("Uw e-mailadres").fill("nieuw@canary.example")
    await press(page, "Stuur mij een code")
    code = await inbox.code("nieuw@canary.example")
    await page.get_by_label("Code uit de mail").fill("000000" if code != "000000" else "111111")
    await press(page, "Bevestigen")
    await visitor.sees("Deze code is niet juist. U kunt nog 4 keer proberen.")
    await visitor.opens(EVERY)
    await visitor.sees("U gaf nieuw@canary.example op.")
    assert await page.locator("#e-mail .value").inner_text() == "lies@canary.example"
    await page.get_by_role("link", name="Code invullen").click()
    await page.get_by_label("Code uit de mail").fill(code)
    await press(page, "Bevestigen")
    assert await page.locator("#e-mail .value").inner_text() == "nieuw@canary.example"
    mails = await inbox.mails(3)
    told = [mail["recipients"] for mail in mails if "gewijzigd" in mail["subject"]]
    assert told == [["lies@canary.example"]]


async def test_one_more_address_is_given_chosen_and_removed_on_a_phone_without_javascript(
    plain_visitor, persona, inbox
):
    page = plain_visitor.page
    await plain_visitor.signs_in(persona.complete)
    await gives_everything(plain_visitor, inbox)
    inbox.clear()
    await page.get_by_role("link", name="Nog een adres toevoegen").click()
    await plain_visitor.sees("Naast lies@canary.example kunt u nog een adres geven.")
    await page.get_by_label("Uw e-mailadres").fill("lies@CANARY.example")
    await press(page, "Stuur mij een code")
    await plain_visitor.sees("Dit e-mailadres staat al in uw profiel.")
    await page.get_by_label("Uw e-mailadres").fill("werk@canary.example")
    await press(page, "Stuur mij een code")
    await page.get_by_label("Code uit de mail").fill(await inbox.code("werk@canary.example"))
    await press(page, "Bevestigen")
    values = page.locator("#e-mail .value")
    assert await values.all_inner_texts() == ["lies@canary.example", "werk@canary.example"]
    await page.get_by_role("link", name=re.compile("Als hoofdadres kiezen ?: werk@canary.example")).click()
    await plain_visitor.sees("Nu is dat lies@canary.example.")
    await press(page, "Ja, dit is mijn hoofdadres")
    assert await values.all_inner_texts() == ["werk@canary.example", "lies@canary.example"]
    await page.locator("#e-mail").get_by_role("link", name=re.compile("Verwijderen ?: e-mailadres")).click()
    await plain_visitor.sees("Daarna is lies@canary.example uw hoofdadres.")
    await press(page, "Ja, verwijderen")
    await plain_visitor.sees("Uw e-mailadres is verwijderd.")
    assert await values.all_inner_texts() == ["lies@canary.example"]
    mails = await inbox.mails(6)
    assert sorted((mail["recipients"][0], mail["subject"]) for mail in mails) == [
        ("lies@canary.example", "Uw e-mailadressen in Mijn Burgerprofiel zijn gewijzigd"),
        ("lies@canary.example", "Uw e-mailadressen in Mijn Burgerprofiel zijn gewijzigd"),
        ("lies@canary.example", "Uw e-mailadressen in Mijn Burgerprofiel zijn gewijzigd"),
        ("werk@canary.example", "Uw code voor Mijn Burgerprofiel"),
        ("werk@canary.example", "Uw e-mailadres in Mijn Burgerprofiel is gewijzigd"),
        ("werk@canary.example", "Uw e-mailadressen in Mijn Burgerprofiel zijn gewijzigd"),
    ]


async def test_code_that_cannot_be_mailed_yet_is_said_and_comes_later(visitor, faults, persona, inbox, house):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await faults.set("mail", "down")
    await visitor.opens("/profiel/e-mail/")
    await page.get_by_label("Uw e-mailadres").fill("lies@canary.example")
    await press(page, "Stuur mij een code")
    await visitor.sees("Wij sturen nu een mail met een code naar lies@canary.example.")
    house.rows("update profile_proposal set made_at = made_at - interval '1 minute'")
    await page.reload()
    await visitor.sees("Wij konden de mail met de code nog niet sturen")
    await faults.set("mail", "ok")
    await page.get_by_label("Code uit de mail").fill(await inbox.code("lies@canary.example"))
    await press(page, "Bevestigen")
    await visitor.sees("Uw e-mailadres is bevestigd en bewaard.")


async def test_nickname_is_given_from_the_page_of_the_identity_by_keyboard_alone(visitor, persona, inbox):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await visitor.opens("/uw-gegevens/bron/rijksregister/persoon/")
    await page.locator("#roepnaam summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_label("Uw roepnaam").focus()
    await page.keyboard.type("www")
    await page.keyboard.press("Enter")
    # The focus is at what is wrong, and the first link leads to the field, with what was typed still in it.
    await page.wait_for_function("document.activeElement.className == 'errors'")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.activeElement.id == 'id_nickname'")
    assert await page.evaluate("document.activeElement.value") == "www"
    await page.keyboard.press("Control+A")
    await page.keyboard.type("Zonnetje")
    await page.keyboard.press("Enter")
    await visitor.sees("Dag Zonnetje,")
    await page.get_by_role("button", name="Ja, gebruik deze roepnaam").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.activeElement.className == 'receipt'")
    await visitor.opens("/uw-gegevens/gezin/")
    await visitor.sees("Uw roepnaam: Zonnetje")


async def test_photo_that_is_too_large_is_explained_by_the_page(visitor, persona, inbox, tmp_path):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    for size in (16_000_000, 30_000_000):
        await visitor.opens("/profiel/foto/wijzigen/")
        # By its path: as a value, Playwright takes half a minute to hand it over.
        (tmp_path / "ik.jpg").write_bytes(photo() + bytes(size))
        await page.get_by_label("Uw foto").set_input_files(tmp_path / "ik.jpg")
        await press(page, "Foto bewaren")
        await visitor.sees("Uw foto is groter dan 15 MB.")


async def test_what_cannot_be_read_any_more_is_explained_and_goes_away(visitor, persona, inbox, house):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await gives_everything(visitor, inbox)
    for table in ("profile_kept", "profile_email", "profile_address"):
        house.rows(f"update {table} set sealed = ''")
    ((address_id,),) = house.rows("select id from profile_address")
    asked = ["roepnaam", "foto", "e-mail", f"adressen/{address_id}"]
    pages = [EVERY, f"{EVERY}adressen/{address_id}/", *(f"{EVERY}{what}/verwijderen/" for what in asked)]
    assert await inspect(visitor, pages) == []
    await visitor.opens(EVERY)
    assert await page.get_by_text("niet meer lezen").count() == 4
    for what in asked:
        await visitor.opens(f"{EVERY}{what}/verwijderen/")
        await press(page, "Ja, verwijderen")
    assert count_rows(house) == [0, 0, 0, 0]
    inbox.clear()
    await gives_everything(visitor, inbox)


async def test_nothing_of_it_stands_in_logs_or_addresses(visitor, persona, inbox, house):
    went = []
    visitor.page.on("request", lambda request: went.append(request.url))
    await visitor.signs_in(persona.complete)
    await gives_everything(visitor, inbox)
    code = await inbox.code("lies@canary.example")
    said = house.log.read_text("utf-8") + house.worker_log.read_text("utf-8") + "\n".join(went)
    assert [word for word in ("Zonnetje", "canary", "Canary") if word in said] == []
    # The six figures of a code also stand in the fractions of moments, and in marks and numbers that are longer.
    assert re.findall(rf"(?<![\w.-]){code}(?![\w-])", said) == []
