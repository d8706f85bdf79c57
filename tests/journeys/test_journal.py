"""Every look is written down: what a visit leaves in the journal, sealed by the worker, and found whole."""

import asyncio
import sys

from deploy.local.house import ROOT

from .conftest import Visitor

WRITTEN = "select count(*) from journal_entry"
SEALED = "select coalesce(sum(cardinality(entry_ids)), 0) from journal_batch"


async def test_a_visit_stands_in_the_journal_and_is_sealed(visitor: Visitor):
    ((before,),) = visitor.house.rows(WRITTEN)
    await visitor.signs_in("84651421235")
    await visitor.sees_every_source()
    ((written,),) = visitor.house.rows(WRITTEN)
    # Two entries each, before and after: for the age at the sign-in, and for each overview.
    assert written >= before + 4
    for _ in range(360):
        if visitor.house.rows(SEALED)[0][0] >= written:
            break
        await asyncio.sleep(0.5)
    verifying = await asyncio.create_subprocess_exec(
        sys.executable, "manage.py", "journal", "verify",
        cwd=ROOT, env=dict(visitor.house.environment), stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await verifying.communicate()
    assert (verifying.returncode, said) == (0, b"")
