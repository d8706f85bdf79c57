"""Make the answer of GeefDossiers about a person.

It holds the dossiers of every body's sample about them, else the answer of the simulators' folders, and then the
changes made in the town. Two people have more dossiers than a sample would hold (variety.py), and anybody's answer
can be made an odd one (oddities.py).
"""

import copy
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from sandbox.magda import folders
from sandbox.magda.answers import render, template_of
from sandbox.magda.folders import AnswerFile
from sandbox.magda.question import Question
from sandbox.state import Town

from .changes import State, mutation_of
from .envelope import add_dossier, dossiers_of, envelope, identification_of, mutations_of, remove_nothing_found
from .oddities import ODD, ODDITIES, all_content
from .variety import VARIETY

log = logging.getLogger(__name__)
DOMAIN = "Dossier"
NAME, VERSION = SERVICE = ("GeefDossiers", "02.00.0000")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True)


@dataclass
class RightAnswer:
    """Hold a person's right answer as a tree, and its mutations by (source, number) of their dossier.

    `stamp` tells which files, and how many clearings of the register, it was made after: with another stamp it is
    made anew. `applied` counts the person's changes that are in it.
    """

    stamp: object
    root: etree._Element
    mutations: dict[tuple[str, str], list[etree._Element]]
    applied: int = 0


def answer_of(town: Town, question: Question) -> bytes | None:
    """Make the SOAP answer to a question; None when nothing is known of the person, whom the folders then answer."""
    person = question.keys[0] if question.keys else ""
    if not folders.is_number(person):
        return None
    register = town.dossiers
    stamp = (_files(town, person), register.versions.get(person, 0))
    stamp_of_template, template = register.templates.get(person, (None, None))
    if stamp_of_template != stamp:
        root = tree_of(town, person)
        # Making a template changes the tree.
        template = template_of(copy.deepcopy(root)) if root is not None else None
        if template is not None:
            register.templates[person] = (stamp, template)
    return render(template, question, town.clock()) if template is not None else None


def tree_of(town: Town, person: str) -> etree._Element | None:
    """Give a person's answer, odd or right, as a tree that callers must not change; None when nothing is known."""
    if oddity := town.dossiers.odd.get(person):
        return ODDITIES[oddity](person)
    right = right_answer_of(town, person)
    return right.root if right else None


def right_answer_of(town: Town, person: str) -> RightAnswer | None:
    """Give the right answer about a person, also while they get an odd one; None when nothing is known of them."""
    register = town.dossiers
    changes = register.changes.get(person, [])
    stamp = (_files(town, person), register.cleared)
    right = register.right_answers.get(person)
    if right is None or right.stamp != stamp:
        root = _base(town, person)
        if root is None and not changes:
            return None
        right = _right_answer(envelope() if root is None else root, stamp)
        register.right_answers[person] = right
    for state in changes[right.applied :]:
        _put(right, state, person, town)
    right.applied = len(changes)
    return right


def _right_answer(root: etree._Element, stamp: object) -> RightAnswer:
    right = RightAnswer(stamp, root, {})
    for mutation in mutations_of(root):
        right.mutations.setdefault(identification_of(mutation), []).append(mutation)
    return right


def _base(town: Town, person: str) -> etree._Element | None:
    """Make a person's answer before any change; None when nothing is known of them."""
    if person == ODD:
        return all_content(person)
    if person in VARIETY:
        return VARIETY[person](person, _examples(town))
    return _merge([root for file in _files(town, person) if (root := _read(file.path)) is not None])


def _files(town: Town, person: str) -> tuple[AnswerFile, ...]:
    """List the files that an answer is made of; for a person of VARIETY that is every sample."""
    library = town.library
    key = "*" if person in VARIETY else person
    own = [
        AnswerFile(str(file), file.stat().st_mtime_ns)
        for root in library.samples
        for file in sorted((root / DOMAIN / NAME / VERSION).glob(f"{key}.xml"))
    ]
    if own:
        return tuple(own)
    file_of_folders = folders.find(library, DOMAIN, NAME, VERSION, (person,))
    return (file_of_folders,) if file_of_folders and Path(file_of_folders.path).stem == person else ()


def _read(path: str) -> etree._Element | None:
    try:
        return etree.parse(path, _PARSER).getroot()
    except (etree.XMLSyntaxError, OSError) as error:
        log.error("a sample of %s cannot be read: %s", NAME, type(error).__name__)
        return None


def _merge(roots: list[etree._Element]) -> etree._Element | None:
    """Put the dossiers and exceptions of several answers into the first of them; None without any."""
    if not roots:
        return None
    first, *others = roots
    for other in others:
        for dossier in list(other.iter("Dossier")):
            add_dossier(first, dossier)
        for place in ("Repliek/Antwoorden/Antwoord", "Repliek"):
            exceptions, into = other.find(f"{place}/Uitzonderingen"), first.find(place)
            if exceptions is not None and into is not None:
                present = into.find("Uitzonderingen")
                if present is None:
                    into.append(exceptions)
                else:
                    present.extend(list(exceptions))
    return first


def _examples(town: Town) -> Iterator[etree._Element]:
    """Give every mutation of the bodies' samples."""
    for folder in town.library.samples:
        for file in sorted((folder / DOMAIN / NAME / VERSION).glob("*.xml")):
            root = _read(str(file))
            if root is not None:
                yield from mutations_of(root)


def _put(right: RightAnswer, state: State, person: str, town: Town) -> None:
    """Put the state of a dossier into an answer: behind the dossier's other mutations, or as a new dossier."""
    remove_nothing_found(right.root)
    earlier = right.mutations.setdefault((state.source, state.number), [])
    if earlier:
        mutation = mutation_of(state, person, earlier[-1])
        earlier[-1].addnext(mutation)
    else:
        mutation = mutation_of(state, person, _example(town, state.source))
        dossier = etree.SubElement(dossiers_of(right.root), "Dossier")
        etree.SubElement(dossier, "DossierMutaties").append(mutation)
    earlier.append(mutation)


def _example(town: Town, source: str) -> etree._Element | None:
    """Give a mutation with this source (Bron) of the samples, or None; the samples are searched once for each."""
    examples = town.dossiers.examples
    if source not in examples:
        examples[source] = next((it for it in _examples(town) if identification_of(it)[0] == source), None)
    return examples[source]
