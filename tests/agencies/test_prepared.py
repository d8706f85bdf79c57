"""Tiles of every sample, whatever came: what was prepared makes the very page that plain rendering makes."""

from collections.abc import Iterator

import pytest

from portal.features.themes import section
from portal.features.themes.arranging import rendering, tiles, windows
from portal.features.themes.arranging.types import Tile
from portal.features.themes.tests.made import shape_of
from portal.features.themes.types import Viewer
from portal.platform.language.current import speaking
from portal.platform.language.offer import names
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Outcome, Partial, facts_of

from .samples import INSTALLED, NOW, answers_of, read_sample

DEPTHS = ("lead", "theme", "all")
TROUBLES = (Nothing(NOW), Late(NOW), Down("unavailable", since=NOW), Down("assurance"))
LEAST = 6  # characters of a value that is looked for: shorter ones are parts of words of ours


def outcomes_of(entry: DatasetEntry) -> Iterator[Outcome]:
    for file in answers_of(entry):
        outcome = read_sample(file, entry)
        yield outcome
        if facts := facts_of(outcome):
            yield Partial(tuple(facts), (Missing("?", "1", "unavailable"),), NOW)
    yield from TROUBLES


class Forgetful(dict[object, str]):
    """A store of prepared texts that keeps nothing, so that everything is rendered anew."""

    def setdefault(self, key: object, said: str = "") -> str:
        return said


async def pages_of(entry: DatasetEntry) -> list[str]:
    """Render every tile of a dataset: each outcome, depth and language, with spaces as one."""
    pages: list[str] = []
    for outcome in outcomes_of(entry):
        for depth in DEPTHS:
            for language in names():
                with speaking(language):
                    tile = windows.arrange(tiles.tile_of(entry, outcome, depth, Viewer()), depth)
                    pages.append(await page_of(tile, depth))
    return pages


async def page_of(tile: Tile, depth: str) -> str:
    level = "h2" if depth == "all" else "h3"
    shape = shape_of(depth, level=level, theme=section.of(tile.entry).theme, may_ask_again=True)
    rendered = [piece async for piece in rendering.render(tile, shape)]
    return " ".join("".join(rendered).split())


@pytest.mark.parametrize("entry", INSTALLED.entries, ids=lambda entry: entry.name)
async def test_what_was_prepared_makes_the_same_tile_and_holds_nothing_of_anybody(
    entry: DatasetEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry.prepared.clear()
    first, again = await pages_of(entry), await pages_of(entry)
    made = " ".join(entry.prepared.values())
    monkeypatch.setitem(vars(entry), "prepared", Forgetful())
    assert first == again == await pages_of(entry)
    values = {fact.value for outcome in outcomes_of(entry) for fact in facts_of(outcome)}
    said = f"{entry.dataset} {entry.agency.manifest} {entry.sections} {entry.languages}"
    assert {value for value in values if len(value) >= LEAST and value in made and value not in said} == set()
    assert made
