"""Operators see of each kind of certificate what nobody read of its answers."""

import pytest

from portal.features.certificates import inquiries, section
from portal.platform.sources import unread
from portal.platform.sources.gates.states import states

MAKER = section.makers()[0]
KINDS = section.dutch(MAKER).made.models


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_not_read_of_a_certificate_stands_at_its_source(kind, monkeypatch):
    monkeypatch.setattr(unread, "_counted", {})
    asked = inquiries.attest(MAKER, kind, language="nl", municipality="44021")
    unread.missing_parts(asked, ["Nieuw"])
    seen = {state.source: state.unread for state in states(0.0)}
    assert seen[asked.question.source] == (unread.UnreadCount(asked.name, 1, ["Nieuw"]),)
