"""Pages in trouble, the town's own, a keyboard, paper; all other pages are walked through in `test_every_page`."""

import asyncio
import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from .looks import axe, inspect
from .nu import messages


@pytest.mark.parametrize("mode", ["hang", "503"])
async def test_pages_in_trouble_are_accessible(visitor, faults, persona, mode):
    await visitor.signs_in(persona.complete)
    for source in ("rijksregister-persoon", "rijksregister-gezin", "ahovoks-bewijzen"):
        await faults.set(source, mode)
    again = "?opnieuw=rijksregister.persoon&opnieuw=rijksregister.gezin&opnieuw=ahovoks.bewijzen"
    pages = [f"/uw-gegevens/{again}", f"/uw-gegevens/bron/rijksregister/persoon/{again}"]
    assert await inspect(visitor, pages) == []


async def test_the_town_is_accessible(visitor):
    wrong = []
    sources = {}
    for address in (visitor.house.town + "/", visitor.house.portal + "/aanmelden/"):
        answer = await visitor.page.goto(address)
        sources[address] = await answer.text()
        wrong += await axe(visitor.page)
    assert wrong + await messages(sources) == []


async def test_a_keyboard_is_enough(visitor, persona):
    page = visitor.page
    await visitor.opens("/")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
    await visitor.signs_in(persona.complete)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.activeElement.id == 'inhoud'")
    # From the heading on: tiles in the order they stand on screen, each with its own way to everything.
    reached = []
    for _ in range(12):
        await page.keyboard.press("Tab")
        reached.append(
            await page.evaluate("document.activeElement.closest('[data-dataset]')?.dataset.dataset ?? null")
        )
        outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px"
    tiles = [name for at, name in enumerate(reached) if name and (at == 0 or reached[at - 1] != name)]
    places = await visitor.slots_with_tiles()
    assert [name.replace(".", "-") for name in tiles] == places[: len(tiles)]
    assert len(tiles) >= 3
    await page.get_by_role("button", name="Afmelden").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/afgemeld/**")


async def test_paper_has_data_with_their_source_once_and_nothing_to_click(visitor, persona):
    await visitor.signs_in(persona.complete)
    await visitor.sees_every_source()
    await visitor.opens("/uw-gegevens/bron/rijksregister/persoon/")
    await visitor.page.locator(".closing").wait_for()
    pdf = PdfReader(BytesIO(await visitor.page.pdf(format="A4")))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert re.findall(r"Bron: Rijksregister · opgehaald om \d\d:\d\d op \d+ \w+ \d{4}", text)
    assert (text.count("Bron:"), text.count("opgehaald om")) == (1, 1)
    for gone in (
        "Hulp nodig",
        "Afmelden",
        "roepnaam",
        "Klopt dit niet",
        "Download",
        "Vragen over",
        "Cookies",
        "Meer manieren",
    ):
        assert gone not in text
    # What is folded on a screen is there.
    assert "Kersenlaar 27" in text


async def test_colours_of_the_reader_tell_places_and_controls_apart(visitor, persona):
    await visitor.signs_in(persona.complete)
    page = visitor.page
    await page.emulate_media(forced_colors="active")
    line = "one => getComputedStyle(one).borderBottomColor"
    places = page.locator(".nav a")
    current = await page.locator(".nav a[aria-current]").first.evaluate(line)
    assert {current} != {await places.nth(at).evaluate(line) for at in range(await places.count())}
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    look = "one => ['color', 'background-color', 'border-top-color'].map(each => getComputedStyle(one)[each])"
    for control in ("button", ".button", "input[type=search]"):
        ink, own_ground, line = await page.locator(f"{control}:visible").first.evaluate(look)
        assert ground != line
        assert own_ground != ink
    await page.locator("input[type=search]").first.focus()
    focus = await page.evaluate(
        "(({outlineStyle, outlineWidth, outlineColor}) => [outlineStyle, outlineWidth, outlineColor])"
        "(getComputedStyle(document.activeElement))"
    )
    assert focus[:2] == ["solid", "3px"]
    assert focus[2] != ground


async def test_closing_line_comes_into_a_status_that_was_there_before(visitor, faults, persona):
    """A screen reader says what comes into a status; one that comes with its text says nothing."""
    await visitor.signs_in(persona.complete)
    await visitor.sees_every_source()
    page = visitor.page
    client = await page.context.new_cdp_session(page)
    # A busy machine needs more time to look before the last answer is there.
    for latency_ms in (1500, 3000, 4500):
        await faults.set("rijksregister-gezin", "ok", latency_ms=latency_ms)
        await page.goto(f"{visitor.house.portal}/uw-gegevens/?opnieuw=rijksregister.gezin", wait_until="commit")
        await visitor.tile("rijksregister.persoon").wait_for()
        before, waiting = await before_the_last(client)
        if waiting and not await visitor.tile("rijksregister.gezin").count():
            break
    assert await visitor.tile("rijksregister.gezin").count() == 0
    assert [dict(level(one)) for one in waiting] == [{"level": 3}]
    await page.locator(".closing").wait_for()
    (closing,) = await statuses_that_say("hebben geantwoord.", client)
    assert statuses(before)[closing] == ""


async def before_the_last(client) -> tuple[list[dict], list[dict]]:
    """Read the tree, and in it the heading of the tile whose answer is still to come."""
    # Chromium builds the tree on first use, a part at a time.
    for _ in range(10):
        tree = await nodes(client)
        waiting = [one for one in tree if one["role"]["value"] == "heading" and name(one) == "Gezinssamenstelling"]
        if waiting:
            break
    return tree, waiting


async def statuses_that_say(words: str, client) -> list[int]:
    """Give the elements of the statuses with these words, once there is one; the tree follows the page later."""
    for _ in range(50):
        if saying := [element for element, text in statuses(await nodes(client)).items() if words in text]:
            return saying
        await asyncio.sleep(0.1)
    return []


async def nodes(client) -> list[dict]:
    return (await client.send("Accessibility.getFullAXTree"))["nodes"]


def name(node: dict) -> str:
    return node.get("name", {}).get("value", "")


def level(node: dict) -> list[tuple[str, int]]:
    return [(each["name"], each["value"]["value"]) for each in node["properties"] if each["name"] == "level"]


def statuses(tree: list[dict]) -> dict[int, str]:
    """Give the text that stands in each status, by its element."""
    by_id = {one["nodeId"]: one for one in tree}

    def text(node: dict) -> str:
        if node["role"]["value"] == "StaticText":
            return name(node)
        return "".join(text(by_id[each]) for each in node.get("childIds", ()) if each in by_id)

    there = [one for one in tree if not one["ignored"] and one["role"]["value"] == "status"]
    return {one["backendDOMNodeId"]: text(one).strip() for one in there}
