"""What a PDF says, how it is made, and what it is by the standards it claims."""

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
from lxml import etree

from portal.features.themes.arranging import tiles
from portal.features.themes.arranging.types import Tile
from portal.features.themes.paper import document
from portal.features.themes.tests.made import NOW, entry, fact
from portal.features.themes.types import Viewer
from portal.platform.paper import typeset_program, typesetting
from portal.platform.sources import catalogue
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Outcome, Partial, Ready

PARTS = ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")
ITEMS = Items("Dingen/Ding", "ding", "dingen", ("name",))
HOSTILE = [
    '#panic() #import "@preview/x:0.1.0" #read("/etc/passwd")',
    "= Geen titel *vet* _schuin_ `code` $x^2$ @wie <label> // weg /* weg */ \\",
    '"}] }, <script>alert(1)</script> {{ 7 * 7 }} #sys.inputs',
]


def answer_with(*values: str) -> Ready:
    return Ready(tuple(fact("name", value, f"Dingen/Ding[{n}]/Naam") for n, value in enumerate(values, 1)), NOW)


def document_of(outcome: Outcome, **changes: Any) -> dict[str, Any]:
    of = entry(items=ITEMS, **changes)
    return document.of_datasets([(of, outcome)], title="Werk", who="An Peeters", now=NOW)


async def read(outcome: Outcome) -> tuple[pypdf.PdfReader, str]:
    reader = pypdf.PdfReader(io.BytesIO(await typesetting.typeset(document_of(outcome))))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    return reader, text


async def test_facts_source_and_time_are_in_it():
    _, text = await read(answer_with("visser", "smid"))
    for words in (
        "Werk",
        "2 dingen",
        "Name: visser",
        "Name: smid",
        "Bron: Body · opgehaald op 3 maart 2026 om 14:03",
    ):
        assert words in text
    assert text.count("Dit is geen officieel attest") == 2
    assert "gegevens van An Peeters" in text


async def test_it_is_tagged_pdf_a_and_pdf_ua():
    reader, _ = await read(answer_with("visser"))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert (root["/Lang"], root["/ViewerPreferences"]["/DisplayDocTitle"].value) == ("nl-BE", True)
    assert reader.metadata.title == "Werk"
    names = {"pdfaid": "http://www.aiim.org/pdfa/ns/id/", "pdfuaid": "http://www.aiim.org/pdfua/ns/id/"}
    metadata = etree.fromstring(root["/Metadata"].get_data())
    said = [metadata.xpath(f"string(//{name}|//@{name})", namespaces=names) for name in PARTS]
    assert said == ["2", "A", "1"]
    assert [kind for kind in kinds(root["/StructTreeRoot"]) if kind in ("/H1", "/H2", "/H3", "/H4", "/L")] == [
        "/H1",
        "/H2",
        "/H3",
        "/H4",
        "/L",
    ]
    assert "/OutputIntents" in root


