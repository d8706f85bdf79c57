"""The sign-in against an OpenID provider that we did not write.

The model town's provider is ours, so it could share a misunderstanding with the portal. The npm package
`oidc-provider` is certified and knows nothing of us. What differs between the two, and is right in both:

- The audience of our client assertion is the issuer. Vlaams toegangsbeheer wants that; `oidc-provider` takes the
  issuer and the address of the token endpoint alike.
- Its `sub` is no national number, and by default the ID token holds `sub`, `acr` and the token's own claims only: who
  someone is comes from the userinfo endpoint (OpenID Connect Core, 5.4). Both are tried here.
- It sends `iss` beside the code (RFC 9207).
- Its issuer has no path; that of Vlaams toegangsbeheer ends in `/op`.
- It signs out after asking: we send `client_id`, which Vlaams toegangsbeheer wants, and no `id_token_hint`, since an
  ID token is not kept; then a provider is to ask (RP-Initiated Logout 1.0, 2). Our own session is over by then.
"""

import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.async_api import Browser, Page, async_playwright

from deploy.local.house import House, free_ports, running_house
from tests.walks import chromium
from tests.walks.example import Person

pytestmark = pytest.mark.security

PEOPLE = {
    Person.complete: {"given_name": "Lies", "family_name": "Verhaegen"},
    Person.minor: {"given_name": "Mila", "family_name": "Aerts"},
}


@dataclass(frozen=True)
class Elsewhere:
    """A house whose portal signs people in at a provider that is not the town's, and the key that this one has."""

    house: House
    issuer: str
    key: Path


@pytest.fixture(scope="module")
def at_home(tmp_path_factory) -> Iterator[Elsewhere]:
    """Start a house that signs people in at a port where no provider listens yet."""
    (port,) = free_ports(1)
    issuer = f"http://127.0.0.1:{port}"
    key = tmp_path_factory.mktemp("provider") / "provider.pem"
    made = rsa.generate_private_key(65537, 2048)
    pem = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key.write_bytes(made.private_bytes(*pem))
    with running_house({"OIDC_ISSUER": issuer}) as house:
        yield Elsewhere(house, issuer, key)


