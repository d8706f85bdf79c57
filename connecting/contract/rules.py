"""List every rule of the contract, in the order in which whoever connects a body needs them, and run them."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from portal.platform.sources.catalogue import Agency, Askable

from .. import samples, schemas
from . import damage, folder, json_leaves, matching, people, questions, readings, xml_leaves
from .evidence import DatasetEvidence

LOG = logging.getLogger("portal.sources")

type ContractRule = Callable[[DatasetEvidence], Iterator[str]]
type RuleOfBodies = Callable[[Agency], Iterator[str]]


def samples_are_as_their_schema_says(evidence: DatasetEvidence) -> Iterator[str]:
    """The samples are valid by the schema that MAGDA publishes, or by that in the body's folder."""
    result = schemas.check(evidence.entry, evidence.with_content, evidence.published.schemas)
    yield from result.faults
    if not result.by and (evidence.entry.service.transport == "rest" or evidence.published.schemas):
        yield "no schema to hold the samples against"


RULES: Sequence[ContractRule] = (
    readings.can_be_read,
    readings.is_as_approved,
    readings.is_read_whole,
    readings.shows_every_outcome,
    readings.has_sound_facts,
    readings.facts_lead_back,
    matching.names_what_there_is,
    matching.leads_into_the_answer,
    matching.provides_what_it_says,
    people.are_about_whom_they_are_named_after,
    people.of_others_are_never_shown,
    people.say_whom_they_are_about,
    people.cannot_exist,
    people.has_somebody_nobody_knows,
    questions.ask_about_the_person,
    questions.have_criteria_as_published,
    samples_are_as_their_schema_says,
    xml_leaves.are_shown_to_the_last,
    xml_leaves.are_facts_as_often_as_they_occur,
    json_leaves.become_facts,
    folder.approves_what_there_is,
    folder.has_left_out_file,
    damage.survives_damage,
)


# The rules about a body as a whole, which may have no datasets.
RULES_OF_BODIES: Sequence[RuleOfBodies] = (
    folder.says_what_the_body_is,
    folder.imports_the_reading_room_only,
    folder.approves_where_it_is_read,
    matching.names_origins_there_are,
)


@contextmanager
def silence() -> Iterator[None]:
    """Disable the portal's log of what cannot be read in the block: the rules report the same."""
    was_disabled, LOG.disabled = LOG.disabled, True
    try:
        yield
    finally:
        LOG.disabled = was_disabled


def faults_of(evidence: DatasetEvidence) -> list[str]:
    """List the faults of a dataset, each once."""
    return list(dict.fromkeys(fault for rule in RULES for fault in rule(evidence)))


def faults_of_body(agency: Agency) -> list[str]:
    """List the faults of a body apart from its datasets."""
    return [fault for rule in RULES_OF_BODIES for fault in rule(agency)]


def samples_of_one_question_differ(entries: Sequence[Askable]) -> Iterator[str]:
    """Samples of one question about one person are the same in every body, as the town serves one of them.

    Each of two that differ has the fault, as nobody can tell which is right; it may come again where more differ.
    """
    first: dict[tuple[str, str], tuple[str, bytes]] = {}
    for entry in entries:
        for file in samples.answers_of(entry):
            data = file.read_bytes()
            name, text = first.setdefault((entry.question.source, file.name), (entry.name, data))
            if text != data:
                for each in (name, entry.name):
                    yield f"{each}: {file.name} is another answer than another dataset has to the same question"
