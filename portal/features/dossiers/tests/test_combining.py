"""Of a dossier that was answered live and reported too, the live answer counts."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from portal.features.dossiers import rules
from portal.features.dossiers.reported import combining, contract
from portal.features.dossiers.reported.reading import dossier_of
from portal.features.dossiers.reported.types import ReportedDossier

from .answers import answer, change, dossiers_in, outcome_of, read
from .reports import BRON, report

pytestmark = pytest.mark.security


def reported_of(*reports: dict[str, Any]) -> list[Any]:
    now = datetime(2026, 3, 9, tzinfo=UTC)
    pushes = [contract.read(json.dumps(each).encode(), body="ahovoks", now=now)[0] for each in reports]
    return [ReportedDossier(dossier_of(push), "ahovoks", now) for push in pushes]


def test_what_was_answered_live_counts_and_a_difference_is_logged_without_the_person(caplog):
    live = read(change("CANARY-1", source="STL", status="Beslist"))
    both = reported_of(report(), report(Identificatie__DossierNummer="CANARY-2"))
    with caplog.at_level(logging.WARNING, "portal.dossiers"):
        found = combining.combine(live, both)
    assert sorted((one.number, one.newest.status) for one in found.dossiers) == [
        ("CANARY-1", "Beslist"),
        ("CANARY-2", "InBehandeling"),
    ]
    assert [one.dossier.number for one in found.reported.values()] == ["CANARY-2"]
    said = [record.getMessage() for record in caplog.records]
    assert "reported otherwise than answered: ahovoks, status of 1" in said
    assert not any(word in line for line in said for word in ("CANARY", "Studietoelage", BRON))


def test_what_the_live_answer_keeps_from_somebody_is_not_shown_by_a_report():
    (one,) = reported_of(report())
    assert combining.combine((), [one], withheld=[rules.key_of(one.dossier)]).dossiers == ()


@pytest.mark.parametrize("written", ["CANARY  1 é", "CANARY 1 e\u0301", "CANARY\u2003 1 é"])
def test_one_number_is_one_dossier_however_its_spaces_and_accents_are_written(written):
    now = datetime(2026, 3, 9, tzinfo=UTC)
    said = dossier_of(contract.read(json.dumps(report()).encode(), body="ahovoks", now=now)[0])
    one = ReportedDossier(msgspec.structs.replace(said, number=written), "ahovoks", now)
    outcome = outcome_of(answer(change(written, closed="1"), change("CANARY-2")))
    made = dossiers_in(outcome)
    assert [found.number for found in combining.combine(made.found, [one], made.withheld).dossiers] == ["CANARY-2"]
    (live,) = read(change(written))
    assert combining.combine([live], [one]).dossiers == [live]


def test_a_report_is_not_compared_with_every_dossier_that_the_live_answer_keeps_from_somebody():
    compared = 0

    class Key(tuple[str, str]):
        __hash__ = tuple.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return tuple.__eq__(self, other)

    many = [Key(("elders", str(n))) for n in range(1000)]
    (one,) = reported_of(report())
    assert combining.combine((), [one], withheld=many).dossiers == [one.dossier]
    assert compared < len(many) // 10
