"""A body that wants a surer sign-in, and portals that cannot work."""

import os
import subprocess

import pytest

from deploy.local.house import ROOT, free_ports
from deploy.local.processes import portal_server, spawn

from ..conftest import Visitor


async def test_a_dataset_that_wants_a_surer_sign_in_says_so(browser, persona, touchy):
    context = await browser.new_context()
    someone = Visitor(await context.new_page(), touchy)
    await someone.signs_in(persona.complete, "csamsms")
    await someone.tile("kluis.bewijzen").get_by_text("sterker middel").wait_for()
    # A dataset that is not asked is not counted among those that are being asked.
    others = await someone.page.locator("[data-dataset]").count() - 1
    await someone.sees(f"Wij vragen nu {others} soorten gegevens over u op")
    await context.close()


@pytest.mark.parametrize(
    "wrong",
    [{"AGENCIES_PATH": "{folder}"}, {"DATABASE_URL": "postgresql://portal:x@127.0.0.1:1/none"}, {"OIDC_ISSUER": ""}],
)
def test_a_portal_that_cannot_work_does_not_start(tmp_path, wrong):
    (tmp_path / "fout").mkdir()
    (tmp_path / "fout/agency.toml").write_text('name = "Fout"\nwebsite = "-"\nkleur = "rood"\n', "utf-8")
    values = {**os.environ, **{name: value.format(folder=tmp_path) for name, value in wrong.items()}}
    child = spawn("portal", portal_server(free_ports(1)[0], grace=1), values, ROOT, log=subprocess.DEVNULL)
    assert child.process.wait(60) != 0
