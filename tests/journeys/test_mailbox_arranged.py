"""Stars and folders of the eBox: what somebody arranged is what they see again, asked live, and nothing else."""

import re
from collections.abc import Sequence
from html import unescape

import pytest

from portal.features.mailbox.tests.examples import FOLDERS, links_the_ebox
from tests.walks.example import Person
from tests.walks.somebody import Answer, Somebody

from .test_mailbox import LIST, MESSAGE, console, day_of, lines, messages, newest_first, pages_from, who
from .test_mailbox_chosen import DOCUMENT, KEPT, form_of, picks
from .test_mailbox_message import page_of, sends

__all__ = ["console", "who"]  # fixtures

ARRANGE, STAR = "/brievenbus/ebox/gekozen/orde/", "/brievenbus/ebox/gekozen/ster/"
STARRED = f"{LIST}?toon=ster"
OPTION = re.compile(r'<option value="([0-9a-f-]{36})"[^>]*>([^<]*)<')
PRESSED = re.compile(
    r'data-message="([^"]*)".*?name="(ster|geen-ster)" value="(\d+)" aria-pressed="(true|false)"', re.DOTALL
)
COUNTS = re.compile(r'data-gone="(\d+)" data-unasked="(\d+)" data-hidden="(\d+)"')

pytestmark = pytest.mark.security


@pytest.fixture(autouse=True)
def in_order_again(house):
    """Begin and end without a star or folder."""
    yield
    house.rows("truncate mailbox_arranged, mailbox_folder")


async def makes(who: Somebody, name: str) -> Answer:
    """Send the form of a new folder."""
    return await who.posts(FOLDERS, {"naam": name})


async def folders_of(who: Somebody) -> dict[str, str]:
    """List the folders of a citizen by their names, with their ids, as the form of the list offers them."""
    return {unescape(name): id_ for id_, name in OPTION.findall((await who.gets(LIST)).text)}


async def place_of_folder(who: Somebody, name: str) -> str:
    """Find the address of the documents in a folder."""
    page = (await who.gets(FOLDERS)).text
    found = re.search(rf'<h2><a href="([^"]*)">(?:(?!</a>).)*{re.escape(name)}</a>', page, re.DOTALL)
    assert found
    return unescape(found[1])


async def moves(who: Somebody, keys: Sequence[str], folder: str, path: str = LIST) -> Answer:
    """Put documents in a folder by its id, with the form of a list; gives the page to which that leads."""
    sent = await picks(who, ARRANGE, [*await form_of(who, *keys, path=path), ("doe", "map"), ("map", folder)])
    assert sent.status == 303
    return await who.gets(sent.location)


async def presses_star(who: Somebody, key: str, path: str = LIST) -> str:
    """Press the star of a line; gives the address to which that leads."""
    text = (await who.gets(path)).text
    found = {unescape(of): (name, at) for of, name, at, _ in PRESSED.findall(text)}[key]
    hidden = [("document", one) for one in DOCUMENT.findall(text)] + [("lijst", one) for one in KEPT.findall(text)]
    return (await picks(who, STAR, [*hidden, found])).location


def counts(page: Answer) -> tuple[int, int, int]:
    """Read how many are gone, could not be asked, and are hidden."""
    found = COUNTS.search(page.text)
    assert found
    gone, unasked, hidden = (int(one) for one in found.groups())
    return gone, unasked, hidden


def ended(house) -> int:
    """Count the marks of documents that are known to be gone."""
    (row,) = house.rows("select count(*) from mailbox_arranged where ends_at <= now()")
    return int(row[0])


def words_of(page: Answer) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.text.partition("<main")[2]).split())


