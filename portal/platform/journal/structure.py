"""Compare the definitions of the journal's tables, functions and rights with those that our migrations make.

A chain can fit while a view, a policy, a rule or a trigger stands before the table and hides or swallows rows. Each
fact about the journal's objects is a line of text. The facts that migrations lead to are recorded beside this module
(`structure_main.txt`, `structure_keys.txt`); a test compares the record with a database that was migrated just now.
"""

from functools import cache
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection

from .findings import Finding, FindingKind

# Executed first in a transaction: from then on only PostgreSQL's own objects are found without a schema. So the facts
# name all others with their schema, and nobody's function is called in the place of one of PostgreSQL's.
CATALOG_ONLY = "set local search_path = pg_catalog, pg_temp"

# ours: all relations with a name of the journal, in any schema, as one that is found first would be used instead.
# foreign_to: the objects that extensions brought, which no migration of ours makes. A schema with the name of a role
# is a fact because PostgreSQL looks there first, for that role ("$user").
FACTS = r"""
with ours as (
    select c.*, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relname ~ '^journal_' and n.nspname !~ '^pg_'
), foreign_to as (
    select objid from pg_depend where deptype = 'e'
)
select format(
    'relation %s kind=%s owner=%s persistence=%s access=%s walled=%s forced=%s partition=%s typed=%s',
    o.oid::regclass, relkind, relowner::regrole, relpersistence, (select amname from pg_am where oid = relam),
    relrowsecurity, relforcerowsecurity, relispartition, reloftype <> 0
) from ours o
union all
select format('inherits %s from %s', inhrelid::regclass, inhparent::regclass) from pg_inherits
where inhrelid in (select oid from ours) or inhparent in (select oid from ours)
union all
select format(
    'column %s.%s type=%s not_null=%s identity=%s generated=%s default=%s collation=%s',
    attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
    pg_get_expr(adbin, adrelid), attcollation::regcollation
)
from pg_attribute a join ours o on o.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
where attnum > 0 and not attisdropped and relkind not in ('i', 'S')
union all
-- Not-null constraints are left out: the columns above state not_null.
select format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
where conrelid in (select oid from ours) and contype <> 'n'
union all
select format('index %s valid=%s', pg_get_indexdef(indexrelid), indisvalid and indisready) from pg_index
where indrelid in (select oid from ours)
union all
select format(
    'policy %s on %s for=%s to=%s permissive=%s using=%s check=%s',
    polname, polrelid::regclass, polcmd, array(select each::regrole::text from unnest(polroles) each order by 1),
    polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
) from pg_policy where polrelid in (select oid from ours)
union all
select format('trigger %s enabled=%s', pg_get_triggerdef(oid), tgenabled) from pg_trigger
where tgrelid in (select oid from ours) and not tgisinternal
union all
select format('rule %s enabled=%s', pg_get_ruledef(oid), ev_enabled) from pg_rewrite
where ev_class in (select oid from ours)
union all
select format(
    'grant %s on %s to %s', string_agg(privilege_type, ', ' order by privilege_type), o.oid::regclass,
    grantee::regrole
)
from ours o, aclexplode(relacl) where grantee <> relowner group by o.oid, grantee
union all
select format(
    'grant %s on %s.%s to %s', string_agg(privilege_type, ', ' order by privilege_type), attrelid::regclass, attname,
    grantee::regrole
)
from pg_attribute join ours o on o.oid = attrelid, aclexplode(attacl) group by attrelid, attname, grantee
union all
select format('grantable %s on %s to %s', privilege_type, o.oid::regclass, grantee::regrole)
from ours o, aclexplode(relacl) where is_grantable and grantee <> relowner
union all
select format(
    'function %s returns=%s owner=%s definer=%s settings=%s language=%s body=%s to=%s',
    p.oid::regprocedure, prorettype::regtype, proowner::regrole, prosecdef, proconfig,
    (select lanname from pg_language where oid = prolang),
    encode(sha256(convert_to(coalesce(prosrc, '') || coalesce(pg_get_function_sqlbody(p.oid), ''), 'UTF8')), 'hex'),
    array(
        select grantee::regrole::text from aclexplode(coalesce(proacl, acldefault('f', proowner)))
        where grantee <> proowner order by 1
    )
)
from pg_proc p join pg_namespace n on n.oid = pronamespace where proname ~ '^journal_' and nspname !~ '^pg_'
union all
-- A function or operator with the name of one of PostgreSQL could be called instead of it by a statement of ours.
select format('function %s hides one of PostgreSQL', p.oid::regprocedure) from pg_proc p
where pronamespace <> 'pg_catalog'::regnamespace and pronamespace <> 'information_schema'::regnamespace
    and p.oid not in (select objid from foreign_to)
    and proname in (select proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace)
union all
select format('operator %s hides one of PostgreSQL', o.oid::regoperator) from pg_operator o
where oprnamespace <> 'pg_catalog'::regnamespace and o.oid not in (select objid from foreign_to)
    and oprname in (select oprname from pg_operator where oprnamespace = 'pg_catalog'::regnamespace)
union all
select format('cast from %s to %s', castsource::regtype, casttarget::regtype) from pg_cast
where oid >= 16384 and oid not in (select objid from foreign_to)
union all
select format('schema %s has the name of a role', nspname) from pg_namespace
where nspname in ('owner', 'portal', 'worker')
union all
select format('grant %s on schema public to %s', privilege_type, grantee::regrole)
from pg_namespace, aclexplode(nspacl) where nspname = 'public' and grantee <> nspowner
    -- Another role that reads something else in it (a report, a monitor) needs to see the schema.
    and (privilege_type <> 'USAGE' or grantee = 0 or pg_get_userbyid(grantee) in ('portal', 'worker'))
union all
-- Any role may set default rights for what it makes itself. Only what the owner makes is ours.
select format('default rights of %s for %s: %s', defaclrole::regrole, defaclobjtype, defaclacl) from pg_default_acl
where pg_get_userbyid(defaclrole) = 'owner'
union all
select format('event trigger %s', evtname) from pg_event_trigger where oid not in (select objid from foreign_to)
union all
select format('role %s superuser=%s walls=%s', rolname, rolsuper, not rolbypassrls) from pg_roles
where rolname in ('owner', 'portal', 'worker')
union all
select format('%s is a member of %s', member::regrole, roleid::regrole) from pg_auth_members
where member::regrole::text in ('portal', 'worker')
union all
select format('setting of the database %s', setting)
from pg_db_role_setting, unnest(setconfig) setting
where setdatabase in (0, (select oid from pg_database where datname = current_database()))
    -- Any role may change its own settings; it is the worker that seals and verifies.
    and (setrole = 0 or pg_get_userbyid(setrole) = 'worker')
    -- Settings about time, planning, logging and statistics are left out: they do not change what is read.
    and setting !~* (
        '^(\w+_timeout|synchronous_commit|(maintenance_)?work_mem|hash_mem_multiplier|temp_buffers|jit\w*|enable_\w+'
        '|geqo\w*|(seq|random)_page_cost|(cpu|parallel|max_parallel|effective)_\w+|default_statistics_target'
        '|plan_cache_mode|log_\w+|track_\w+|(auto_explain|pg_stat_statements|pgaudit)\.\w+|application_name'
        '|timezone)='
    )
union all
select format(
    'sequence %s start=%s increment=%s from=%s to=%s cycle=%s', seqrelid::regclass, seqstart, seqincrement, seqmin,
    seqmax, seqcycle
)
from pg_sequence where seqrelid in (select oid from ours)
"""


async def facts(conn: AsyncConnection[Any]) -> set[str]:
    """Read the definitions in a database, a line for each fact. conn: to it, within `standing.catalog_only`."""
    return {line for (line,) in await (await conn.execute(FACTS)).fetchall()}


@cache
def read_structure(name: str) -> frozenset[str]:
    """Read the record of what our migrations make. name: of the database, "main" or "keys"."""
    return frozenset(Path(__file__).with_name(f"structure_{name}.txt").read_text("utf-8").splitlines())


async def compare(conn: AsyncConnection[Any], name: str) -> list[Finding]:
    """Find each fact that is not as our migrations made it: those that are missing, then those that were added.

    conn, name: of the same database, as for `facts` and `read_structure`.
    """
    there, ours = await facts(conn), read_structure(name)
    added = [Finding(FindingKind.STRUCTURE_ADDED, line) for line in sorted(there - ours)]
    return [Finding(FindingKind.STRUCTURE_MISSING, line) for line in sorted(ours - there)] + added
