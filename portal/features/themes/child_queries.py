"""A child's answers, for a parent: asked and shown only when both directions of descent agree (row B7).

The parent's own answer must name the child, and the child's own answer the parent. Nothing else of what came about a
child leaves this file, nor is it kept.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec

from portal.platform.access import sessions
from portal.platform.access.derivation import is_same
from portal.platform.access.types import Session
from portal.platform.journal.types import Actor, ActorKind, Occasion
from portal.platform.keys import pseudonym, subjects
from portal.platform.sources import asking, datasets
from portal.platform.sources.catalogue import Entry, Found
from portal.platform.sources.inquiry import Consultation, of_oneself
from portal.platform.sources.reading.outcomes import Down, Nothing, Outcome, Partial, Ready

from . import lineage, queries, section
from .types import LOOK, LOOK_AT_CHILD, Relative, Tree, Verdict

log = logging.getLogger("portal.themes")


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """A child as the parent's own answer names them; parents: the numbers by which that answer knows the parent."""

    child: Relative
    tree: Tree
    entry: Entry
    parents: frozenset[str]


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """What came of it. verdict None: it could not be found out now, and `found` says why."""

    verdict: Verdict | None
    found: Sequence[Found] = ()
    has_ended: bool = False


async def own_descent(session: Session, occasion: Occasion) -> list[Found]:
    """Read or ask the descent of who is signed in."""
    answers = asking.answers(of_oneself(session, occasion, LOOK), datasets.inquiries(queries.with_tree()))
    return [found async for found in answers]


def child_of(session: Session, own: Sequence[Found], handle: str) -> Named | None:
    """Find the child that a handle of this session names; None when there is none such."""
    for entry, outcome in own:
        tree = _tree(entry, outcome)
        if tree is None:
            continue
        for child in tree.children:
            if child.number and is_same(sessions.person_handle(session, child.number), handle):
                return Named(child, tree, entry, frozenset((session.identity.insz, tree.root.number)) - {""})
    return None


async def answers_about(
    session: Session, occasion: Occasion, named: Named, *, again: frozenset[str], today: date
) -> Shown:
    """Ask about a child what a parent may see, and give it when the child's own descent confirms that they may.

    occasion: of the parent's page.
    """
    number = named.child.number
    parent = Actor(ActorKind.PARENT, str(session.journal_subject or await subjects.of(session.citizen_id)))
    # It stands with the child, who can read it one day.
    about = Occasion(await pseudonym.citizen_id(number), occasion.now, occasion.correlation_id, parent)
    consultation = Consultation(session, about, number, LOOK_AT_CHILD)
    inquiries = datasets.inquiries(queries.for_children())

    def judge(found: list[Found]) -> tuple[Shown, list[Found]]:
        shown = _shown(named, found, today)
        return shown, list(shown.found) if shown.verdict == "allowed" else []

    try:
        shown = await asking.judged(consultation, inquiries, judge, again=again)
    except Exception as error:
        log.error("not judged: %s %s", type(error).__name__, occasion.correlation_id)
        return Shown(None, [(named.entry, Down("fault", asked_at=datetime.now(UTC)))])
    return Shown(None, has_ended=True) if shown is None else shown


def _shown(named: Named, found: Sequence[Found], today: date) -> Shown:
    """Judge what came about a child; only when they may be seen does anything but trouble get through."""
    proof = next((one for one in found if one[0].name == named.entry.name), None)
    if proof is None:
        return Shown("not_confirmed")
    entry, outcome = proof
    tree = _tree(entry, outcome)
    if tree is None:
        return Shown("not_confirmed") if isinstance(outcome, Nothing) else Shown(None, [proof])
    verdict = lineage.verdict_of_child(tree, named.child.number, named.parents, today)
    if verdict == "allowed":
        in_order = {each.name: at for at, each in enumerate(queries.for_children())}
        whole = [(each, _for_parent(each, one)) for each, one in found]
        return Shown("allowed", sorted(whole, key=lambda one: in_order[one[0].name]))
    if isinstance(outcome, Partial):
        # What is missing could be what confirms it: say what is missing, and nothing of the rest.
        return Shown(None, [(entry, msgspec.structs.replace(outcome, value=()))])
    return Shown(verdict)


def _for_parent(entry: Entry, outcome: Outcome) -> Outcome:
    """Leave out what a parent does not get to see."""
    if not isinstance(outcome, Ready | Partial):
        return outcome
    allowed = section.of(entry).for_child
    facts = tuple(f for f in outcome.value if f.kind == "note" or f.key in allowed)
    if isinstance(outcome, Ready) and not facts:
        return Nothing(outcome.asked_at)
    return msgspec.structs.replace(outcome, value=facts)


def _tree(entry: Entry, outcome: Outcome) -> Tree | None:
    roles = section.of(entry).tree
    if roles is None or not isinstance(outcome, Ready | Partial):
        return None
    return lineage.tree_of(outcome.value, roles)
