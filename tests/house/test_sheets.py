"""What style sheets add to a page is for the eye: a screen reader says the page's own words, and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted((ROOT / "portal").rglob("static/**/*.css"))
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_CONTENT = re.compile(r"(?:^|[;\s])content:\s*([^;]+?)\s*(?=;|$)")
NOTHING = {'""', "none", "normal"}


def test_generated_content_is_silent():
    """The last value counts; the first is for browsers that do not know the syntax with a slash."""
    loud = [
        f"{sheet.name}: {selector.strip()} says {said[-1]}"
        for sheet in SHEETS
        for selector, block in _RULE.findall(sheet.read_text("utf-8"))
        if (said := _CONTENT.findall(block)) and said[-1] not in NOTHING and not said[-1].endswith('/ ""')
    ]
    assert loud == []
    assert SHEETS