def kinds(node: Any) -> list[str]:
    """List the kinds of structure elements, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        return [kind for each in node for kind in kinds(each)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/S"])] if "/S" in node else []
    return own + (kinds(node["/K"]) if "/K" in node else [])


async def test_fonts_are_embedded_and_open_ones():
    reader, _ = await read(answer_with("visser", "العربية"))
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }
    assert {name.partition("+")[2].split("-")[0] for name in fonts} <= {"LibertinusSerif", "DejaVuSansMono"}


@pytest.mark.parametrize("value", HOSTILE)
async def test_nothing_in_the_data_is_markup(value):
    _, text = await read(answer_with(value))
    assert value.replace(" ", "") in text.replace(" ", "")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Zoë Çağlar-Đỗ, Škoda, één ĳ Ærø ſ ẞ", "Zoë Çağlar-Đỗ, Škoda, één"),
        ("Ελλάδα и Україна", "Ελλάδα и Україна"),
        ("vis 😀👩‍👩‍👧 漢字", "vis □□□□ □□"),
        ("an\u202eneb\u202c\u0000 \ud83d bo", "anneb bo"),
    ],
)
async def test_letters_are_shown_or_replaced_by_a_square(value, shown):
    _, text = await read(answer_with(value))
    # Where one font gives way to another, what reads a PDF may see a space.
    assert shown.replace(" ", "") in text.replace(" ", "")
    assert ("Een □ staat voor een teken" in text) == ("□" in shown)


COPIED = [
    "550e8400-e29b-41d4-a716-446655440000",
    "BE71096123456769",
    "BE71 0961 2345 6769",
    "2026/AB-1234567/001-XYZ",
    "https://www.vlaanderen.be/uw-dossier/2026/opvolgen?nummer=123456789&taal=nl#stand",
    "jean-pierre.vandenbroeck-verschueren@voorbeeld-van-een-dienst.be",
    "Jean-Baptiste-Emmanuel-Alexandre Vandenbroucke-Verschueren-Vermeulen",
    "efficiënt fietsen: affiche, koffie, fjord, Sint-Niklaas, ’s-Hertogenbosch",
    "Kinderbijslagfondsenverenigingsvoorzittersverkiezing",
    "(ref. 12-34-56), “AB_12”; C&A = 50 %",
]


@pytest.mark.parametrize("value", COPIED)
async def test_what_is_copied_out_of_it_is_what_the_page_says(value):
    """Wherever in a line it begins."""
    before = ["", "woord " * 5, "woord " * 10, "woord " * 13, "woord " * 15, "woord " * 17]
    _, text = await read(answer_with(*(start + value for start in before)))
    assert [start for start in before if f"Name: {start}{value} " not in text] == []


async def test_no_sign_inside_a_word_ends_a_line():
    """Each sign comes wherever a line may end."""
    signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¡§«»·–—‘’“”…€°•"
    words = [f"ab{sign}cd{sign}12" for sign in signs] + [f"12{sign}ab" for sign in signs]
    values = [" ".join(["x" * n, *words]) for n in (1, 4, 7, 10, 13, 16)]
    _, text = await read(answer_with(*values))
    assert [value[:9] for value in values if f"Name: {value} " not in text] == []


def test_text_with_many_references_is_set():
    """Typst groups only so many matches of a rule in one text."""
    value = " ".join(f"AB-{n}" for n in range(1000))
    assert typeset_program.typeset(document_of(answer_with(value))).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("unseen", ["\u200b", "\xad", "\u2060", "\ufeff", "\u202e", "\u200d"])
async def test_what_nobody_sees_is_not_copied(unseen):
    _, text = await read(answer_with(f"AB{unseen}12{unseen}34"))
    assert "Name: AB1234 " in text


async def test_what_no_line_holds_goes_on_in_the_next_without_a_sign():
    address = "https://www.vlaanderen.be/" + "zoek-en-vind/" * 20
    reader, _ = await read(answer_with(address))
    lines = "".join(page.extract_text() for page in reader.pages).splitlines()
    assert f"Name: {address}" in "".join(lines)


async def test_words_without_end_stay_on_the_page():
    reader, text = await read(answer_with("w" * 3000))
    assert text.count("w" * 20) >= 100
    # Some 58 of them fill a line.
    assert max(line.count("w") for page in reader.pages for line in page.extract_text().splitlines()) <= 60


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Nothing(NOW), "Body heeft hierover geen gegevens over u."),
        (Late(NOW), "Wij wachten niet langer, zodat u verder kunt. Dat betekent niet dat er geen zijn."),
        (Down("status", asked_at=NOW), "Dat betekent niet dat er geen zijn."),
        (Down("maintenance", until=NOW), "Body is in onderhoud tot 3 maart 2026 om 14:03."),
        (Down("journal"), "Wij konden niet noteren dat u deze gegevens opvraagt"),
        (
            Partial(answer_with("visser").value, (Missing("X", "1", "busy"),), NOW),
            "Een deel ontbreekt: Body gaf geen antwoord.",
        ),
    ],
)
async def test_trouble_is_told_in_the_words_of_the_page(outcome, words):
    (group,) = document_of(outcome)["groups"]
    assert words in " ".join(group["blocks"][0]["trouble"])
    _, text = await read(outcome)
    assert words in text
    assert "opgehaald" in text or not isinstance(outcome, Nothing | Partial)


def test_every_body_and_dataset_stands_once():
    installed = catalogue.load([Path(__file__).resolve().parents[5] / "agencies"])
    found = [(one, Nothing(NOW)) for one in installed.entries]
    said = document.of_datasets(found, title="Alles", who="-", now=NOW)
    blocks = [block["title"] for group in said["groups"] for block in group["blocks"]]
    assert sorted(blocks) == sorted(one.dataset.title for one in installed.entries)
    assert len(said["groups"]) == len({one.agency.id for one in installed.entries})


def test_national_numbers_are_masked_and_dates_in_words():
    facts = (
        Fact("insz", "Nummer", "84651421235", "national_number", "Dingen/Ding[1]/INSZ"),
        Fact("since", "Sinds", "1971-00-00", "date", "Dingen/Ding[1]/Van"),
    )
    (group,) = document_of(Ready(facts, NOW))["groups"]
    assert group["blocks"][0]["sections"][0]["facts"] == [[["Sinds", "in 1971"], ["Nummer", "84.65.14-•••.••"]]]


def test_an_item_comes_alone():
    of = entry(items=ITEMS)
    tile: Tile = tiles.tile_of(of, answer_with("visser", "smid"), "all", Viewer())
    said = document.of_item(tile, tile.items[1], who="An", now=NOW)
    (block,) = said["groups"][0]["blocks"]
    assert (said["title"], block["sections"][0]["facts"], "2 dingen" in block["paragraphs"]) == (
        "smid",
        [[["Name", "smid"]]],
        False,
    )


# --- bounds ------------------------------------------------------------------------------------------------


async def test_a_document_that_is_too_long_is_not_made():
    with pytest.raises(typesetting.PdfNotMade):
        await typesetting.typeset(document_of(answer_with("x" * typesetting.LARGEST)))


async def test_who_comes_when_enough_are_being_made_hears_that_it_is_busy(monkeypatch):
    monkeypatch.setattr(typesetting, "PATIENCE", 0.01)
    turn = typesetting._turn.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(typesetting.AT_ONCE))
    async with turn, turn:
        with pytest.raises(typesetting.PdfBusy):
            await typesetting.typeset(document_of(answer_with("visser")))
    assert (await typesetting.typeset(document_of(answer_with("visser")))).startswith(b"%PDF-1.7")


async def test_what_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(typesetting, "SECONDS", 0.001)
    with pytest.raises(typesetting.PdfNotMade):
        await typesetting.typeset(document_of(answer_with("visser")))


async def test_what_cannot_be_set_is_no_pdf():
    with pytest.raises(typesetting.PdfNotMade):
        await typesetting.typeset(document_of(answer_with("visser")) | {"groups": "geen"})


def test_the_same_is_made_of_the_same():
    said = document_of(answer_with("visser"))
    assert typeset_program.typeset(said) == typeset_program.typeset(said)


def test_only_letters_beyond_ascii_are_taken_for_missing():
    assert typeset_program.letters_missing('the text `"a\\u{1f600}漢"` could not be displayed') == {"😀", "漢"}
    assert typeset_program.letters_missing("something else") == set()


def test_the_day_is_that_of_the_asking():
    assert document_of(answer_with("visser"))["timestamp"] == int(datetime(2026, 3, 3, 13, 3, tzinfo=UTC).timestamp())
