"""Two versions of the policy side by side, paragraph by paragraph: what is the same, changed, new or left out."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from portal.platform.help.marks import Part

from .types import Change, ComparedPart, ComparedSection, PolicySection, PolicyVersion, WordRun

# From this ratio of `difflib` on, two paragraphs are one that changed; below it, one was removed and one was added.
ALIKE = 0.5

# For the first n new paragraphs, at place n: the highest sum of ratios, and the (old, new) pairs that give it.
type _Row = list[tuple[float, tuple[tuple[int, int], ...]]]


def compare(old: PolicyVersion, new: PolicyVersion) -> Sequence[ComparedSection]:
    """Lay two versions side by side: the sections of the new one, then those that only the old one has."""
    sections = [_section(old.by_id.get(section.id), section) for section in new.sections]
    return [*sections, *(_section(section, None) for section in old.sections if section.id not in new.by_id)]


def _section(old: PolicySection | None, new: PolicySection | None) -> ComparedSection:
    newest = new or old
    assert newest is not None  # noqa: S101 - a section of one of the two
    parts = tuple(_parts(_paragraphs(old), _paragraphs(new)))
    if old is None or new is None:
        kind: Change = "added" if old is None else "removed"
    else:
        is_same = all(part.kind == "same" for part in parts) and old.title == new.title
        kind = "same" if is_same else "changed"
    return ComparedSection(
        newest.id, newest.title, kind, parts, old.title if old and new and old.title != new.title else ""
    )


def _paragraphs(section: PolicySection | None) -> list[str]:
    """List the paragraphs and the lines of lists of a section, as words."""
    return [_words(part, at) for part in (section.parts if section else ()) for at in range(len(part.lines))]


def _words(part: Part, at: int) -> str:
    # As a wide screen shows it: a shorter text for narrow screens says the same.
    line = "".join(span.text for span in part.lines[at] if span.width != "narrow")
    return f"• {line}" if part.kind in ("list", "steps") else line


def _parts(old: Sequence[str], new: Sequence[str]) -> Iterator[ComparedPart]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for code, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if code == "equal":
            for text in new[new_from:new_to]:
                yield ComparedPart("same", (WordRun(text),), (WordRun(text),))
        else:
            yield from _replacement(old[old_from:old_to], new[new_from:new_to])


def _replacement(old: Sequence[str], new: Sequence[str]) -> Iterator[ComparedPart]:
    """Compare paragraphs with those in whose place they came: the pairs that are alike, and in their order between
    them those that were removed and those that were added.
    """
    old_at = new_at = 0
    for was, becomes in (*_alike(old, new), (len(old), len(new))):
        yield from (ComparedPart("removed", (WordRun(text),), ()) for text in old[old_at:was])
        yield from (ComparedPart("added", (), (WordRun(text),)) for text in new[new_at:becomes])
        if was < len(old) and becomes < len(new):
            yield _change(old[was], new[becomes])
        old_at, new_at = was + 1, becomes + 1


def _alike(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[int, int]]:
    """Give the places (old, new) of paragraphs that are alike, in the order of both, so that they share most."""
    best: list[_Row] = [[(0.0, ())] * (len(new) + 1)]
    for was, before in enumerate(old):
        row: _Row = [(0.0, ())]
        for becomes, after in enumerate(new):
            likeness = _likeness(before, after)
            score, pairs = best[was][becomes]
            paired = (score + likeness, (*pairs, (was, becomes))) if likeness else best[was][becomes]
            row.append(max(paired, best[was][becomes + 1], row[becomes], key=lambda scored: scored[0]))
        best.append(row)
    return best[-1][-1][1]


def _likeness(before: str, after: str) -> float:
    """Give the ratio of words that two paragraphs share, from ALIKE to 1; 0 for less."""
    matcher = SequenceMatcher(None, before.split(), after.split(), autojunk=False)
    likeness = matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0
    return likeness if likeness >= ALIKE else 0.0


def _change(was: str, becomes: str) -> ComparedPart:
    """Mark the words that only one of two paragraphs has."""
    before, after = was.split(), becomes.split()
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return ComparedPart(
        "changed",
        tuple(WordRun(" ".join(before[a:b]), is_marked=code != "equal") for code, a, b, _, _ in codes if b > a),
        tuple(WordRun(" ".join(after[a:b]), is_marked=code != "equal") for code, _, _, a, b in codes if b > a),
    )
