"""Ask for the answers about a child, for a parent: given only when both answers about descent agree.

The parent's own answer must name the child, and the child's own answer the parent. Until then no other fact about the
child leaves this module, and the session keeps none.
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
from portal.platform.sources.catalogue import DatasetEntry, EntryOutcome
from portal.platform.sources.inquiry import Consultation, of_oneself
from portal.platform.sources.reading.outcomes import Down, Nothing, Outcome, Partial, Ready

from .. import queries, section
from ..descent import trees, verdicts
from ..descent.types import ChildVerdict, DescentTree, Relative
from ..types import LOOK, LOOK_AT_CHILD

log = logging.getLogger("portal.themes")


@dataclass(frozen=True, slots=True, repr=False)
class NamedChild:
    """A child as the parent's answer names them. entry, tree: of that answer. parents: the parent's numbers in it."""

    child: Relative
    tree: DescentTree
    entry: DatasetEntry
    parents: frozenset[str]


@dataclass(frozen=True, slots=True, repr=False)
class ChildAnswers:
    """What a parent sees of a child. verdict None: it could not be judged now, and `outcomes` says why.

    has_ended: the session did, meanwhile. is_deceased: the child's own answer says that the child died.
    """

    verdict: ChildVerdict | None
    outcomes: Sequence[EntryOutcome] = ()
    has_ended: bool = False
    is_deceased: bool = False


async def own_descent(session: Session, occasion: Occasion) -> list[EntryOutcome]:
    """Ask for the descent of the citizen, or read what the session kept of it."""
    answers = asking.answers(of_oneself(session, occasion, LOOK), datasets.inquiries(queries.with_tree()))
    return [pair async for pair in answers]


def child_of(session: Session, own: Sequence[EntryOutcome], handle: str) -> NamedChild | None:
    """Find the child that a handle of this session names; None where the citizen has no such child."""
    for entry, outcome in own:
        tree = _tree(entry, outcome)
        if tree is None:
            continue
        for child in tree.children:
            if child.number and is_same(sessions.person_handle(session, child.number), handle):
                return NamedChild(child, tree, entry, frozenset((session.identity.insz, tree.root.number)) - {""})
    return None


async def answers_about(
    session: Session, occasion: Occasion, named: NamedChild, *, again: frozenset[str], today: date
) -> ChildAnswers:
    """Ask about a child what a parent may see; give it if the child's own descent names the parent.

    occasion: of the parent's page. again: the names of datasets that are asked anew.
    """
    number = named.child.number
    parent = Actor(ActorKind.PARENT, str(session.journal_subject or await subjects.of(session.citizen_id)))
    # The journal's entry is about the child, who can read it one day.
    about = Occasion(await pseudonym.citizen_id(number), occasion.now, occasion.correlation_id, parent)
    consultation = Consultation(session, about, number, LOOK_AT_CHILD)
    inquiries = datasets.inquiries(queries.for_children())

    def judge(outcomes: list[EntryOutcome]) -> tuple[ChildAnswers, list[EntryOutcome]]:
        shown = _judge(named, outcomes, today)
        return shown, list(shown.outcomes) if shown.verdict == "allowed" else []

    try:
        shown = await asking.ask_and_judge(consultation, inquiries, judge, again=again)
    except Exception as error:
        log.error("not judged: %s %s", type(error).__name__, occasion.correlation_id)
        return ChildAnswers(None, [(named.entry, Down("fault", asked_at=datetime.now(UTC)))])
    return ChildAnswers(None, has_ended=True) if shown is None else shown


def _judge(named: NamedChild, outcomes: Sequence[EntryOutcome], today: date) -> ChildAnswers:
    """Judge the answers about a child; unless the verdict is "allowed", return no facts of them."""
    proof = next((pair for pair in outcomes if pair[0].name == named.entry.name), None)
    if proof is None:
        return ChildAnswers("not_confirmed")
    entry, outcome = proof
    tree = _tree(entry, outcome)
    if tree is None:
        return ChildAnswers("not_confirmed") if isinstance(outcome, Nothing) else ChildAnswers(None, [proof])
    verdict = verdicts.verdict_of_child(tree, named.child, named.parents, today)
    if verdict == "allowed":
        order = {dataset.name: at for at, dataset in enumerate(queries.for_children())}
        of_child = sorted(outcomes, key=lambda pair: order[pair[0].name])
        shown = [(dataset, _for_parent(dataset, of_dataset)) for dataset, of_dataset in of_child]
        return ChildAnswers("allowed", shown, is_deceased=tree.root.is_deceased)
    if isinstance(outcome, Partial):
        # The missing part may hold the proof: name what is missing, and give no facts.
        return ChildAnswers(None, [(entry, msgspec.structs.replace(outcome, value=()))])
    return ChildAnswers(verdict)


def _for_parent(entry: DatasetEntry, outcome: Outcome) -> Outcome:
    """Drop the facts that a parent may not see; an answer of which none is left stays an answer."""
    if not isinstance(outcome, Ready | Partial):
        return outcome
    allowed = section.of(entry).for_child
    facts = tuple(fact for fact in outcome.value if fact.kind == "note" or fact.key in allowed)
    return msgspec.structs.replace(outcome, value=facts)


def _tree(entry: DatasetEntry, outcome: Outcome) -> DescentTree | None:
    roles = section.of(entry).tree
    if roles is None or not isinstance(outcome, Ready | Partial):
        return None
    return trees.tree_of(outcome.value, roles)
