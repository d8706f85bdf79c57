"""I sign in with a means that is sure enough, or hear why not; I sign out and it is over."""

import pytest

START = "/aanmelden/"
FORGERIES = [
    "wrong_signature",
    "wrong_iss",
    "wrong_aud",
    "wrong_azp",
    "expired",
    "wrong_nonce",
    "wrong_at_hash",
    "no_acr",
    "wrong_acr",
    "no_rrn",
    "alg_none",
    "foreign_key",
    "wrong_group",
    "future_iat",
]


@pytest.mark.parametrize(
    ("means", "label", "level"),
    [
        ("itsme", "itsme", "hoog"),
        ("eid", "eID en kaartlezer", "hoog"),
        ("csamtotp", "beveiligingscode via app", "substantieel"),
        ("csamsms", "beveiligingscode via sms", "substantieel"),
    ],
)
async def test_a_sure_means_opens_the_home_page(visitor, persona, means, label, level):
    await visitor.signs_in_by_hand(persona.complete, means, START)
    assert visitor.page.url == visitor.house.portal + "/"
    await visitor.opens("/sessies/")
    said = await visitor.page.locator("main .facts").first.inner_text()
    assert said.split("\n")[:6] == ["Naam", "Lies Verhaegen", "Aangemeld met", label, "Veiligheidsniveau", level]


@pytest.mark.security
@pytest.mark.parametrize(("means", "reason"), [("fedtoken", "federal_token"), ("csamselfreg", "means_too_weak")])
async def test_a_weak_means_is_refused_with_the_ways_that_work(visitor, persona, means, reason):
    await visitor.signs_in_by_hand(persona.complete, means, START)
    assert visitor.page.url == f"{visitor.house.portal}/aanmelden/niet-gelukt/{reason}/"
    await visitor.sees("Hiermee kunt u wel aanmelden")
    assert "__Host-mbp-sessie" not in [cookie["name"] for cookie in await visitor.page.context.cookies()]


@pytest.mark.security
async def test_a_minor_is_refused_with_an_explanation(visitor, persona):
    before = visitor.house.rows("select count(*) from access_session")
    await visitor.signs_in_by_hand(persona.minor, start=START)
    assert visitor.page.url.endswith("/aanmelden/niet-gelukt/minor/")
    await visitor.sees("enkel toegankelijk voor meerderjarigen")
    assert visitor.house.rows("select count(*) from access_session") == before


@pytest.mark.security
async def test_another_means_leads_to_the_page_that_was_wanted(visitor, persona):
    await visitor.signs_in_by_hand(persona.complete, means="fedtoken", start="/aanmelden/?naar=/uw-gegevens/gezin/")
    await visitor.page.get_by_role("button", name="Kies een andere manier").click()
    await visitor.page.wait_for_url(visitor.house.town + "/**")
    await visitor.chooses(persona.complete, "itsme")
    assert visitor.page.url == visitor.house.portal + "/uw-gegevens/gezin/"


@pytest.mark.parametrize("mode", ["hang", "503", "soap-fault"])
async def test_register_in_trouble_lets_in_who_is_surely_adult(visitor, faults, persona, mode):
    await faults.set("rijksregister-persoon", mode)
    await visitor.signs_in_by_hand(persona.complete)
    assert visitor.page.url == visitor.house.portal + "/uw-gegevens/"


@pytest.mark.security
async def test_register_in_trouble_keeps_out_who_may_be_minor(visitor, faults, persona):
    await faults.set("rijksregister-persoon", "503")
    await visitor.signs_in_by_hand(persona.minor, start=START)
    assert visitor.page.url.endswith("/aanmelden/niet-gelukt/age_not_known/")


@pytest.mark.security
@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_token_opens_nothing(visitor, faults, persona, forgery):
    await faults.tamper(forgery)
    await visitor.signs_in_by_hand(persona.complete)
    assert "/aanmelden/niet-gelukt/" in visitor.page.url
    assert "__Host-mbp-sessie" not in [cookie["name"] for cookie in await visitor.page.context.cookies()]


@pytest.mark.security
async def test_a_code_works_once_and_only_in_the_browser_that_began(visitor, browser, persona):
    seen: list[str] = []
    visitor.page.on("request", lambda request: seen.append(request.url) if "/terug/" in request.url else None)
    await visitor.signs_in_by_hand(persona.complete)
    (back,) = seen
    before = visitor.house.rows("select count(*) from access_session")
    await visitor.page.goto(back)
    assert visitor.page.url == visitor.house.portal + "/uw-gegevens/"
    assert visitor.house.rows("select count(*) from access_session") == before
    stranger = await browser.new_context()
    page = await stranger.new_page()
    await page.goto(back)
    assert page.url.startswith(f"{visitor.house.portal}/aanmelden/niet-gelukt/expired/")
    await page.goto(visitor.house.portal + "/uw-gegevens/")
    assert page.url.startswith(visitor.house.town)
    await stranger.close()


@pytest.mark.parametrize("mode", ["hang", "503"])
async def test_provider_in_trouble_is_said_plainly(visitor, faults, mode):
    await faults.set("toegangsbeheer", mode)
    assert await visitor.opens("/aanmelden/") == 503
    assert visitor.page.url.startswith(f"{visitor.house.portal}/aanmelden/niet-gelukt/provider_")
    await visitor.sees("Vlaams toegangsbeheer")


async def test_after_signing_in_one_is_where_one_wanted_to_be(visitor, persona):
    await visitor.signs_in_by_hand(persona.complete, start="/uw-gegevens/gezin/")
    assert visitor.page.url == visitor.house.portal + "/uw-gegevens/gezin/"


@pytest.mark.security
@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/%0d%0aevil"])
async def test_signing_in_leads_nowhere_else(visitor, persona, elsewhere):
    await visitor.signs_in_by_hand(persona.complete, start=f"/aanmelden/?naar={elsewhere}")
    assert visitor.page.url == visitor.house.portal + "/"


@pytest.mark.security
async def test_signing_out_ends_it(visitor, persona):
    await visitor.signs_in_by_hand(persona.complete)
    cookies = await visitor.page.context.cookies()
    await visitor.page.get_by_role("button", name="Afmelden").click()
    await visitor.page.wait_for_url("**/afgemeld/**")
    await visitor.sees("Sluit")
    assert "__Host-mbp-sessie" not in [cookie["name"] for cookie in await visitor.page.context.cookies()]
    # The old cookie opens nothing any more.
    await visitor.page.context.add_cookies(cookies)
    await visitor.page.goto(visitor.house.portal + "/uw-gegevens/")
    assert await visitor.page.locator("[data-dataset]").count() == 0


@pytest.mark.parametrize("mode", ["hang", "503"])
async def test_signing_out_does_not_need_the_provider(visitor, faults, persona, mode):
    await visitor.signs_in_by_hand(persona.complete)
    await faults.set("toegangsbeheer", mode)
    await visitor.page.get_by_role("button", name="Afmelden").click()
    await visitor.page.wait_for_url("**/afgemeld/?aanbieder=niet-bereikt")


async def test_the_session_says_when_it_ends_and_can_be_extended(visitor, plain_visitor, persona):
    for one in (visitor, plain_visitor):
        await one.signs_in_by_hand(persona.complete)
        await one.sees("wordt u vanzelf afgemeld")
        await one.page.get_by_role("button", name="Langer aangemeld blijven").click()
        await one.page.locator("[data-dataset]").first.wait_for()
        assert one.page.url == one.house.portal + "/uw-gegevens/"
