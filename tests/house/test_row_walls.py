"""Every table with something of a citizen has a wall around each row, for whoever owns it too."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.security

# Tables with a citizen's pseudonym, or with something that is sealed.
TELLING = """
select relname, relrowsecurity and relforcerowsecurity
from pg_class
where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and exists (
    select from pg_attribute where attrelid = pg_class.oid and attnum > 0 and not attisdropped
        and (attname = 'citizen_id' or attname in ('sealed', 'sealed_identity', 'sealed_about'))
)
order by relname
"""
# Roles of ours that could step over a wall: superusers, and those with BYPASSRLS.
BYPASSES = (
    "select rolname from pg_roles where rolname in ('owner', 'portal', 'worker') and (rolsuper or rolbypassrls)"
)
OWNED = "select count(*) from pg_class join pg_roles on relowner = pg_roles.oid where rolname in ('portal', 'worker')"


def test_every_table_of_citizens_has_a_forced_wall(past_walls, past_key_walls):
    found = [*past_walls.execute(TELLING), *past_key_walls.execute(TELLING)]
    assert [name for name, is_walled in found if not is_walled] == []
    expected = {"access_device", "access_session", "journal_entry", "keys_citizen", "mail_outbox", "sources_answer"}
    assert expected <= {name for name, _ in found}


def test_no_role_of_ours_steps_over_a_wall(past_walls):
    assert past_walls.execute(BYPASSES).fetchall() == []
    assert past_walls.execute(OWNED).fetchone() == (0,)


# A connection whose address is not pinned would look names up in a schema of the role's own, or among temporary
# tables.
CONNECTS = re.compile(r"(?:psycopg|Connection)\.connect\((?!\s*pool\.(?:pin|address)\()")


def test_every_connection_of_ours_pins_what_names_mean():
    sources = [file for file in Path("portal").rglob("*.py") if "tests" not in file.parts]
    assert [str(file) for file in sources if CONNECTS.search(file.read_text())] == []
