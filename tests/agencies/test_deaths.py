"""A death: told by its date, known or not, and never by what programs write in an empty field."""

import re

import pytest

from portal.features.themes import section
from portal.features.themes.descent import trees
from portal.platform.sources.reading.outcomes import Ready

from .samples import ENTRIES, answers_of, read

# The date in an answer about who died.
DEATH = re.compile(rb"(<Overlijden\b[^>]*>\s*<Datum>)[^<]*")
WITH_DEATHS = ("rijksregister.persoon", "rijksregister.afstamming")
dataset = pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if entry.name in WITH_DEATHS], ids=lambda entry: entry.name
)


def with_date(entry, written: str) -> list[Ready]:
    """Read the samples of who died, with another date of death in them."""
    dead = [data for file in answers_of(entry) if DEATH.search(data := file.read_bytes())]
    assert dead
    return [read(DEATH.sub(rb"\g<1>" + written.encode(), data), entry) for data in dead]


def dates_of_death(outcome: Ready) -> list[str]:
    return [fact.value for fact in outcome.value if fact.key == "death_date"]


@pytest.mark.parametrize(
    "written", ["0001-01-01", "1753-01-01", "0001-01-01T00:00:00Z", "9999-12-31", "31/12/9999", "null", ""]
)
@dataset
def test_nobody_died_on_a_day_that_stands_for_an_empty_field(entry, written):
    for outcome in with_date(entry, written):
        # All of the answer was read: it lacks nothing.
        assert isinstance(outcome, Ready)
        assert dates_of_death(outcome) == []
        if keys := section.of(entry).tree:
            assert not trees.tree_of(outcome.value, keys).root.is_deceased


@pytest.mark.parametrize(
    ("written", "said"),
    [("0000-00-00", "0000-00-00"), ("2016-00-00", "2016-00-00"), ("2016-11-03", "2016-11-03"), ("toen", "toen")],
)
@dataset
def test_who_died_on_a_day_that_is_not_known_died_all_the_same(entry, written, said):
    for outcome in with_date(entry, written):
        assert dates_of_death(outcome) == [said]
        if keys := section.of(entry).tree:
            assert trees.tree_of(outcome.value, keys).root.is_deceased
