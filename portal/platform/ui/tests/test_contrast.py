"""Every pair of text and ground in the tokens can be read, in light, in dark and on paper (WCAG 1.4.3, 1.4.11)."""

import re
from itertools import product
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[1] / "static/ui/tokens.css"
TEXT = 4.5
CONTROL = 3.0
PAIRS = [
    *((ink, ground, TEXT) for ink, ground in product(("ink", "quiet", "accent", "danger"), ("paper", "ground"))),
    *(
        (ink, ground, TEXT)
        for ink, ground in product(("ink", "quiet"), ("accent-soft", "warning-soft", "danger-soft"))
    ),
    ("accent", "accent-soft", TEXT),
    ("accent", "warning-soft", TEXT),
    ("danger", "danger-soft", TEXT),
    ("accent-ink", "accent", TEXT),
    ("danger-ink", "danger", TEXT),
    ("warning", "paper", CONTROL),
    ("warning", "warning-soft", CONTROL),
    *((line, ground, CONTROL) for line, ground in product(("control", "focus"), ("paper", "ground"))),
]
# A theme's own colours, on its own ground and on ours.
OF_THEMES = [
    *(("theme", ground, CONTROL) for ground in ("paper", "ground", "theme-soft")),
    *(("theme-ink", ground, TEXT) for ground in ("paper", "ground", "theme-soft")),
]
# The file's parts; the last two say only what is other than in the first.
PALETTES = ("light", "dark", "print")


def tokens_of(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", css))


def palettes() -> dict[str, dict[str, str]]:
    """Read the tokens by palette, and in each those of themes as `theme-werk/theme-soft`."""
    light, dark, paper = re.split(
        r"@media \(prefers-color-scheme: dark\)|@media print", TOKENS.read_text("utf-8"), maxsplit=2
    )
    found = {}
    for name, css in zip(PALETTES, (light, dark, paper), strict=True):
        found[name] = {
            f"{theme}/{token}": colour
            for theme, body in re.findall(r"\.(theme-[a-z]+) \{(.*?)\}", css)
            for token, colour in tokens_of(body).items()
        }
        found[name] |= tokens_of(re.sub(r"\.theme-[a-z]+ \{.*?\}|\[class.*?\}", "", css))
    return found


def themes() -> set[str]:
    return {name.split("/")[0] for name in palettes()["light"] if "/" in name}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_pair_can_be_read(palette, ink, ground, least):
    colours = palettes()[palette]
    assert contrast(colours[ink], colours[ground]) >= least


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_colours_of_a_theme_can_be_read(palette):
    colours = palettes()[palette]
    faint = [
        (theme, ink, ground)
        for theme in themes()
        for ink, ground, least in OF_THEMES
        if contrast(colours[f"{theme}/{ink}"], colours.get(f"{theme}/{ground}") or colours[ground]) < least
    ]
    assert faint == []


def test_no_words_vanish_where_colours_are_forced():
    """A ground is the system's ground there, and what stands on one is not."""
    forced = TOKENS.read_text("utf-8").partition("@media (forced-colors: active)")[2]
    colours = dict(re.findall(r"--([a-z-]+):\s*([A-Za-z]+);", forced))
    grounds = {name for name in colours if name in ("paper", "ground") or name.endswith("-soft")}
    assert {colours[name] for name in grounds} == {"Canvas"}
    # These two stand on the colour that they are named after.
    inks = colours.keys() - grounds - {"accent-ink", "danger-ink"}
    assert {"ink", "theme", "theme-ink"} <= inks
    assert [name for name in inks if colours[name] == "Canvas"] == []


def test_all_palettes_name_the_same_colours():
    light, dark, paper = palettes().values()
    assert light.keys() == dark.keys()
    assert paper.keys() == {name for name in light if "/" not in name}
