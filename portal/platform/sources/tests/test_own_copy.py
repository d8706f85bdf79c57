"""What a citizen's own copy says of kept answers: of which datasets, about whom, and which of them are answers."""

from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from portal.platform.access import sessions
from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.database import pool
from portal.platform.sources import asking, own_copy
from portal.platform.sources.datasets import inquiry_of
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Partial, Ready
from portal.platform.sources.traces import store

from .in_process import FISH, THEN
from .town import NUMBER

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

CHILD = "10630941889"


async def test_what_is_no_answer_and_what_is_about_a_child_are_kinds_of_their_own(town):
    me = Identity(NUMBER, "Jan", "Peeters", SignInMeans.ITSME, Assurance.HIGH, uuid4().hex)
    session, _ = await sessions.open_session(me, now=datetime.now(UTC))
    whole = Ready((FISH,), THEN)
    outcomes = {
        "whole": whole,
        "lacking": Partial((FISH,), (Missing("Stadsbestuur", "1", "busy"),), THEN),
        "late": Late(THEN),
        "down": Down("connection"),
    }
    for name, outcome in outcomes.items():
        await asking.keep(session, inquiry_of(town(name)), outcome)
    with_values = msgspec.structs.replace(inquiry_of(town("valued")), values={"licence": "V-1"})
    await asking.keep(session, with_values, whole)
    for inquiry in (inquiry_of(town("whole")), with_values):
        along = await store.statement_to_keep(session, [(inquiry, whole)], about=CHILD)
        async with pool.connection() as conn:
            await conn.execute(along.statement.encode(), along.parameters)
    found = await own_copy.export(session.citizen_id)
    assert {(record.kind, record.value) for record in found} == {
        ("kept_answer", "town.whole"),
        ("kept_answer", "town.lacking"),
        ("kept_answer", "town.valued"),
        ("kept_failure", "town.late"),
        ("kept_failure", "town.down"),
        ("kept_child_answer", "town.whole"),
        ("kept_child_answer", "town.valued"),
    }
    assert len(found) == 7
