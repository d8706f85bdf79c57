"""Bodies that notify the portal of changes of dossiers, with their own keys, and the portal's answers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
import pytest_asyncio
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.local.house import free_ports
from sandbox.tests.papers import DOSSIER_NUMBER, NUMBER

CHANGE = {
    "person": NUMBER,
    "source": "EERSTE",
    "number": DOSSIER_NUMBER,
    "phase": "Beslissing",
    "status": "Geweigerd",
}
DETAIL = "A thing <b>is</b> wrong."


class Portal:
    """A portal that gives a token for an assertion that the body signed, and keeps the bundles that it gets."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self.key, self.requests, self.bundles, self.status = key, list[Any](), list[Any](), 200
        self.origin, self.token_answer = "", '{"access_token": "good"}'
        self.reached_at = datetime.min.replace(tzinfo=UTC)

    async def token(self, request: web.Request) -> web.Response:
        self.reached_at = datetime.now(UTC)
        form = await request.post()
        public = self.key.public_key()
        claims = jwt.decode(str(form["client_assertion"]), public, ["RS256"], audience=self.origin)
        self.requests.append((claims["sub"], form["scope"]))
        return web.json_response(text=self.token_answer)

    async def take(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer good"
        self.bundles.append(await request.json())
        content = {"Status": "Aanvaard"} if self.status == 200 else {"detail": DETAIL}
        return web.json_response(content, status=self.status)


@pytest_asyncio.fixture
async def fake_portal(town, tmp_path: Path, client_key, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Portal]:
    pem = client_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "eerste.key").write_bytes(pem)
    portal, app = Portal(client_key), web.Application()
    (port,) = free_ports(1)
    app.router.add_post("/machine/token", portal.token)
    app.router.add_post("/api/v2/notificaties", portal.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    portal.origin = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(town, "settings", replace(town.settings, portal=portal.origin, machine_keys=tmp_path))
    yield portal
    await runner.cleanup()


async def change(http, content: Any) -> int:
    async with http.post("/dossiers/changes", json=content) as answer:
        return answer.status


async def answers(http) -> list[tuple[str, str]]:
    async with http.get("/meldingen/sent") as answer:
        return [(one["body"], one["answer"]) for one in await answer.json()]


@pytest.mark.parametrize(("silent", "channels"), [(False, ["Portaal", "Email"]), (True, [])])
async def test_change_is_notified_by_its_body_as_itself(http, fake_portal: Portal, silent, channels):
    assert await change(http, CHANGE | {"silent": silent, "action": "Teken.", "details": ["Volgens ons"]}) == 200
    assert fake_portal.requests == [("eerste", "notificaties")]
    (bundle,) = fake_portal.bundles
    assert len(bundle.pop("Id")) == 36
    assert bundle.pop("DatumNotificatie")[:4] == "2027"
    assert bundle == {
        "AanbiederUri": "urn:test:eerste",
        "Bestemmelingen": [{"Soort": "RRN", "Identificatie": NUMBER}],
        "Categorie": "DossierGerelateerdBerichtWijzigingDossier",
        "TransactieId": f"EERSTE{DOSSIER_NUMBER}",
        "Kanalen": channels,
        "ProductId": "1",
        "MerkCode": "EERSTE",
        "SleutelWaardeParen": [
            {"Sleutel": "DossierNummer", "Waarde": DOSSIER_NUMBER},
            {"Sleutel": "StatusVlaamseCode", "Waarde": "Geweigerd"},
            {"Sleutel": "StatusVlaamseFase", "Waarde": "Beslissing"},
            {"Sleutel": "Actie", "Waarde": "Teken."},
            {"Sleutel": "StatusDetail1", "Waarde": "Volgens ons"},
        ],
    }
    assert await answers(http) == [("eerste", "HTTP 200")]


async def test_bundle_was_sent_before_the_portal_answered_it(http, town, fake_portal: Portal):
    assert await change(http, CHANGE | {"silent": False}) == 200
    (sent,) = town.notices.sent
    assert sent.sent_at <= fake_portal.reached_at


async def test_change_that_says_nothing_of_it_notifies_nobody(http, fake_portal: Portal):
    assert await change(http, CHANGE) == 200
    assert (fake_portal.requests, await answers(http)) == ([], [])


async def test_list_is_notified_in_its_order_and_not_at_all_when_it_is_refused(http, fake_portal: Portal):
    states = [CHANGE | {"status": status, "silent": False} for status in ("Ingediend", "Gepland")]
    assert await change(http, [*states, CHANGE | {"person": "123"}]) == 400
    assert fake_portal.bundles == []
    assert await change(http, states) == 200
    assert [bundle["SleutelWaardeParen"][1]["Waarde"] for bundle in fake_portal.bundles] == ["Ingediend", "Gepland"]
    assert fake_portal.bundles[0]["DatumNotificatie"] < fake_portal.bundles[1]["DatumNotificatie"]


async def test_body_that_notifies_of_nothing_is_no_sender(http, fake_portal: Portal):
    async with http.post("/dossiers/changes", json=CHANGE | {"source": "TWEEDE", "silent": True}) as answer:
        assert (answer.status, "TWEEDE" in (await answer.json())["error"]) == (400, True)
    async with http.post("/dossiers/changes", json=CHANGE | {"silent": "ja"}) as answer:
        assert (answer.status, "silent" in (await answer.json())["error"]) == (400, True)
    assert fake_portal.bundles == []


async def test_each_desk_has_a_page_that_shows_what_it_was_answered(http, fake_portal: Portal):
    form = CHANGE | {"action": "", "silent": "false"}
    async with http.get(f"/dossiers/?person={NUMBER}") as answer:
        assert (await answer.text()).count('name="silent"') == 1
    async with http.post("/dossiers/changes", data=form) as answer:
        assert answer.status == 200
    fake_portal.status = 400
    async with http.post("/dossiers/changes", data=form | {"silent": "true"}) as answer:
        assert answer.status == 200
    async with http.get("/meldingen/") as answer:
        assert '<a href="/meldingen/desks/eerste">eerste</a>: 2' in await answer.text()
    async with http.get("/meldingen/desks/eerste") as answer:
        page = await answer.text()
    assert page.index("HTTP 400") < page.index("HTTP 200, Aanvaard")
    assert ("A thing &lt;b&gt;is&lt;/b&gt; wrong." in page, "stille wijziging" in page) == (True, True)
    async with http.get("/meldingen/desks/tweede") as answer:
        assert answer.status == 404
    async with http.delete("/meldingen/sent") as answer:
        assert (answer.status, await answers(http)) == (204, [])


async def test_change_counts_also_when_the_portal_is_away_or_the_body_has_no_key(http, town, fake_portal: Portal):
    (port,) = free_ports(1)
    town.settings = replace(town.settings, portal=f"http://127.0.0.1:{port}")
    assert await change(http, CHANGE | {"silent": False}) == 200
    town.settings = replace(town.settings, machine_keys=None)
    assert await change(http, CHANGE | {"silent": False}) == 200
    assert [content for _, content in await answers(http)] == [
        "het portaal antwoordt niet",
        "de stad heeft geen sleutels van diensten (SANDBOX_MACHINE_KEYS)",
    ]
    async with http.get(f"/dossiers/people/{NUMBER}") as answer:
        assert (await answer.json())["dossiers"][0]["status"] == "Geweigerd"


@pytest.mark.parametrize("answered", ["", "{}", "[1]", '{"access_token": 1}', '{"access_token": '])
async def test_a_portal_that_gives_no_token_has_answered_that(http, fake_portal: Portal, answered: str):
    fake_portal.token_answer = answered
    assert await change(http, CHANGE | {"silent": False}) == 200
    assert await answers(http) == [("eerste", "geen token in het antwoord")]
