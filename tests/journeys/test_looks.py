"""Each component on one page (`tests/looks`): fit for every screen, and steady while the font comes."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from django.conf import settings
from PIL import Image
from playwright.async_api import Browser, Page, Route

from portal.platform.ui.tests.test_contrast import contrast
from tests.looks import gallery

from .looks import axe, find_overflow, look_enlarged
from .nu import messages

HOST = "http://looks.example"
STEADY = 0.02  # of layout shift
LOOKS = (
    (1280, {"color_scheme": "light"}),
    (360, {"color_scheme": "dark"}),
    (720, {"color_scheme": "light", "forced_colors": "active"}),
)
TEXT = 4.5
CONTROL = 3.0
TYPES = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".js": "text/javascript"}


class Gallery:
    """The page in a browser, with the portal's own static files; `font_seconds` is how long the font takes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.source = gallery.page()
        self.font_seconds = 0.0

    async def opens(self) -> None:
        """Open the page, and wait until its font is there or given up."""
        await self.page.route(f"{HOST}/**", self._answer)
        await self.page.goto(f"{HOST}/ui/")
        await self.page.evaluate("document.fonts.ready.then(() => 0)")

    async def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path == "/ui/":
            await route.fulfill(body=self.source, content_type="text/html; charset=utf-8")
            return
        if not path.startswith(settings.STATIC_URL):
            # No portal is behind it, so no news comes.
            await route.fulfill(status=204)
            return
        file = Path(settings.STATIC_ROOT) / path.removeprefix(settings.STATIC_URL)
        if file.suffix == ".woff2":
            await asyncio.sleep(self.font_seconds)
        await route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])


@pytest_asyncio.fixture
async def components(browser: Browser) -> AsyncIterator[Gallery]:
    context = await browser.new_context()
    yield Gallery(await context.new_page())
    await context.close()


async def extremes(page: Page, *which: str) -> list[list[float]]:
    """Measure in a picture of the page how far the lightest and the darkest dot of each such element are apart."""
    picture = Image.open(io.BytesIO(await page.screenshot(full_page=True))).convert("L")
    boxes = await page.evaluate(
        """which => which.map(each => [...document.querySelectorAll(each)].map(one => one.getBoundingClientRect())
            .map(box => [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY]))""",
        which,
    )
    ends = [[picture.crop(tuple(map(round, box))).getextrema() for box in kind] for kind in boxes]
    return [[contrast(*(f"#{grey:02x}{grey:02x}{grey:02x}" for grey in each)) for each in kind] for kind in ends]


async def too_small(page: Page) -> list[str]:
    """Find controls that a finger misses: lower than 44 px."""
    return await page.evaluate(
        "[...document.querySelectorAll('main :is(button, .button, summary, input, select, textarea, .more a)')]"
        ".filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
    )


async def test_components_are_fit_for_every_screen(components):
    await components.opens()
    page = components.page
    wrong = await messages({"/ui/": components.source})
    for width, media in LOOKS:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(**media)
        wrong += await find_overflow(page) + await too_small(page)
        # What axe takes for the colours of a page are not those that a system forces on it.
        wrong += [] if "forced_colors" in media else await axe(page)
        parts, signs = await extremes(page, "[data-part]", ".sign")
        assert len(parts) == gallery.TEMPLATE.read_text("utf-8").count("data-part=")
        assert min(parts) >= TEXT
        assert min(signs) >= CONTROL
    await page.emulate_media(forced_colors="none")
    assert wrong + await look_enlarged(page) == []


async def test_where_colours_are_forced_a_control_has_an_edge(components):
    await components.page.emulate_media(forced_colors="active")
    await components.opens()
    bare = await components.page.evaluate(
        """() => [...document.querySelector('main').querySelectorAll(
                'button, .button, select, textarea, .tile, .card, .panel, .tag')]
            .filter(one => {
                const edge = getComputedStyle(one)
                return edge.borderTopStyle != 'solid'
                    || edge.borderTopColor == getComputedStyle(document.body).backgroundColor
            })
            .map(one => one.outerHTML)"""
    )
    assert bare == []


async def test_pages_have_their_font_and_its_stand_in_is_as_wide(components):
    await components.opens()
    widths = await components.page.evaluate(
        """() => {
            const pen = document.createElement('canvas').getContext('2d')
            const text = 'Wij konden deze gegevens nu niet opvragen bij het Rijksregister, 9000 Gent. '.repeat(4)
            const wide = (weight, name) => {
                pen.font = `${weight} 18px ${name}, monospace`
                return pen.measureText(text).width
            }
            return [400, 700].map(weight => ['"Atkinson Hyperlegible Next"', '"Narrow DejaVu"', 'monospace']
                .map(name => wide(weight, name)))
        }"""
    )
    for own, stand_in, other in widths:
        assert abs(stand_in / own - 1) < 0.03
        assert abs(other / own - 1) > 0.03
    used = await components.page.evaluate(
        "[...document.fonts].filter(f => f.family.includes('Atkinson')).map(f => f.status)"
    )
    # The second file is there because the page has names that need it.
    assert used == ["loaded", "loaded"]


async def test_nothing_moves_when_the_font_comes_late(components):
    components.font_seconds = 1.0
    await components.page.add_init_script(
        "self.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(one => self.moved += one.value))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    await components.opens()
    await components.page.wait_for_timeout(300)
    assert await components.page.evaluate("self.moved") <= STEADY
