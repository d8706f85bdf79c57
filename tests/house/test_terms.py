"""Every table says beside its rights what it holds and until when, and what it says is counted by the worker.

A migration that makes a table writes its term too; `portal.platform.database.terms` says how.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from portal.platform.database import terms
from portal.platform.language.current import speaking
from portal.platform.language.translations import InDutch

TABLES = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
OF_CITIZENS = """
select distinct relname from pg_attribute join pg_class on attrelid = pg_class.oid
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    and attname in ('citizen_id', 'subject') and not attisdropped
"""
OLD = """
insert into access_device (citizen_id, kind, first_seen_on, last_seen_on)
select gen_random_uuid(), sha256(age::text::bytea), current_date - age, current_date - age from unnest(%s::int[]) age
"""


def names(conn: psycopg.Connection, query: str) -> set[str]:
    return {name for (name,) in conn.execute(query)}


def test_every_table_of_both_databases_has_its_term_and_no_other(past_walls, past_key_walls):
    there = names(past_walls, TABLES) | names(past_key_walls, TABLES)
    assert {each.table for each in terms.terms()} == there
    assert len(terms.terms()) == len(there)


def test_what_has_a_citizen_says_so(past_walls, past_key_walls):
    there = names(past_walls, OF_CITIZENS) | names(past_key_walls, OF_CITIZENS)
    assert there <= {each.table for each in terms.terms() if each.term.of == "citizen"}


def test_every_file_with_rights_is_read():
    assert set(terms.files().values()) == {file.resolve() for file in Path("portal").rglob(terms.FILE)}


def test_what_goes_after_two_years_says_so(past_walls):
    gone = names(past_walls, "select tablename from pg_policies where policyname = 'retire'")
    assert gone
    assert {each.table for each in terms.terms() if each.table in gone and "twee jaar" not in each.term.term} == set()


def test_terms_are_sentences_and_are_said_in_english_too():
    with speaking("en"):
        english = terms.terms()
    for dutch, other in zip(terms.terms(), english, strict=True):
        assert dutch.term.term.endswith("."), dutch.table
        assert not dutch.term.holds.endswith("."), dutch.table
        assert not any(isinstance(text, InDutch) for text in (other.term.holds, other.term.term)), dutch.table


async def test_what_outlived_its_term_is_counted_by_the_worker(past_walls: psycopg.Connection, as_worker):
    past_walls.execute("delete from access_device")
    # The term is a year, and a sweep comes by each day.
    past_walls.execute(OLD, ([364, 365, 372],))
    in_main, now = names(past_walls, TABLES), datetime.now(UTC)
    counted = {}
    for each in terms.terms():
        timed = each.term.ends or each.term.stays
        assert each.table in in_main or not timed
        async with as_worker():
            counted[each.table] = await terms.count_overdue(each, now + timedelta(days=1))
    past_walls.execute("delete from access_device")
    assert counted["access_device"] == (1, 2)
    assert {table: one for table, one in counted.items() if one.now} == {"access_device": (1, 2)}


WRONG = {
    "no ends": 'swept = "1 day"',
    "no sweep": 'ends = "now()"',
    "both": 'ends = "now()"\nswept = "1 day"\nstays = "true"',
    "unknown": 'end = "now()"',
    "no text": "en = { ends = 'x' }",
}


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG.keys())
def test_term_that_cannot_be_used_is_refused(said: str, tmp_path: Path):
    file = tmp_path / terms.FILE
    file.write_text(f'[terms.mine]\nof = "nobody"\nholds = "Iets"\nterm = "Een dag."\n{said}\n')
    with pytest.raises(terms.TermsRefused, match=r"rights\.toml"):
        terms.read(file)
