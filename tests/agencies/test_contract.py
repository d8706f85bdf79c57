"""The contract that every body's folder keeps: each rule of `connecting.contract`, as `check_agencies` runs it.

Only how an answer is damaged is chosen by others: the command chooses by chance, hypothesis looks for what fails.
"""

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connecting.contract import rules
from connecting.contract.damage import DAMAGES, Damage, survives_damage
from connecting.contract.evidence import DatasetEvidence, PublishedFolders
from connecting.contract.rules import ContractRule, RuleOfBodies
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.datasets import inquiry_of
from portal.platform.sources.reading.outcomes import Nothing
from portal.platform.sources.transports import rest_answer
from portal.platform.sources.transports.answer import AnswerText

from .samples import ENTRIES, INSTALLED, JSON_ENTRIES, NOW, SHARED

ALL = {entry.name: entry for entry in (*ENTRIES, *JSON_ENTRIES)}
FOLDERS = [folder if folder.exists() else None for folder in (SHARED / "magda/xsd", SHARED / "magda/simulator")]

dataset = pytest.mark.parametrize("name", ALL)


@cache
def evidence(name: str) -> DatasetEvidence:
    """Give what is known of a dataset, read once for all rules."""
    return DatasetEvidence(ALL[name], PublishedFolders(*FOLDERS))


class Drawn:
    """Choices that hypothesis makes."""

    def __init__(self, data: st.DataObject) -> None:
        self._draw = data.draw

    def one_of[T](self, several: Sequence[T]) -> T:
        return self._draw(st.sampled_from(several))

    def between(self, least: int, most: int) -> int:
        return self._draw(st.integers(least, most))


@dataset
@pytest.mark.parametrize(
    "rule", [rule for rule in rules.RULES if rule is not survives_damage], ids=lambda rule: rule.__name__
)
def test_every_dataset_keeps_the_contract(rule: ContractRule, name: str) -> None:
    assert list(rule(evidence(name))) == []


@pytest.mark.parametrize("agency", INSTALLED.agencies, ids=lambda agency: agency.id)
@pytest.mark.parametrize("rule", rules.RULES_OF_BODIES, ids=lambda rule: rule.__name__)
def test_every_body_keeps_the_contract(rule: RuleOfBodies, agency: Agency) -> None:
    assert list(rule(agency)) == []


@dataset
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_answer_is_read_and_is_never_nothing(damage: Damage, name: str, data: st.DataObject) -> None:
    assert list(damage(evidence(name), Drawn(data))) == []


@pytest.mark.parametrize("entry", JSON_ENTRIES, ids=lambda entry: entry.name)
def test_a_person_whom_nobody_knows_gets_204_and_that_means_nothing(entry):
    assert rest_answer.read(AnswerText(b"", None, NOW, is_empty=True), inquiry_of(entry), "99999999999") == Nothing(
        NOW
    )


def test_samples_of_one_question_are_the_same_in_every_folder():
    """Keep the town's answer to a shared question the same, whichever folder it finds first."""
    assert list(rules.samples_of_one_question_differ(list(ALL.values()))) == []


def test_enrolments_are_asked_once_for_three_datasets():
    asked = {entry.name: entry.question for entry in ENTRIES if entry.question.source == "onderwijs-inschrijvingen"}
    assert set(asked) == {"ahovoks.hoger", "ahovoks.volwassenen", "onderwijsdiensten.leerplicht"}
    assert len(set(asked.values())) == 1
