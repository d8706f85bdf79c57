"""What one page shows of a long answer, what it says of the rest, and where that is."""

from copy import replace

import pytest
from django.template.loader import get_template

from portal.features.themes.arranging import rendering, tiles, windows
from portal.features.themes.arranging.types import Window
from portal.features.themes.paper import document
from portal.features.themes.tests.made import NOW, entry, fact, shape_of
from portal.features.themes.types import Viewer
from portal.platform.sources.manifest import HistoryRules, Items
from portal.platform.sources.reading.outcomes import Missing, Partial, Ready
from portal.platform.ui import streaming

ITEMS = Items("Dingen/Ding", "ding", "dingen", ("name",))
THINGS = entry(items=ITEMS)


def things(count, facts=1, text="x"):
    """Answer with so many things, each with a name and more facts."""
    said = []
    for n in range(1, count + 1):
        said.append(fact("name", f"ding {n}", f"Dingen/Ding[{n}]/Naam"))
        said += [fact("more", text, f"Dingen/Ding[{n}]/Meer[{m}]") for m in range(1, facts)]
    return Ready(tuple(said), NOW)


def fit_tile(outcome, depth="theme", start=0, of=THINGS):
    return windows.arrange(tiles.tile_of(of, outcome, depth, Viewer()), depth, start)


def page(tile, depth="theme"):
    """Render a tile as the page of its theme or dataset does; spaces are one."""
    shape = shape_of(depth, level="h2", may_ask_again=tile.may_help_to_ask_again)
    return " ".join(get_template(rendering.TEMPLATES[depth]).render({"tile": tile, **shape}).split())


def test_pages_end_where_facts_or_parts_are_enough():
    assert windows.pages_of([]) == [0, 0]
    assert windows.pages_of([1] * 200) == [0, 200]
    assert windows.pages_of([1] * 201) == [0, 200, 201]
    assert windows.pages_of([400, 600, 1, 5000, 1]) == [0, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("start", "first", "end", "before", "after"),
    [(0, 0, 200, None, 200), (199, 0, 200, None, 200), (200, 200, 400, 0, 400), (9_999_999, 400, 450, 200, None)],
)
def test_any_start_leads_to_the_page_it_is_on(start, first, end, before, after):
    tile = fit_tile(things(450), start=start)
    assert tile.window == Window(first, end, 450, "dingen", before, after)
    assert [item.title for item in tile.items] == [f"ding {n}" for n in range(first + 1, end + 1)]


def test_ordinary_answer_is_shown_whole():
    tile = fit_tile(things(40, 25))
    assert (len(tile.items), tile.window) == (40, None)
    assert "De eerste" not in page(tile)


def test_items_in_full_come_as_many_at_a_time_as_need_no_filter():
    shown, start = [], 0
    while start is not None:
        tile = fit_tile(things(60, 25), "all", start)
        shown.append(len(tile.items))
        start = tile.window.after
    assert shown == [8] * 7 + [4]
    assert fit_tile(things(8, 25), "all").window is None


def test_page_says_how_much_it_shows_and_leads_to_the_rest():
    text = page(fit_tile(things(5312)))
    assert "5.312 dingen" in text
    assert text.count("De eerste 200 van 5.312 dingen.") == 2
    assert text.count('href="?vanaf=body.gezin:200#tile-body-gezin"') == 2
    text = page(fit_tile(things(5312), start=200))
    assert text.count("201 tot 400 van 5.312 dingen.") == 2
    assert text.count('href="?vanaf=body.gezin:0#tile-body-gezin"') == 2


def test_item_of_very_many_facts_is_cut_in_a_list_and_whole_page_by_page_on_its_own():
    answer = things(2, 2000)
    tile = fit_tile(answer, "all")
    assert [(len(item.facts), item.left_out) for item in tile.items] == [(250, 1750)] * 2
    assert page(tile, "all").count("Nog 1.750 gegevens staan hier niet.") == 2
    (item, _) = tiles.items_of(answer.value, ITEMS)
    shown = []
    start = 0
    while start is not None:
        part, window = windows.part_of_item(item, start)
        shown += part.facts
        start = window.after
    assert shown == item.facts
    assert window == Window(1500, 2000, 2000, "gegevens", 4, None)


