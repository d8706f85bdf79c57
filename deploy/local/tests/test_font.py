"""The font of the pages: what the locked package holds, small, and with the letters of European names."""

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from deploy.local import font

TOKENS = font.FOLDER.parent / "tokens.css"
# Every letter besides A to Z in the official languages of the European Union that use the Latin script, and in
# Norwegian, Icelandic, Turkish, Albanian, Bosnian and Welsh.
OF_EUROPE = (
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĀāĂăĄąĆćĊċČčĎďĐđĒēĖėĘęĚěĞğĠġĢģĦħĪīĮįİıĶķĹĺĻļĽľŁłŃńŅņŇňŐőŒœŔŕŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŴŵŶŷŸŹźŻżŽžȘșȚțẀẁẂẃẄẅẞỲỳ"
)
MOST_BYTES = 45_000


def files() -> dict[str, Path]:
    return {part: font.FOLDER / f"atkinson-{part}.woff2" for part in font.FILES}


@pytest.mark.parametrize("part", font.FILES)
def test_file_is_what_the_locked_package_holds(part):
    assert files()[part].read_bytes() == font.make(part)


def test_licence_stands_beside_the_files():
    licence = (font.FOLDER / "LICENSE.txt").read_bytes()
    assert licence == (font.PACKAGE / "LICENSE").read_bytes()
    assert b"SIL OPEN FONT LICENSE Version 1.1" in licence
    # A part of a font with a reserved name would need another name.
    assert b"with Reserved Font Name" not in licence


def test_both_files_together_are_small():
    assert sum(file.stat().st_size for file in files().values()) <= MOST_BYTES


def test_letters_of_european_names_and_our_signs_are_there():
    letters = {code for file in files().values() for code in TTFont(file).getBestCmap()}
    assert {each for each in OF_EUROPE + "€–—‘’“”„…‹›«»·×−•" if ord(each) not in letters} == set()


def test_ranges_of_the_style_sheet_lead_each_letter_to_the_file_that_has_it():
    ranges = re.findall(r"atkinson-([a-z-]+)\.woff2.*?unicode-range: ([^;]+);", TOKENS.read_text("utf-8"), re.S)
    leads = {
        part: {
            code
            for each in listed.replace("U+", "").split(", ")
            for first, _, last in [each.partition("-")]
            for code in range(int(first, 16), int(last or first, 16) + 1)
        }
        for part, listed in ranges
    }
    assert leads.keys() == files().keys()
    assert leads["latin"] & leads["latin-ext"] == set()
    for part, file in files().items():
        assert set(TTFont(file).getBestCmap()) - {0} - leads[part] == set()
