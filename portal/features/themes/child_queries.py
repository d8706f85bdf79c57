"""A child's answers, for a parent: asked and shown only when both directions of descent agree (row B7).

The parent's own answer must name the child, and the child's own answer the parent. Nothing else of what came about a
child leaves this file, nor is it kept.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec

from portal.platform.access import sessions
from portal.platform.access.derivation import is_same
from portal.platform.access.types import Session
from portal.platform.journal.types import Journalled
from portal.platform.keys import pseudonym
from portal.platform.sources import asking, fetch, processing
from portal.platform.sources.catalogue import Entry, Found
from portal.platform.sources.processing import Subject
from portal.platform.sources.reading.outcomes import Down, Nothing, Outcome, Partial, Ready

from . import lineage, queries, section
from .types import Relative, Tree, Verdict

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


async def own_descent(session: Session, *, correlation_id: str) -> list[Found]:
    """Read or ask the descent of who is signed in."""
    entries = queries.with_tree()
    answers = asking.answers(session, entries, again=frozenset(), correlation_id=correlation_id)
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
    session: Session, named: Named, *, again: frozenset[str], today: date, correlation_id: str
) -> Shown:
    """Ask about a child what a parent may see, and give it when the child's own descent confirms that they may."""
    entries = queries.for_children()
    allowed = [entry for entry in entries if processing.may_see(session, entry)]
    found: list[Found] = [(entry, Down("assurance")) for entry in entries if entry not in allowed]
    child = Subject(named.child.number, await pseudonym.citizen_id(named.child.number))
    try:
        journalled, kept = await processing.look_at_child(
            session, child, allowed, again=again, correlation_id=correlation_id
        )
    except Exception as error:
        log.error("not journalled, so not asked: %s %s", type(error).__name__, correlation_id)
        return _shown(named, [(entry, Down("journal")) for entry in entries], today)
    found += [(entry, kept[entry.name]) for entry in allowed if entry.name in kept]
    to_ask = [entry for entry in allowed if entry.name not in kept]
    asked: list[Found] = []
    shown = Shown(None)
    arriving = fetch.ask_all(to_ask, child.insz, journalled=journalled, correlation_id=correlation_id)
    try:
        asked += [one async for one in arriving]
        shown = _shown(named, [*found, *asked], today)
    except Exception as error:
        log.error("asking failed: %s %s", type(error).__name__, correlation_id)
        shown = Shown(None, [(named.entry, Down("fault", asked_at=datetime.now(UTC)))])
    finally:
        to_keep = shown.found if shown.verdict == "allowed" else ()
        await asyncio.shield(_settle(session, child, journalled, kept, arriving, asked, to_keep))
    if asked and not await sessions.is_live(session, now=datetime.now(UTC)):
        return Shown(None, has_ended=True)
    return shown


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


async def _settle(
    session: Session,
    child: Subject,
    journalled: Journalled,
    kept: Mapping[str, Outcome],
    arriving: AsyncGenerator[Found],
    asked: Sequence[Found],
    shown: Sequence[Found],
) -> None:
    await arriving.aclose()
    fresh = {entry.name for entry, _ in asked}
    to_keep = [one for one in shown if one[0].name in fresh]
    await processing.settle_child(session, child, journalled, kept, asked, to_keep=to_keep)