@pytest.fixture(scope="module", params=["id_token", "userinfo"])
def elsewhere(request, at_home: Elsewhere, tmp_path_factory) -> Iterator[Elsewhere]:
    """Start the provider; the names stand in the ID token, or only in the answer of the userinfo endpoint."""
    folder = tmp_path_factory.mktemp("provider")
    # What the portal told the town's provider about itself, it tells this one.
    (client,) = json.loads(Path(at_home.house.environment["SANDBOX_CLIENTS"]).read_text("utf-8"))
    port = urlsplit(at_home.issuer).port
    config = {
        "port": port,
        "client": client,
        "people": PEOPLE,
        "claimsIn": request.param,
        "keyFile": str(at_home.key),
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    node = shutil.which("node")
    assert node, "deploy/local/test-tools.sh installs Node"
    with (
        (folder / "provider.log").open("w") as log,
        subprocess.Popen(
            [node, Path(__file__).with_name("provider.mjs"), folder / "config.json"],
            stdin=subprocess.PIPE,  # it ends with us
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as provider,
    ):
        try:
            assert provider.stdout
            said = provider.stdout.readline()
            assert said == "ready\n", (folder / "provider.log").read_text("utf-8")
            yield at_home
        finally:
            provider.kill()


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await chromium.start(playwright)
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context()
    context.set_default_timeout(60_000)
    yield await context.new_page()
    await context.close()


async def _begin(page: Page, elsewhere: Elsewhere) -> None:
    await page.goto(elsewhere.house.portal + "/aanmelden/")
    assert page.url.startswith(elsewhere.issuer + "/")


async def _sign_in(page: Page, elsewhere: Elsewhere, person: str = Person.complete, means: str = "itsme") -> None:
    await _begin(page, elsewhere)
    await page.fill("[name=number]", person)
    await page.fill("[name=means]", means)
    await page.get_by_role("button", name="Aanmelden").click()
    await page.wait_for_url(elsewhere.house.portal + "/**")


async def _cookies(page: Page, elsewhere: Elsewhere) -> set[str]:
    return {cookie["name"] for cookie in await page.context.cookies(elsewhere.house.portal)}


@pytest.mark.parametrize(("means", "label"), [("itsme", "itsme"), ("csamsms", "beveiligingscode via sms")])
async def test_signing_in_leads_home_and_signing_out_ends_it_at_both(page, elsewhere, means, label):
    await _sign_in(page, elsewhere, means=means)
    assert page.url == elsewhere.house.portal + "/"
    await page.goto(elsewhere.house.portal + "/uw-gegevens/")
    assert "Lies Verhaegen" in await page.get_by_role("banner").inner_text()
    assert await page.locator('[data-dataset="rijksregister.persoon"]').get_attribute("data-outcome") == "ready"
    await page.goto(elsewhere.house.portal + "/sessies/")
    assert f"Aangemeld met\n{label}" in await page.locator("main").inner_text()
    await page.get_by_role("button", name="Afmelden").click()
    # Without an ID token as hint, the provider asks first (RP-Initiated Logout 1.0, 2): the portal is left already.
    await page.wait_for_url(elsewhere.issuer + "/session/end?**")
    assert "__Host-mbp-sessie" not in await _cookies(page, elsewhere)
    await page.locator("button[value=yes]").click()
    await page.wait_for_url(elsewhere.house.portal + "/afgemeld/?**")
    # The provider has forgotten them as well: it asks anew who they are.
    await _begin(page, elsewhere)
    assert await page.locator("[name=number]").is_visible()


async def test_a_means_that_was_not_asked_for_is_refused(page, elsewhere):
    await _sign_in(page, elsewhere, means="fedtoken")
    assert page.url == elsewhere.house.portal + "/aanmelden/niet-gelukt/federal_token/"
    assert "__Host-mbp-sessie" not in await _cookies(page, elsewhere)
    # The provider still knows them; another means is possible once it has forgotten.
    await page.locator("main form button").click()
    await page.wait_for_url(elsewhere.issuer + "/session/end?**")
    await page.locator("button[value=yes]").click()
    await page.wait_for_url(elsewhere.issuer + "/kies/**")


async def test_a_minor_is_refused(page, elsewhere):
    await _sign_in(page, elsewhere, Person.minor)
    assert page.url == elsewhere.house.portal + "/aanmelden/niet-gelukt/minor/"


async def test_who_changes_their_mind_hears_so(page, elsewhere):
    await _begin(page, elsewhere)
    await page.get_by_role("button", name="Annuleren").click()
    await page.wait_for_url(elsewhere.house.portal + "/aanmelden/niet-gelukt/cancelled/")


async def test_a_code_works_once(page, elsewhere):
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if "/aanmelden/terug/" in request.url else None)
    await _sign_in(page, elsewhere)
    (back,) = seen
    await page.context.clear_cookies()
    await page.goto(back)
    assert page.url.startswith(elsewhere.house.portal + "/aanmelden/niet-gelukt/expired/")


async def _address_back(page: Page, elsewhere: Elsewhere) -> str:
    """Sign in step by step, as a browser would, up to the address that leads back."""
    await _begin(page, elsewhere)
    chosen = {"number": Person.complete, "means": "itsme"}
    answer = await page.request.post(page.url, form=chosen, max_redirects=0)
    while not (back := answer.headers["location"]).startswith(elsewhere.house.portal):
        answer = await page.request.get(back, max_redirects=0)
    return back


async def test_an_answer_says_whose_it_is(page, elsewhere):
    """RFC 9207: `iss` beside the code; an answer of another provider is refused."""
    back = await _address_back(page, elsewhere)
    ours, theirs = (quote(issuer, safe="") for issuer in (elsewhere.issuer, "https://elders.example"))
    assert f"iss={ours}" in back
    await page.goto(back.replace(ours, theirs))
    assert "/aanmelden/niet-gelukt/" in page.url
    assert "__Host-mbp-sessie" not in await _cookies(page, elsewhere)
    # Unchanged, the address signs in without a question, since the provider knows the person by now.
    await page.goto(elsewhere.house.portal + "/aanmelden/")
    assert page.url == elsewhere.house.portal + "/"


async def test_an_answer_without_its_issuer_is_refused(page, elsewhere):
    """The provider says in its metadata that it always names itself: an answer that does not is not its own."""
    back = await _address_back(page, elsewhere)
    await page.goto(back.replace(f"&iss={quote(elsewhere.issuer, safe='')}", ""))
    assert "/aanmelden/niet-gelukt/" in page.url