def test_long_values_count_for_as_many_facts_as_they_take_room():
    tile = tiles.tile_of(THINGS, things(100, 2, "x" * 4000), "all", Viewer())
    tile = windows.fit(tile, "all", room=windows.ON_PAPER)
    assert (tile.window.end, tile.window.total) == (45, 100)


def test_blocks_and_periods_come_page_by_page_and_none_is_lost():
    loose = entry(groups={})
    answer = Ready(tuple(fact("more", str(n), f"Meer[{n}]") for n in range(2600)), NOW)
    history = entry(groups={"Adres": "Adres"}, history=HistoryRules("Begin", "Eind", (), ()))
    lived = Ready(tuple(fact("street", str(n), f"Adres[{n}]/Straat") for n in range(1, 451)), NOW)
    for of, outcome, many in ((loose, answer, "gegevens"), (history, lived, "periodes")):
        shown, start = [], 0
        while start is not None:
            tile = fit_tile(outcome, "all", start, of)
            shown += [f for block in tile.blocks for f in block.facts]
            shown += [f for chapter in tile.chapters for period in chapter.periods for p in period.parts for f in p]
            assert tile.window.many == many
            start = tile.window.after
        assert shown == list(outcome.value)


def test_remarks_are_said_once():
    notes = [fact("note", f"let op {n % 30}", kind="note") for n in range(1000)]
    tile = fit_tile(Ready((*things(1).value, *notes), NOW))
    assert tile.notes == [f"let op {n}" for n in range(20)]


def test_what_was_cut_is_said_and_is_not_worth_asking_again():
    cut = Partial(things(1).value, (Missing("Body", "1 of 5", "long"),), NOW)
    text = page(fit_tile(cut))
    assert "het antwoord van Body is langer dan wij kunnen tonen. Hier staat alleen het begin." in text
    assert "opnieuw" not in text
    assert 'data-outcome="partial"' in text


def test_pdf_has_the_beginning_of_a_long_answer_and_says_so():
    def text_of(outcome):
        return document.of_datasets([(THINGS, outcome)], title="Werk", who="An", now=NOW)["groups"][0]["blocks"][0]

    block = text_of(things(5312))
    assert "De eerste 200 van 5.312 dingen. De rest staat op de pagina zelf." in block["paragraphs"]
    assert len(block["sections"]) == 200
    # Of long texts fewer: what is made of it must stay within what can be set.
    assert len(text_of(things(2000, 4, "é" * 3999))["sections"]) < 60


def test_pdf_of_one_item_has_its_beginning_and_says_so():
    (item,) = tiles.items_of(things(1, 3000).value, ITEMS)
    tile = tiles.tile_of_item(THINGS, things(1, 3000), item, Viewer())
    block = document.of_item(tile, item, who="An", now=NOW)["groups"][0]["blocks"][0]
    assert "De eerste 1.000 van 3.000 gegevens. De rest staat op de pagina zelf." in block["paragraphs"]
    assert sum(len(part) for section in block["sections"] for part in section["facts"]) == 1000


async def test_long_tile_comes_in_pieces_that_make_the_whole(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(streaming, "STRETCH_SECONDS", 0)  # on any machine one stretch is longer
    answer = Ready(tuple(fact("more", str(n), f"Meer[{n}]") for n in range(1000)), NOW)
    tile = await rendering.arrange(entry(groups={}), answer, "all", Viewer())
    pieces = [piece async for piece in streaming.stretches(rendering.render(tile, shape_of("all")))]
    assert len(pieces) > 1
    assert " ".join(b"".join(pieces).decode().split()) == page(tile, "all")


def test_tile_of_the_overview_shows_three_and_counts_all():
    tile = fit_tile(things(5312), "lead")
    assert tile.window is None
    text = page(replace(tile), "lead")
    assert "5.312 dingen" in text
    assert text.count("<li>") == 3
