"""Machines ask what the document says, and what it does not: each answer is one that it names."""

import pytest

from deploy.local.house import House
from tests.machines import questions

EXAMPLES = 25  # of each operation; `make fuzz` asks more

pytestmark = pytest.mark.security


def test_whatever_a_machine_asks_it_is_answered_as_the_document_says(house: House):
    asked = {each.label: questions.put(house, each, examples=EXAMPLES) for each in questions.operations(house)}
    assert len(asked) >= 2
    # Where nothing can be filled in, there is one question to ask.
    assert set(asked.values()) == {1, EXAMPLES}
