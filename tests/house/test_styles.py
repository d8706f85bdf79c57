"""Style sheets take colours and fonts from the tokens, and spaces in steps: another edition changes that one file."""

import re

from .test_walls import FILES, ROOT

TOKENS = ROOT / "portal/platform/ui/static/ui/tokens.css"
SHEETS = [file for file in FILES if file.suffix == ".css" and file.is_relative_to(ROOT / "portal") and file != TOKENS]
COMMENT = re.compile(r"/\*.*?\*/", re.S)
DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;{}]+)(?=[;}])")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\(")
# Properties that hold a colour, and what of their values is no colour of ours: nothing, or the system's own.
COLOURED = re.compile(
    r"(?:.*color|background|fill|stroke|border(?:-(?:top|right|bottom|left|block|inline))?(?:-(?:start|end))?|outline|box-shadow|text-shadow)$"
)
WORD = re.compile(r"(?<![-\w(])[a-z]{3,}(?![-\w(])", re.I)
NO_COLOURS = re.compile(
    r"none|inherit|transparent|currentcolor|solid|dashed|dotted|double|auto|thin|medium|canvas(?:text)?|linktext"
    r"|button(?:text|face|border)|highlight(?:text)?|graytext|field(?:text)?",
    re.I,
)


def declarations(css: str) -> list[tuple[str, str]]:
    return [(name, value.strip()) for name, value in DECLARATION.findall(COMMENT.sub("", css))]


def raw(name: str, value: str) -> bool:
    """Tell whether a declaration spells out a colour or a font."""
    bare = re.sub(r"var\([^)]*\)", " ", value.replace("!important", ""))
    if COLOUR.search(bare):
        return True
    if name == "font-family" or name == "font":
        return bool(re.search(r"[a-z]{4,}", re.sub(r"inherit|italic|normal|bold", "", bare)))
    return bool(COLOURED.match(name)) and any(not NO_COLOURS.fullmatch(word) for word in WORD.findall(bare))


def test_colours_and_fonts_stand_in_the_tokens_only():
    found = [
        f"{sheet.relative_to(ROOT)}: {name}: {value}"
        for sheet in SHEETS
        for name, value in declarations(sheet.read_text("utf-8"))
        if raw(name, value)
    ]
    assert SHEETS
    assert found == []


def test_a_raw_colour_or_font_is_seen():
    seen = (
        "a{color:#fff}b{background:white}c{border:1px solid Red}d{font:700 1rem/1.5 serif}"
        "e{font-family:Arial}f{fill:rgb(0 0 0)}"
    )
    assert [raw(*each) for each in declarations(seen)] == [True] * 6
    fine = (
        "a{color:var(--ink)}b{background:none}c{border:1px solid transparent}"
        "d{font:italic 700 1rem/1 var(--font-sign)}e{font:inherit}"
        "f{border-color:CanvasText}g{outline:3px solid var(--focus)!important}"
    )
    assert [raw(*each) for each in declarations(fine)] == [False] * 7


def test_every_token_that_is_used_exists():
    known = set(re.findall(r"(--[a-z-]+\d?)\s*:", TOKENS.read_text("utf-8")))
    used = {
        (str(sheet.relative_to(ROOT)), token)
        for sheet in SHEETS
        for token in re.findall(r"var\((--[a-z-]+\d?)", sheet.read_text("utf-8"))
    }
    assert {each for each in used if each[1] not in known} == set()


def test_no_width_lies_between_two_screens():
    """A zoomed page can be 719.5 px wide, which is neither at most 719 nor at least 720."""
    limits = re.findall(
        r"\(max-width:\s*([^)]*?)\s*\)", "".join(file.read_text("utf-8") for file in [TOKENS, *SHEETS])
    )
    assert limits
    assert [limit for limit in limits if limit.endswith("px") and not limit.endswith(".98px")] == []


def test_browsers_hyphenate_nothing_of_their_own():
    """Names of people stand in headings, labels and values alike."""
    assert [sheet.name for sheet in SHEETS if ("hyphens", "auto") in declarations(sheet.read_text("utf-8"))] == []
