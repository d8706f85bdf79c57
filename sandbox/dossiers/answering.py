"""Make the answer of GeefDossiers about a person.

It holds the dossiers of every body's sample about them, else the answer of the simulators' folders, and then what was
changed. Some people have more than a sample would hold (variety.py), and anybody's answer can be odd (oddities.py).
"""

import copy
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from sandbox.magda import folders
from sandbox.magda.answers import mould_of, pour
from sandbox.magda.folders import AnswerFile
from sandbox.magda.question import Question
from sandbox.state import Town

from .changes import State, mutation_of
from .envelope import add_dossier, dossiers_of, envelope, forget_nothing_found, identification_of, mutations_of
from .oddities import ODD, ODDITIES, all_content
from .variety import VARIETY

log = logging.getLogger(__name__)
DOMAIN = "Dossier"
NAME, VERSION = SERVICE = ("GeefDossiers", "02.00.0000")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True)


@dataclass
class Standing:
    """Hold a person's right answer as a tree, and its mutations by source and number.

    `stamp` is of the files and the clearing that it was made after, `applied` counts the changes that are in it.
    """

    stamp: object
    root: etree._Element
    mutations: dict[tuple[str, str], list[etree._Element]]
    applied: int = 0


def answer_of(town: Town, asked: Question) -> bytes | None:
    """Make the SOAP answer to a question, or None when the folders' answer for everybody else is meant."""
    person = asked.keys[0] if asked.keys else ""
    if not folders.is_number(person):
        return None
    register = town.dossiers
    stamp = (_files(town, person), register.versions.get(person, 0))
    known, mould = register.moulds.get(person, (None, None))
    if known != stamp:
        root = tree_of(town, person)
        # What is cut out of a tree is gone from it.
        mould = mould_of(copy.deepcopy(root)) if root is not None else None
        if mould is not None:
            register.moulds[person] = (stamp, mould)
    return pour(mould, asked, town.clock()) if mould is not None else None


def tree_of(town: Town, person: str) -> etree._Element | None:
    """Give the answer as a tree that stays as it is, or None when nothing is known of this person."""
    if oddity := town.dossiers.odd.get(person):
        return ODDITIES[oddity](person)
    standing = standing_of(town, person)
    return standing.root if standing else None


def standing_of(town: Town, person: str) -> Standing | None:
    """Give the right answer about a person, also while theirs is odd; None when nothing is known of them."""
    register = town.dossiers
    changes = register.changes.get(person, [])
    stamp = (_files(town, person), register.cleared)
    standing = register.standing.get(person)
    if standing is None or standing.stamp != stamp:
        root = _base(town, person)
        if root is None and not changes:
            return None
        standing = _standing(envelope() if root is None else root, stamp)
        register.standing[person] = standing
    for state in changes[standing.applied :]:
        _put(standing, state, person, town)
    standing.applied = len(changes)
    return standing


def _standing(root: etree._Element, stamp: object) -> Standing:
    standing = Standing(stamp, root, {})
    for mutation in mutations_of(root):
        standing.mutations.setdefault(identification_of(mutation), []).append(mutation)
    return standing


def _base(town: Town, person: str) -> etree._Element | None:
    if person == ODD:
        return all_content(person)
    if person in VARIETY:
        return VARIETY[person](person, _examples(town))
    return _together([read for file in _files(town, person) if (read := _read(file.path)) is not None])


def _files(town: Town, person: str) -> tuple[AnswerFile, ...]:
    """List the files that an answer is made of; for people with variety that is every sample."""
    library = town.library
    key = "*" if person in VARIETY else person
    own = [
        AnswerFile(str(file), file.stat().st_mtime_ns)
        for root in library.samples
        for file in sorted((root / DOMAIN / NAME / VERSION).glob(f"{key}.xml"))
    ]
    if own:
        return tuple(own)
    found = folders.find(library, DOMAIN, NAME, VERSION, (person,))
    return (found,) if found and Path(found.path).stem == person else ()


def _read(path: str) -> etree._Element | None:
    try:
        return etree.parse(path, _PARSER).getroot()
    except (etree.XMLSyntaxError, OSError) as error:
        log.error("a sample of %s cannot be read: %s", NAME, type(error).__name__)
        return None


def _together(roots: list[etree._Element]) -> etree._Element | None:
    """Put the dossiers and exceptions of several answers into the first."""
    if not roots:
        return None
    first, *others = roots
    for other in others:
        for dossier in list(other.iter("Dossier")):
            add_dossier(first, dossier)
        for place in ("Repliek/Antwoorden/Antwoord", "Repliek"):
            said, into = other.find(f"{place}/Uitzonderingen"), first.find(place)
            if said is not None and into is not None:
                known = into.find("Uitzonderingen")
                if known is None:
                    into.append(said)
                else:
                    known.extend(list(said))
    return first


def _examples(town: Town) -> Iterator[etree._Element]:
    """Give every mutation of the bodies' samples."""
    for root in town.library.samples:
        for file in sorted((root / DOMAIN / NAME / VERSION).glob("*.xml")):
            read = _read(str(file))
            if read is not None:
                yield from mutations_of(read)


def _put(standing: Standing, state: State, person: str, town: Town) -> None:
    """Put a changed dossier into an answer: behind what it was, or as a new one."""
    forget_nothing_found(standing.root)
    same = standing.mutations.setdefault((state.source, state.number), [])
    if same:
        made = mutation_of(state, person, same[-1])
        same[-1].addnext(made)
    else:
        made = mutation_of(state, person, _example(town, state.source))
        dossier = etree.SubElement(dossiers_of(standing.root), "Dossier")
        etree.SubElement(dossier, "DossierMutaties").append(made)
    same.append(made)


def _example(town: Town, source: str) -> etree._Element | None:
    """Find a mutation of a body's samples; it is looked for once."""
    known = town.dossiers.examples
    if source not in known:
        known[source] = next((it for it in _examples(town) if identification_of(it)[0] == source), None)
    return known[source]
