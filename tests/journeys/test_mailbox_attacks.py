"""What strangers, careless providers and browsers try on the eBox; nothing is opened, changed or lost by it."""

import asyncio
from urllib.parse import urlencode

import aiohttp
import pytest

from portal.features.mailbox.tests.examples import links_the_ebox
from portal.platform.sources import files
from tests.walks.example import Person

from .test_mailbox import LIST, console, lines, messages, who
from .test_mailbox_message import OPEN, PDF, file, is_read, page_of, sender_text, sends

__all__ = ["console", "who"]  # fixtures

pytestmark = pytest.mark.security


async def test_file_of_a_registered_mail_is_given_after_its_button_alone(who, console):
    # burn-after-reading, issue 54; NodeBB, issue 1587: an address that is loaded is no yes.
    key = await sends(console, who, registeredMail=True, attachments=[file(isMain=True), file(name="bijlage.pdf")])
    place = await page_of(who, key)

    for number in (1, 2):
        for query in ("", "?wijze=bewaren", "?geopend=0"):
            assert (await who.gets(f"{place}bestand/{number}/{query}")).location == place
    assert not await is_read(console, who, key)
    assert "/bestand/" not in (await who.gets(place)).text

    opened = await who.posts(place, {})
    assert f'href="{place}bestand/1/?geopend=1"' in opened.text
    assert f'href="{place}bestand/1/?geopend=1&amp;wijze=bewaren"' in opened.text
    assert not await is_read(console, who, key)

    assert (await who.gets(f"{place}bestand/1/?geopend=1")).content == PDF
    assert await is_read(console, who, key)
    assert (await who.gets(f"{place}bestand/2/")).content == PDF


async def test_mail_of_which_nobody_knows_whether_it_is_registered_asks_first(who, console):
    letter = {"body": {"nl": "De termijn begint"}, "isBodyMain": True, "raw": {"registeredMail": "ja"}}
    key = await sends(console, who, **letter)

    page = await who.gets(await page_of(who, key))

    assert OPEN in page.text
    assert sender_text(page) == ""
    assert not await is_read(console, who, key)


@pytest.mark.parametrize("form", [{}, {"tonen": ""}, {"tonen": "2"}, {"tonen": "1 "}])
async def test_form_that_does_not_say_what_changes_nothing(who, console, form):
    key = await sends(console, who)
    place = await page_of(who, key)

    sent = await who.posts(f"{place}tonen/", form)

    assert sent.location == place
    assert (await console.holds(who.person))[key]["visible"]


async def test_number_above_the_list_is_of_what_stands_in_it(who):
    page = await who.gets(LIST)

    shown = messages(page)
    assert f"U hebt {len(shown)} documenten." in page.text


async def test_number_of_unread_is_the_same_at_home_and_in_the_list_without_what_is_hidden(who, console):
    letters = [await sends(console, who, visible=not at) for at in range(2)]
    held = await console.holds(who.person)
    assert [held[key]["visible"] for key in letters] == [True, False]
    unread = sum(not one["readStatus"] and bool(one["visible"]) for one in held.values())

    for address in (LIST, f"{LIST}?toon=ongelezen"):
        assert f'data-unread="{unread}"' in (await who.gets(address)).text


@pytest.mark.parametrize(
    "form",
    [
        {"zoek": "\u0000\u202e<script>" + "é" * 500, "toon": "../..", "verzender": "0" * 500},
        {"soort": "<script>&a=b\r\nx: y", "van": "2026-13-45", "tot": "٢٠٢٦-01-01"},
        {"van": "9999-12-31", "tot": "0001-01-01", "aangetekend": "1; drop", "vervalt": "true"},
        {"van": "2026-W01-1", "tot": "1900-01-01", "verzender": "0308357159\n"},
    ],
)
async def test_filter_of_any_values_gives_a_whole_page(who, form):
    sent = await who.posts(LIST, form)
    assert sent.status == 303
    for path in (sent.location.partition("#")[0], f"{LIST}?{urlencode({**form, 'lijst': ''})}"):
        page = await who.gets(path)
        assert page.status == 200
        assert "</html>" in page.text
        assert set(lines(page).values()) == {"ready"} or "nothing" in lines(page).values()
        assert "<script>" not in page.text.partition("<main")[2].partition("</main")[0]


async def test_filter_of_another_is_not_opened(who, people):
    sent = await who.posts(LIST, {"zoek": "pensioenoverzicht"})
    somebody = await people.who(Person.lodger)
    await links_the_ebox(somebody)

    page = await somebody.gets(sent.location.partition("#")[0])

    assert "Hier staat alles weer." in page.text
    assert "pensioenoverzicht" not in page.text.partition("<article")[0]


async def test_withdrawal_in_another_tab_holds_for_every_address_at_once(who, console):
    key = await sends(console, who, attachments=[file(isMain=True)])
    place = await page_of(who, key)
    try:
        await who.posts(f"{LIST}ontkoppelen/", {})
        link = f"{LIST}koppelen/"
        for address in (LIST, f"{LIST}?toon=verborgen", place, f"{place}bestand/1/"):
            assert (await who.gets(address)).location == link
        for address in (place, f"{place}tonen/"):
            assert (await who.posts(address, {"tonen": "0"})).location == link
        assert (await console.holds(who.person))[key]["visible"]
        assert not await is_read(console, who, key)
        assert (await who.posts(f"{LIST}ontkoppelen/", {})).status == 303
    finally:
        await links_the_ebox(who)
    assert key in messages(await who.gets(LIST))


async def test_download_ends_when_its_citizen_withdraws(who, console):
    # The withdrawal is noticed within seconds, whatever of the file its reader took by then.
    large = {"fileName": "groot.pdf", "mediaType": "application/pdf", "isMain": True, "generated": 200_000_000}
    place = await page_of(who, await sends(console, who, attachments=[large]))
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in who.cookies.items())}
    try:
        async with who.http.get(f"{who.house.portal}{place}bestand/1/", headers=cookie) as came:
            assert came.headers["Content-Length"] == "200000000"
            await came.content.readexactly(1_000_000)
            await who.posts(f"{LIST}ontkoppelen/", {})
            await asyncio.sleep(files.TRUST)
            with pytest.raises(aiohttp.ClientPayloadError):
                await came.content.read()
    finally:
        await links_the_ebox(who)


async def test_label_of_a_letter_presses_nothing_of_ours(who, console):
    # hacktricks, pull request 2640: a label in a letter pressed a button of the page around it.
    html = '<label for="zoek" form="x" id="brief">Win</label><p id="feiten" slot="feiten" class="alarm">x</p>'
    page = await who.gets(await page_of(who, await sends(console, who, body={"nl": html}, isBodyMain=True)))

    assert sender_text(page) == "<div>Win</div><p>x</p>"