async def test_star_is_put_on_a_line_kept_once_and_found_again_with_what_the_wire_says(who, console):
    keys = [await sends(console, who, provider=one) for one in ("vlaanderen", "federaal", "smals")]
    held = await console.holds(who.person)

    for key in keys:
        back = await presses_star(who, key)
        assert re.fullmatch(rf"{LIST}#document-\d+", back)
    page = await who.gets(LIST)
    assert {unescape(key) for key, _, _, pressed in PRESSED.findall(page.text) if pressed == "true"} == set(keys)

    starred = await who.gets(STARRED)
    assert messages(starred) == newest_first([held[key] for key in keys])
    shown = {unescape(key): (read, day) for key, read, day in MESSAGE.findall(starred.text)}
    assert shown == {key: ("0", day_of(held[key]["expirationDate"])) for key in keys}
    assert set(lines(starred).values()) == {"ready"}
    assert "U gaf 3 documenten een ster." in starred.text
    # What is looked at so was not read by that.
    assert not any(one["readStatus"] for key, one in (await console.holds(who.person)).items() if key in keys)

    # The same form twice: it says that there is to be a star.
    form = await form_of(who, *keys)
    for _ in range(2):
        await picks(who, ARRANGE, [*form, ("doe", "ster")])
    assert len(messages(await who.gets(STARRED))) == 3
    await presses_star(who, keys[0], STARRED)
    # nextcloud/mail, issue 2493: what had its star taken away stayed among the starred.
    assert set(messages(await who.gets(STARRED))) == set(keys[1:])


async def test_star_says_its_state_by_the_same_name(who, console):
    # pinafore, issue 1624: a name that changes with the state; nextcloud/server, issue 41892: one said only when on.
    key = await sends(console, who, subject={"nl": "Brief"})
    named = set()
    for _ in range(2):
        button = re.search(
            rf'data-message="{re.escape(key)}".*?<button class="quiet star"(.*?)</button>',
            (await who.gets(LIST)).text,
            re.DOTALL,
        )
        assert button
        named.add(
            (re.sub(r"<[^>]*>|^[^>]*>", "", button[1]).strip(), re.findall(r'aria-pressed="(\w+)"', button[1])[0])
        )
        await presses_star(who, key)
    assert named == {("Ster: Brief", "false"), ("Ster: Brief", "true")}


async def test_document_of_long_ago_is_found_without_reading_a_list(who, console, faults):
    # nextcloud/mail, issue 4939: only what was starred of late was shown.
    old = await sends(
        console, who, receiptDate="2020-03-03T10:00:00Z", expirationDate="2040-01-01T00:00:00Z", provider="smals"
    )
    await picks(who, ARRANGE, [*await form_of(who, old), ("doe", "ster")])
    await console.asks("POST", "/ebox/fill", {"person": who.person, "count": 60})
    before = faults.questions()

    page = await who.gets(STARRED)

    assert messages(page) == [old]
    after = faults.questions()
    asked = {name: after[name] - before.get(name, 0) for name in after if name.startswith("ebox-")}
    assert {name: count for name, count in asked.items() if count} == {"ebox-smals": 1}


async def test_documents_are_put_in_a_folder_from_the_list_and_from_their_page_and_taken_out_again(who, console):
    assert (await makes(who, "Belastingen")).status == 303
    folder = (await folders_of(who))["Belastingen"]
    keys = [await sends(console, who, provider=one) for one in ("vlaanderen", "federaal", "smals", "smals")]
    held = await console.holds(who.person)

    page = await moves(who, keys[:3], folder)
    assert "3 documenten staan nu in de map “Belastingen”." in page.text
    assert set(keys) <= set(messages(page))
    place = await page_of(who, keys[3])
    where = re.search(r'action="(/brievenbus/ebox/bericht/[^"]*/orde/)"', (await who.gets(place)).text)
    assert where
    sent = await who.posts(where[1], {"doe": "map", "map": folder})
    assert "Dit document staat nu in de map “Belastingen”." in (await who.gets(sent.location)).text

    inside = await place_of_folder(who, "Belastingen")
    assert folder not in inside
    shown = await who.gets(inside)
    assert messages(shown) == newest_first([held[key] for key in keys])
    assert "U zette 4 documenten in deze map." in shown.text

    page = await moves(who, keys[:1], "geen", path=inside)
    assert "1 document staat in geen map." in page.text
    assert set(messages(page)) == set(keys[1:])
    assert "Kies eerst een map." in (await moves(who, keys[1:], "", path=inside)).text
    assert set(messages(await who.gets(inside))) == set(keys[1:])


