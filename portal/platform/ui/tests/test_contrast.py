"""Every pair of text and ground in the tokens can be read, in light and in dark (WCAG 1.4.3, 1.4.11)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[1] / "static/ui/tokens.css"
TEXT = 4.5
CONTROL = 3.0
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "quiet", "accent") for ground in ("paper", "ground")),
    ("accent-ink", "accent", TEXT),
    ("ink", "accent-soft", TEXT),
    ("ink", "warning-soft", TEXT),
    ("accent", "warning-soft", TEXT),
    ("warning", "paper", CONTROL),
    ("danger", "danger-soft", TEXT),
    ("control", "paper", CONTROL),
    ("focus", "paper", CONTROL),
    ("focus", "ground", CONTROL),
]


def palettes() -> dict[str, dict[str, str]]:
    light, dark = TOKENS.read_text("utf-8").split("@media (prefers-color-scheme: dark)")
    return {
        name: dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", text))
        for name, text in (("light", light), ("dark", dark))
    }


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_pair_can_be_read(palette, ink, ground, least):
    colours = palettes()[palette]
    lighter, darker = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_both_palettes_name_the_same_colours():
    both = palettes()
    assert both["light"].keys() == both["dark"].keys()
