"""What the page of each dataset shows of every sample: each fact once, nothing essential in a fold, codes last."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.template.loader import get_template
from lxml import html

from portal.features.corrections import rules as corrections
from portal.features.themes import section
from portal.features.themes.arranging import ranking, tiles, windows
from portal.features.themes.arranging.types import FactRow, Ranking, Tile
from portal.features.themes.tests.made import shape_of
from portal.features.themes.types import Viewer
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Outcome, facts_of
from portal.platform.ui.values import readable

from .samples import INSTALLED, answers_of
from .samples import read_sample as outcome_of

dataset = pytest.mark.parametrize("entry", INSTALLED.entries, ids=lambda entry: entry.name)
MOST = 8  # lines of what is essential


def pages_of(entry: DatasetEntry) -> Iterator[tuple[Outcome, list[Tile]]]:
    """Give each sample with all parts in which its page shows it."""
    for file in answers_of(entry):
        outcome = outcome_of(file, entry)
        parts: list[Tile] = []
        start: int | None = 0
        while start is not None:
            parts.append(windows.arrange(tiles.tile_of(entry, outcome, "all", Viewer()), "all", start))
            window = parts[-1].window
            start = window.after if window else None
        yield outcome, parts


def facts_in(rows: Iterator[FactRow] | list[FactRow]) -> Iterator[Fact]:
    for row in rows:
        # A line of a period is made of its days alone.
        yield from row.dates if row.label else (row.fact, *row.dates)


def in_folds(ranked: Ranking) -> Iterator[Fact]:
    yield from facts_in([row for fold in ranked.folds for rows in fold.lists for row in rows])
    yield from facts_in(list(ranked.technical))


def facts_of_tile(tile: Tile) -> tuple[list[Fact], list[Fact]]:
    """List the facts that stand open, and those that are folded."""
    ranked = [*(item.ranked for item in tile.items), tile.ranked]
    opened = [fact for one in ranked if one for fact in facts_in(list(one.essential))]
    folded = [fact for one in ranked if one for fact in in_folds(one)]
    for chapter in tile.chapters:
        for period in chapter.periods:
            history = tile.entry.dataset.history
            days = {f"{period.place}/{history.begin}", f"{period.place}/{history.end}"}
            own = [period.called] if period.called else []
            own += [fact for fact in facts_of(tile.outcome) if fact.path in days and fact is not period.called]
            (folded if chapter.is_folded else opened).extend([*own, *facts_in(list(period.ranked.essential))])
            folded.extend(in_folds(period.ranked))
    return opened, folded


@dataset
def test_every_fact_of_a_sample_stands_on_its_page_once(entry: DatasetEntry) -> None:
    for outcome, parts in pages_of(entry):
        found = Counter(id(fact) for tile in parts for facts in facts_of_tile(tile) for fact in facts)
        known = {id(fact): fact for fact in facts_of(outcome) if fact.kind != "note"}
        # The parts are read from one answer.
        assert {known[one].path: times for one, times in found.items() if times != 1} == {}
        assert [fact for one, fact in known.items() if one not in found] == []


@dataset
def test_nothing_essential_is_folded_and_it_is_not_much(entry: DatasetEntry) -> None:
    keys = set(section.of(entry).essential) or set(ranking.ranks_of(entry).essential)
    for _, parts in pages_of(entry):
        for tile in parts:
            _, folded = facts_of_tile(tile)
            # A family tree decides by itself what is essential.
            assert [fact for fact in folded if fact.key in keys and not tile.family] == []
            for ranked in (tile.ranked, *(item.ranked for item in tile.items)):
                assert len(ranked.essential if ranked else ()) <= MOST


@dataset
def test_a_page_folds_by_what_is_shut_and_masks_numbers_in_folds_too(entry: DatasetEntry) -> None:
    template = get_template("themes/tile.html")
    shape = shape_of("all")
    for outcome, parts in pages_of(entry):
        for tile in parts:
            text = template.render({"tile": tile, **shape})
            page = html.fragment_fromstring(text)
            assert page.xpath(".//details[contains(@class, 'fold')][@open]") == []
            opened, _ = facts_of_tile(tile)
            seen = " ".join(page.xpath("normalize-space(.)").split())
            outside = {one.text_content().strip() for one in page.xpath(".//dd[not(ancestor::details)]")}
            titles = {one.text_content().strip() for one in page.xpath(".//*[contains(@class, 'title')]")}
            days = {fact.path for fact in opened if fact.kind == "date"}
            for fact in opened:
                value = " ".join(readable(fact.value, fact.kind).split())
                assert fact.path in days or any(value in " ".join(one.split()) for one in outside | titles), fact
            for fact in facts_of(outcome):
                if fact.kind == "national_number":
                    assert fact.value not in seen


def test_numbers_and_codes_are_technical_unless_a_manifest_says_they_are_essential() -> None:
    number = FactRow(Fact("insz", "Nummer", "00000000000", "national_number", "A/Nummer"))
    assert ranking.Ranks((), frozenset()).is_technical(number)
    assert not ranking.Ranks(("insz",), frozenset()).is_technical(number)


REPORTED = [entry for entry in INSTALLED.entries if corrections.endpoint_of(entry)]


def handles_of(entry: DatasetEntry, outcome: Outcome, part: str) -> list[str]:
    """List what one can choose of a part of an answer."""
    choices = corrections.choices_of(facts_of(outcome), entry.dataset, part)
    return [handle for choice in choices for handle, _ in (*choice.facts, *choice.codes)]


def part_of(href: str) -> str:
    """Read of which part of an answer a link lets one choose; "" for none."""
    return parse_qs(urlsplit(href).query).get("onderdeel", [""])[0]


@pytest.mark.parametrize("entry", REPORTED, ids=lambda entry: entry.name)
def test_every_fact_can_be_reported_from_the_block_that_it_stands_in(entry: DatasetEntry) -> None:
    """Of each sample, on the page of the dataset and on that of each item; nothing of another block comes along."""
    shape = shape_of("all")
    tile_page, item_page = get_template("themes/tile.html"), get_template("themes/_ranked.html")
    for outcome, parts in pages_of(entry):
        data = [fact for fact in facts_of(outcome) if fact.kind != "note"]
        # The chosen part is the part that is reported.
        for fact in data:
            handle = corrections.handle_of(fact)
            seen = corrections.find_datum(outcome, handle, entry.dataset)
            assert seen, handle
            assert (seen.path, seen.value) == (fact.path, readable(fact.value, fact.kind))
        assert sorted(handles_of(entry, outcome, "")) == sorted(map(corrections.handle_of, data))
        for tile in parts:
            pages = [tile_page.render({"tile": tile, **shape})]
            for item in tile.items:
                own = sorted(map(corrections.handle_of, item.facts))
                assert sorted(handles_of(entry, outcome, item.place)) == own
                pages.append(item_page.render({"tile": tile, "ranked": ranking.of_item(item, entry)}))
            for page in pages:
                for fold in html.fragment_fromstring(f"<div>{page}</div>").xpath(".//details[.//a]"):
                    (part,) = {of for of in map(part_of, fold.xpath(".//a/@href")) if of}
                    offered = handles_of(entry, outcome, part)
                    assert all(handle.partition(":")[2].startswith(part) for handle in offered)
                    labels = {fact.label for fact in data if corrections.handle_of(fact) in offered} | {"Periode"}
                    assert {one.text_content().strip() for one in fold.xpath(".//dt")} <= labels