async def test_what_could_not_be_asked_is_never_called_gone_and_what_is_gone_can_be_cleared(
    who, console, faults, house
):
    await makes(who, "Map")
    folder = (await folders_of(who))["Map"]
    keys = [await sends(console, who, provider=one) for one in ("vlaanderen", "vlaanderen", "federaal", "smals")]
    await moves(who, keys, folder)
    inside = await place_of_folder(who, "Map")

    for mode in ("503", "broken"):
        await faults.set("ebox-vlaanderen", mode)
        page = await who.gets(inside)
        assert counts(page) == (0, 2, 0)
        assert lines(page)["vlaanderen"] in ("down", "late")
        assert messages(page)
        assert not any(key.startswith("vlaanderen|") for key in messages(page))
        assert "2 documenten konden wij nu niet opvragen. Dat betekent niet dat ze weg zijn." in words_of(page)
        assert "is er niet meer" not in words_of(page)
        assert ended(house) == 0
        await faults.set("ebox-vlaanderen", "ok")
    page = await who.gets(f"{inside}&zonder=smals")
    assert counts(page) == (0, 1, 0)

    place = await page_of(who, keys[2])
    await console.asks("DELETE", f"/ebox/messages?person={who.person}")
    await sends(console, who, provider="vlaanderen", messageId=keys[0].partition("|")[2])
    assert 'data-outcome="nothing"' in (await who.gets(place)).text
    assert ended(house) == 1
    page = await who.gets(inside)
    assert (messages(page), counts(page), ended(house)) == ([keys[0]], (3, 0, 0), 3)
    assert "3 documenten die hier stonden, zijn er niet meer" in words_of(page)

    form = page.text.partition('data-gone="3"')[2].partition("</form>")[0]
    fields = [(name, value) for name, value in re.findall(r'name="(lijst|alles|document)" value="([^"]*)"', form)]
    sent = await picks(who, ARRANGE, [*fields, ("doe", "vergeet")])
    page = await who.gets(sent.location)
    assert "3 documenten die er niet meer zijn, staan hier niet meer." in page.text
    assert (messages(page), counts(page)) == ([keys[0]], (0, 0, 0))


async def test_what_is_hidden_stays_hidden_and_is_counted(who, console):
    keys = [await sends(console, who), await sends(console, who)]
    await picks(who, ARRANGE, [*await form_of(who, *keys), ("doe", "ster")])
    await picks(who, "/brievenbus/ebox/gekozen/zichtbaarheid/", await form_of(who, keys[0]))

    page = await who.gets(STARRED)

    assert (messages(page), counts(page)) == ([keys[1]], (0, 0, 1))
    assert "1 document dat hier staat, verborg u." in words_of(page)
    hidden = {
        unescape(key): pressed
        for key, _, _, pressed in PRESSED.findall((await who.gets(f"{LIST}?toon=verborgen")).text)
    }
    assert hidden[keys[0]] == "true"


async def test_pages_of_twenty_five_lose_and_repeat_nothing(who, console):
    await console.asks("POST", "/ebox/fill", {"person": who.person, "count": 60})
    visible = [one for one in (await console.holds(who.person)).values() if one["visible"]]
    for page in await pages_from(who):
        form = [("document", one) for one in DOCUMENT.findall(page.text)]
        await picks(who, ARRANGE, [*form, ("alles", "1"), ("doe", "ster")])

    pages = await pages_from(who, STARRED)

    assert [key for page in pages for key in messages(page)] == newest_first(visible)
    assert {len(messages(page)) for page in pages[:-1]} == {25}
    assert all(f"U gaf {len(visible)} documenten een ster." in page.text for page in pages)


