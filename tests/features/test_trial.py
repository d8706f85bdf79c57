"""A feature that the repository does not know is put in as one folder and one line, works, and is taken out again."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from deploy.local.environment import for_portal, for_worker
from deploy.local.house import ROOT, House, running_house
from portal.config.features import EVERY
from tests.waiting import until
from tests.walks.somebody import Somebody

PERSON = "93681527060"
PLATE, ADDRESS = "1-abc-234", "lies@example.org"


def run(*command: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=dict(environment), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


def output_of(*module: str, environment: Mapping[str, str]) -> Any:
    settings = {"DJANGO_SETTINGS_MODULE": "portal.config.settings"}
    return json.loads(run("-m", *module, environment={**environment, **settings}).stdout)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("features")
    shutil.copytree(Path(__file__).with_name("parking"), folder / "parking")
    with running_house({"PYTHONPATH": str(folder), "FEATURES": ",".join((*EVERY, "parking"))}) as house:
        yield house


async def test_a_feature_is_put_in_as_one_folder_and_one_line_and_taken_out_again(house: House):
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        lies = await Somebody(house, http, PERSON).signs_in()
        await gets_a_permit(lies)
        start = await lies.gets("/")
        assert "<p>U hebt 1 parkeervergunningen.</p>" in start.text
        assert re.findall(r'href="([^"]+)">Alles over Parkeren<', start.text) == ["/parkeren/"]
        warned = f"<span>Uw vergunning voor {PLATE.upper()} vervalt.</span>"
        assert (warned in start.text, "Een vergunning geldt een jaar." in start.text) == (True, True)
        dismissed = await lies.posts("/profiel/meldingen/verbergen/", {"melding": start.hidden()["melding"]})
        assert dismissed.location == "/?verborgen=1#aandacht"
        again = await lies.gets("/")
        assert (warned in again.text, "U verborg 1 melding" in again.text) == (False, True)
        assert re.findall(r'<a href="([^"]+)"[^>]*>Parkeren</a>', start.text) == ["/parkeren/"] * 2
        opened, paths = "img-src 'self' https://kaart.example;", ("/", "/parkeren/", "/hulp/")
        await counts_what_is_new(lies)
        policies = {path: (await lies.gets(path)).headers["Content-Security-Policy"] for path in paths}
        assert [path for path, policy in policies.items() if opened in policy] == ["/", "/parkeren/"]
        assert "__Host-parkeren" in (await lies.gets("/cookies/")).text
        assert "/parkeren/api/wijken/{name}" in (await lies.gets("/api/openapi.json")).text
        assert 'id="waar-parkeren"' in (await lies.gets("/hulp/")).text
        assert 'href="/parkeren/"' in (await lies.gets("/hulp/waar-parkeren/")).text
        assert 'href="/hulp/waar-parkeren/"' in (await lies.gets("/parkeren/")).text
    assert "(parking.W001) No street is known." in run("manage.py", "check", environment=house.environment).stderr

    ((citizen_id,),) = house.rows("select citizen_id from parking_permit")
    left = output_of("tests.features.left_out", environment={**house.environment, "FEATURES": ""})
    assert "parking" not in {*left["features"], *left["rooms"], *(task.partition(".")[0] for task in left["tasks"])}
    assert [each for each in (*left["places"], *left["hrefs"]) if "park" in each] == []
    assert house.rows("select plate from parking_permit") == [(PLATE.upper(),)]

    given = output_of("tests.features.kept", str(citizen_id), environment=for_portal(house.environment))
    assert given["parking"] == [PLATE.upper()]
    assert house.rows("select count(*) from parking_permit") == [(0,)]
    assert "parking" in output_of("tests.features.kept", environment=for_worker(house.environment))


async def counts_what_is_new(lies: Somebody) -> None:
    """See the feature's count of new things in the navigation, and the page without it when counting fails."""
    seen = []
    for change in (
        "update parking_permit set is_marked = true",
        "update parking_permit set is_marked = false",
        "revoke execute on function parking_unmarked(uuid) from portal",
        "grant execute on function parking_unmarked(uuid) to portal",
    ):
        lies.house.rows(change)
        page = (await lies.gets("/parkeren/")).text
        seen.append(re.findall(r'>(Parkeren(?:<span class="new">[^<]*</span>)?)</a>', page))
    new = ['Parkeren<span class="new">&nbsp;(1 nieuw)</span>'] * 2
    assert seen == [["Parkeren"] * 2, new, ["Parkeren"] * 2, new]


async def gets_a_permit(lies: Somebody) -> None:
    """Send more than a form may be, and wait for the job and the mail."""
    sent = await lies.posts("/parkeren/", {"plaat": PLATE, "mail": ADDRESS}, photo=b"x" * 300_000)
    assert (sent.status, sent.location) == (303, "/parkeren/")
    page, mails = "", []

    async def is_done() -> bool:
        nonlocal page, mails
        page = (await lies.gets("/parkeren/")).text
        async with lies.http.get(f"{lies.house.town}/mail/messages") as came:
            mails = await came.json()
        return "Gemerkt" in page and bool(mails)

    await until(is_done)
    assert f"<li>Vergunning {PLATE.upper()}: Gemerkt</li>" in page
    assert [(mail["recipients"], mail["subject"]) for mail in mails] == [([ADDRESS], "Uw parkeervergunning")]
    assert f"U hebt een vergunning voor {PLATE.upper()}." in mails[0]["text"]
