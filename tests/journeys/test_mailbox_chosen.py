"""Several documents of the eBox at once: chosen on the list without a script, hidden or had as one ZIP."""

import io
import re
import subprocess
import tempfile
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from html import unescape

import aiohttp
import pytest

from portal.features.mailbox.tests.examples import links_the_ebox
from tests.walks.somebody import SAME_ORIGIN, Answer, Somebody

from .test_mailbox import LIST, console, messages, who
from .test_mailbox_message import PDF, file, is_read, sends

__all__ = ["console", "who"]  # fixtures

HIDE = "/brievenbus/ebox/gekozen/zichtbaarheid/"
TAKE = "/brievenbus/ebox/gekozen/bestanden/"
ARTICLE = re.compile(r'data-message="([^"]*)".*?name="kies" value="(\d+)"', re.DOTALL)
DOCUMENT = re.compile(r'name="document" value="([^"]*)"')
KEPT = re.compile(r'name="lijst" value="([^"]*)"')

pytestmark = pytest.mark.security


async def form_of(who: Somebody, *keys: str, path: str = LIST) -> list[tuple[str, str]]:
    """Fill in the form of the list as a browser would that ticks the documents of some keys."""
    text = (await who.gets(path)).text
    places = {unescape(key): at for key, at in ARTICLE.findall(text)}
    hidden = [("document", one) for one in DOCUMENT.findall(text)] + [("lijst", one) for one in KEPT.findall(text)]
    return [*hidden, *(("kies", places[key]) for key in keys)]


async def picks(who: Somebody, path: str, form: Sequence[tuple[str, str]]) -> Answer:
    """Send the form of the list."""
    return await who.asks("POST", path, data=[*(await who.marks()).items(), *form])