async def test_folder_that_went_in_another_tab_takes_nothing_and_loses_nothing(who, console):
    # quickmove-extension, issue 62: what was moved to a folder that had gone was gone; CTemplar, issue 1303: what was
    # in a folder went with it.
    await makes(who, "Een")
    await makes(who, "Twee")
    ids = await folders_of(who)
    key = await sends(console, who)
    await moves(who, [key], ids["Een"])
    inside = await place_of_folder(who, "Twee")
    form = await form_of(who, key)
    pages = re.findall(r'href="(/brievenbus/ebox/mappen/[^"]*/verwijderen/)"', (await who.gets(FOLDERS)).text)
    asked = [await who.gets(one) for one in pages]
    assert ["Er staat 1 document in deze map." in page.text for page in asked] == [True, False]
    removed = await who.posts(pages[1], {})
    assert "De map is verwijderd." in (await who.gets(removed.location)).text
    assert "was al verwijderd" in (await who.gets((await who.posts(pages[1], {})).location)).text
    assert "was al verwijderd" in (await who.gets((await who.gets(pages[1])).location)).text

    for folder in (ids["Twee"], "x" * 36, "' or 1=1", "٣"):
        sent = await picks(who, ARRANGE, [*form, ("doe", "map"), ("map", folder)])
        assert "Er is niets verplaatst." in (await who.gets(sent.location)).text
    assert messages(await who.gets(await place_of_folder(who, "Een"))) == [key]
    page = await who.gets(inside)
    assert "Die map is er niet meer." in page.text
    assert key in messages(page)

    # Removing a folder leaves its documents where they are.
    await who.posts(pages[0], {})
    assert key in messages(await who.gets(LIST))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", None),
        (" \u200b\u202e\u2800 ", None),
        ("a" * 41, None),
        ("x" * 300, None),
        ("\u202eBelasting\u2066", "Belasting"),
        ("<b>Auto</b>\n{{ 7777*7777 }}", "<b>Auto</b> {{ 7777*7777 }}"),
        ("Z" + "\u0301" * 200, None),
    ],
)
async def test_name_is_a_line_of_text_that_can_be_seen(who, name, shown):
    sent = await makes(who, name)
    if shown is None:
        assert sent.status == 422
        assert 'aria-invalid="true"' in sent.text
        assert await folders_of(who) == {}
        return
    assert sent.status == 303
    assert list(await folders_of(who)) == [shown]
    page = await who.gets(FOLDERS)
    assert "<b>Auto" not in page.text
    assert str(7777 * 7777) not in page.text
    taken = await makes(who, shown.upper())
    assert taken.status == 422
    assert "U hebt al een map die zo heet." in taken.text
    (place,) = re.findall(r'href="(/brievenbus/ebox/mappen/[^"]*/)">Andere naam', page.text)
    assert (await who.posts(place, {"naam": " "})).status == 422
    assert (await who.posts(place, {"naam": "Nieuw"})).status == 303
    assert list(await folders_of(who)) == ["Nieuw"]


async def test_nothing_of_another_is_arranged_or_seen(who, people, console):
    await makes(who, "Geheim")
    key = await sends(console, who)
    folder = (await folders_of(who))["Geheim"]
    await moves(who, [key], folder)
    inside = await place_of_folder(who, "Geheim")
    theirs = await form_of(who, key)
    text = (await who.gets(FOLDERS)).text
    pages = re.findall(r'href="(/brievenbus/ebox/mappen/[^"]+/)"', text)
    place = re.search(
        r'action="(/brievenbus/ebox/bericht/[^"]*/orde/)"', (await who.gets(await page_of(who, key))).text
    )
    assert place
    somebody = await people.who(Person.lodger)
    await links_the_ebox(somebody)

    for address in pages:
        assert [(await somebody.gets(address)).status, (await somebody.posts(address, {"naam": "x"})).status] == [
            404
        ] * 2
    assert (await somebody.posts(place[1], {"doe": "ster"})).status == 404
    page = await somebody.gets(inside)
    assert "Geheim" not in page.text
    assert key not in messages(page)
    # Their sealed documents are none here, and their folder is none of mine.
    sent = await picks(somebody, ARRANGE, [*theirs, ("doe", "ster")])
    assert "Kies eerst een document." in (await somebody.gets(sent.location)).text
    own = messages(await somebody.gets(LIST))
    if own:
        assert "Er is niets verplaatst." in (await moves(somebody, own[:1], folder)).text
    assert await folders_of(somebody) == {}
    assert messages(await who.gets(inside)) == [key]


async def test_withdrawal_wipes_it_and_says_so_and_holds_for_forms_that_are_open(who, console):
    await makes(who, "Map")
    key = await sends(console, who)
    await moves(who, [key], (await folders_of(who))["Map"])
    form = await form_of(who, key)
    place = re.search(
        r'action="(/brievenbus/ebox/bericht/[^"]*/orde/)"', (await who.gets(await page_of(who, key))).text
    )
    assert place
    assert "Ook uw sterren en uw mappen wissen wij" in (await who.gets(f"{LIST}ontkoppelen/")).text
    try:
        await who.posts(f"{LIST}ontkoppelen/", {})
        link = f"{LIST}koppelen/"
        assert (await picks(who, ARRANGE, [*form, ("doe", "ster")])).location == link
        assert (await who.posts(place[1], {"doe": "ster"})).location == link
        assert (await makes(who, "Na")).location == link
        assert (await who.gets(STARRED)).location == link
    finally:
        await links_the_ebox(who)
    assert await folders_of(who) == {}
    assert messages(await who.gets(STARRED)) == []
    assert "Geen enkel document heeft een ster." in (await who.gets(STARRED)).text
