"""Two versions of the policy side by side, paragraph by paragraph: what is the same, changed, new or left out."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from portal.platform.help.marks import Part

from .types import Change, ComparedPart, ComparedSection, PolicySection, PolicyVersion, WordRun

# Two paragraphs that share at least so much are one that changed; with less, one went and another came.
ALIKE = 0.5


def compared(old: PolicyVersion, new: PolicyVersion) -> Sequence[ComparedSection]:
    """Lay two versions side by side: the sections of the new one, then those that only the old one has."""
    found = [_section(old.by_id.get(section.id), section) for section in new.sections]
    return [*found, *(_section(section, None) for section in old.sections if section.id not in new.by_id)]


def _section(old: PolicySection | None, new: PolicySection | None) -> ComparedSection:
    one = new or old
    assert one is not None  # noqa: S101 - a section of one of the two
    parts = tuple(_parts(_paragraphs(old), _paragraphs(new)))
    if old is None or new is None:
        kind: Change = "added" if old is None else "removed"
    else:
        is_same = all(part.kind == "same" for part in parts) and old.title == new.title
        kind = "same" if is_same else "changed"
    return ComparedSection(
        one.id, one.title, kind, parts, old.title if old and new and old.title != new.title else ""
    )


def _paragraphs(section: PolicySection | None) -> list[str]:
    """List the paragraphs and the lines of lists of a section, as words."""
    return [_words(part, at) for part in (section.parts if section else ()) for at in range(len(part.lines))]


def _words(part: Part, at: int) -> str:
    # As a wide screen shows it: what is said otherwise on a phone is the same.
    line = "".join(span.text for span in part.lines[at] if span.width != "narrow")
    return f"• {line}" if part.kind in ("list", "steps") else line


def _parts(old: Sequence[str], new: Sequence[str]) -> Iterator[ComparedPart]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        for was, becomes in zip_longest(old[old_from:old_to], new[new_from:new_to], fillvalue=""):
            yield from _pair(was, becomes)


def _pair(was: str, becomes: str) -> Iterator[ComparedPart]:
    if was == becomes:
        yield ComparedPart("same", (WordRun(was),), (WordRun(becomes),))
        return
    before, after = was.split(), becomes.split()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if was and becomes and matcher.ratio() >= ALIKE:
        codes = matcher.get_opcodes()
        yield ComparedPart(
            "changed",
            tuple(WordRun(" ".join(before[a:b]), is_marked=code != "equal") for code, a, b, _, _ in codes if b > a),
            tuple(WordRun(" ".join(after[a:b]), is_marked=code != "equal") for code, _, _, a, b in codes if b > a),
        )
        return
    if was:
        yield ComparedPart("removed", (WordRun(was),), ())
    if becomes:
        yield ComparedPart("added", (), (WordRun(becomes),))