def receipt(text: str) -> str:
    found = re.search(r'<div class="receipt".*?</div>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split()) if found else ""


async def test_what_is_chosen_is_hidden_and_shown_again_and_each_provider_says_what_came_of_it(who, console):
    keys = [await sends(console, who, provider=one) for one in ("vlaanderen", "vlaanderen", "federaal", "smals")]
    other = await sends(console, who)

    sent = await picks(who, HIDE, await form_of(who, *keys))
    page = await who.gets(sent.location)

    assert sent.status == 303
    assert re.search(r"2 documenten verborgen\..*1 document verborgen\.", receipt(page.text)) or re.search(
        r"1 document verborgen\..*2 documenten verborgen\.", receipt(page.text)
    )
    assert "deze aanbieder kan geen documenten verbergen; 1 document bleef zoals het was." in receipt(page.text)
    shown = messages(page)
    assert [key in shown for key in keys] == [False, False, False, True]
    assert other in shown

    hidden = f"{LIST}?toon=verborgen"
    form = await form_of(who, *keys[:3], path=hidden)
    sent = await picks(who, HIDE, [*form, ("tonen", "1")])
    page = await who.gets(sent.location)
    assert "2 documenten staan weer in de lijst." in receipt(page.text)
    # It leads back to what was looked at.
    assert not set(keys) & set(messages(page))
    assert set(keys) <= set(messages(await who.gets(LIST)))


async def test_one_that_is_there_no_more_keeps_no_other_from_being_hidden(who, console):
    keys = [await sends(console, who), await sends(console, who)]
    form = await form_of(who, *keys)
    await console.asks("DELETE", f"/ebox/messages?person={who.person}")
    back = await sends(console, who, messageId=keys[0].partition("|")[2])

    sent = await picks(who, HIDE, form)

    assert back not in messages(await who.gets(LIST))
    text = receipt((await who.gets(sent.location)).text)
    assert "1 document verborgen." in text
    assert "bij 1 document lukte het nu niet." in text


async def test_all_of_a_page_is_chosen_by_one_box_and_nothing_by_none(who, console):
    form = await form_of(who)
    sent = await picks(who, HIDE, form)
    assert "Kies eerst een document." in (await who.gets(sent.location)).text
    assert "Kies eerst een document." in (await who.gets((await picks(who, HIDE, [])).location)).text

    sent = await picks(who, HIDE, [*form, ("alles", "1")])
    left = messages(await who.gets(LIST))
    assert all(key.startswith("smals|") for key in left)
    assert "documenten verborgen" in receipt((await who.gets(sent.location)).text)


async def test_who_withdrew_changes_nothing_with_a_page_that_still_stands_in_a_tab(who, console):
    key = await sends(console, who)
    form = await form_of(who, key)
    await who.posts("/brievenbus/ebox/ontkoppelen/", {})

    sent = await picks(who, HIDE, form)

    assert sent.location == "/brievenbus/ebox/koppelen/"
    assert (await console.holds(who.person))[key]["visible"]
    await links_the_ebox(who)


async def test_files_of_what_is_chosen_come_as_one_zip_and_what_is_not_in_it_is_named(who, console):
    good = [file(PDF + b"1", "brief.pdf"), file(PDF + b"2", "BRIEF.pdf"), file(b"a" * 10, "../../con:\u202e?.txt")]
    wrong = file(bytes(3_000_000), "groot.bin", digest="A" * 43)
    keys = [
        await sends(console, who, subject={"nl": "Gewoon"}, attachments=good),
        await sends(console, who, subject={"nl": "Gewoon"}, provider="smals", attachments=[file(PDF + b"3")]),
        await sends(console, who, subject={"nl": "Vals"}, attachments=[wrong, file(PDF + b"4", "klein.pdf")]),
        await sends(console, who, subject={"nl": "Klein vals"}, attachments=[file(PDF, "k.pdf", digest="A" * 43)]),
        await sends(console, who, subject={"nl": "Aangetekend"}, registeredMail=True, attachments=[file()]),
        await sends(console, who, subject={"nl": "Zonder"}, body={"nl": "Dag"}, isBodyMain=True),
    ]

    content = await take_all(who, await form_of(who, *keys))

    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        names = opened.namelist()
        files = {opened.read(name) for name in names if name.endswith(".pdf")}
        text = opened.read("Lees mij.txt").decode("utf-8-sig")
    assert files == {PDF + digit for digit in (b"1", b"2", b"3", b"4")}
    assert len({name.lower() for name in names}) == len(names) == 6
    assert all(re.fullmatch(r"[^\\:*?\"<>|\u202e]{1,200}", name) and ".." not in name for name in names)
    for said in (
        "Vals (groot.bin): het bestand dat kwam, is niet het bestand dat de afzender aankondigde",
        "Klein vals (k.pdf): het bestand dat kwam",
        "Aangetekend: een aangetekende zending die u nog niet opende",
        "Zonder: er horen geen bestanden bij",
    ):
        assert said in text
    assert not await is_read(console, who, keys[4])
    assert opened_by_debian(content) == 0


def opened_by_debian(content: bytes) -> int:
    with tempfile.NamedTemporaryFile(suffix=".zip") as saved:
        saved.write(content)
        saved.flush()
        return subprocess.run(["unzip", "-tqq", saved.name], check=False, timeout=60).returncode


@asynccontextmanager
async def take_as_stream(who: Somebody, form: Sequence[tuple[str, str]]) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ask for the ZIP of the files that a form chooses; gives the answer before its body is read."""
    data = [*(await who.marks()).items(), *form]
    headers = {**SAME_ORIGIN, "Cookie": "; ".join(f"{name}={value}" for name, value in who.cookies.items())}
    async with who.http.post(who.house.portal + TAKE, data=data, headers=headers, allow_redirects=False) as answer:
        yield answer


async def take_all(who: Somebody, form: Sequence[tuple[str, str]]) -> bytes:
    """Read the ZIP of the files that a form chooses."""
    async with take_as_stream(who, form) as answer:
        assert (answer.status, answer.content_type) == (200, "application/zip")
        return await answer.read()


async def test_withdrawal_ends_what_is_under_way(who, console):
    first = await sends(console, who, attachments=[{"fileName": "a.pdf", "generated": 30_000_000}])
    form = await form_of(who, first)
    async with take_as_stream(who, form) as answer:
        await answer.content.readexactly(100_000)
        await who.posts("/brievenbus/ebox/ontkoppelen/", {})
        with pytest.raises(aiohttp.ClientError):
            await answer.read()
    await links_the_ebox(who)


async def test_nothing_is_handed_over_of_nothing(who):
    sent = await picks(who, TAKE, await form_of(who))
    assert "Kies eerst een document." in (await who.gets(sent.location)).text
