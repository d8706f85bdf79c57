"""Signing in: the way to the provider and back, every refusal, and every failure on that way."""

import logging
from urllib.parse import parse_qsl, urlsplit

import pytest

from portal.channels.entry.tests.conftest import ADULT, NOBODY_KNOWS, ORIGIN, SOURCE, TODAY, UNKNOWN, UNSURE, YOUNG
from portal.platform.access import cookies
from portal.platform.access.types import SignInFailure
from portal.platform.keys import pseudonym
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

NOT_DONE = "/aanmelden/niet-gelukt"
PAGE = 100  # entries that the journal gives at once


async def journal_of(person: str) -> list[tuple[str, list[str | None]]]:
    """List what the journal says about a person, the newest first: (operation, results)."""
    accesses = await entries_of(await pseudonym.citizen_id(person))
    return [(access.name, [use.result for use in access.uses]) for access in accesses]


@pytest.mark.parametrize("means", ["itsme", "eid", "csamtotp", "csamsms"])
async def test_sign_in_opens_a_session_and_keeps_the_register_answer(town, browser, means, count, past_walls):
    past_walls.execute("delete from privacy_visit")
    answer = await browser.go_and_sign_in(town, ADULT, means)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert (count("access_session"), count("sources_answer"), count("privacy_visit")) == (1, 1, 1)


@pytest.mark.parametrize("person", [ADULT, YOUNG])
async def test_question_to_the_register_is_journalled_also_for_who_is_refused(town, browser, person):
    before = await journal_of(person)
    await browser.go_and_sign_in(town, person)
    assert await journal_of(person) == [("sign in", ["ready"]), *before][:PAGE]


async def test_register_is_not_asked_without_the_journal(town, browser, past_walls, caplog):
    past_walls.execute("alter table journal_entry rename to journal_entry_away")
    try:
        # As when the register is out: the number decides.
        adult = await browser.go_and_sign_in(town, ADULT)
        browser.forget_everything()
        young = await browser.go_and_sign_in(town, YOUNG)
    finally:
        past_walls.execute("alter table journal_entry_away rename to journal_entry")
    assert (adult["Location"], young["Location"]) == ("/", f"{NOT_DONE}/age_not_known/")
    said = [
        record.getMessage().rpartition(" ")[0]
        for record in caplog.records
        if record.name == "portal.sources" and record.levelno == logging.ERROR
    ]
    assert said == ["not journalled, so not asked: UndefinedTable"] * 2


async def test_sign_in_sets_host_cookies_only(town, browser):
    there = await browser.get("/aanmelden/")
    (name,) = cookies.pending_names(there.cookies)
    began = there.cookies[name]
    back = await browser.get(await town.choose(there["Location"], ADULT, "eid"))
    session, ended = back.cookies[cookies.SESSION], back.cookies[name]
    flags = ("secure", "httponly", "samesite", "path", "domain")
    assert [[one[flag] for flag in flags] for one in (began, session)] == [[True, True, "Lax", "/", ""]] * 2
    assert (began["max-age"], session["max-age"], ended["max-age"]) == (600, "", 60)
    assert began.value.split(".")[2] not in ended.value  # the secret is gone
    assert back["Cache-Control"] == "no-store"


async def test_sign_in_of_who_is_surely_of_age_though_the_register_does_not_know_when(town, browser):
    assert (await browser.go_and_sign_in(town, UNKNOWN))["Location"] == "/"


async def test_sign_in_leads_back_to_the_page_that_was_wanted(town, browser):
    answer = await browser.go_and_sign_in(town, ADULT, start="/aanmelden/?naar=/uw-gegevens/gezin/")
    assert answer["Location"] == "/uw-gegevens/gezin/"


async def test_sign_in_leads_nowhere_else(town, browser):
    answer = await browser.go_and_sign_in(town, ADULT, start="/aanmelden/?naar=//evil.example/")
    assert answer["Location"] == "/"


async def test_sign_in_of_who_is_signed_in_goes_on(town, browser):
    await browser.go_and_sign_in(town, ADULT)
    answer = await browser.get("/aanmelden/?naar=/hulp/")
    assert (answer.status_code, answer["Location"]) == (303, "/hulp/")


async def test_sign_in_again_closes_the_session_this_browser_had(town, browser, count):
    two = [await browser.get("/aanmelden/") for _ in range(2)]
    first = await browser.get(await town.choose(two[1]["Location"], ADULT, "eid"))
    assert first["Location"] == "/"
    second = await browser.get(await town.choose(two[0]["Location"], ADULT, "eid"))
    assert second["Location"] == "/"
    assert first.cookies[cookies.SESSION].value != second.cookies[cookies.SESSION].value
    assert count("access_session") == 1


@pytest.mark.parametrize(
    ("person", "means", "reason", "says"),
    [
        (ADULT, "fedtoken", "federal_token", "federaal token"),
        (ADULT, "csamselfreg", "means_too_weak", "te laag"),
        (YOUNG, "eid", "minor", "vanaf 18 jaar"),
        (NOBODY_KNOWS, "eid", "birth_date_incomplete", "Later opnieuw proberen helpt niet"),
        pytest.param(
            *(UNSURE, "eid", "birth_date_incomplete", "maar voor een deel"),
            marks=pytest.mark.skipif((TODAY.month, TODAY.day) == (12, 31), reason="on this day nobody is in doubt"),
        ),
    ],
)
async def test_sign_in_is_refused_with_the_reason_and_leaves_nothing(
    town, browser, person, means, reason, says, count
):
    answer = await browser.go_and_sign_in(town, person, means)
    assert (answer.status_code, answer["Location"]) == (303, f"{NOT_DONE}/{reason}/")
    assert cookies.SESSION not in answer.cookies
    assert (count("access_session"), count("sources_answer")) == (0, 0)
    page = await browser.get(answer["Location"])
    assert (page.status_code, says in page.content.decode()) == (403, True)


@pytest.mark.parametrize(
    ("tampering", "reason"),
    [
        ("wrong_iss", "failed"),
        ("wrong_aud", "failed"),
        ("wrong_azp", "failed"),
        ("expired", "failed"),
        ("future_iat", "failed"),
        ("wrong_nonce", "failed"),
        ("wrong_at_hash", "failed"),
        ("alg_none", "failed"),
        ("foreign_key", "failed"),
        ("wrong_signature", "failed"),
        ("wrong_acr", "means_too_weak"),
        ("no_acr", "means_too_weak"),
        ("no_rrn", "no_national_number"),
        ("wrong_group", "not_a_citizen"),
    ],
)
async def test_sign_in_with_a_tampered_token_opens_nothing(town, browser, caplog, tampering, reason, count):
    await town.put("/op/tampering", mode=tampering)
    with caplog.at_level(logging.DEBUG):
        answer = await browser.go_and_sign_in(town, ADULT, "eid")
    assert answer["Location"].partition("?")[0] == f"{NOT_DONE}/{reason}/"
    assert count("access_session") == 0
    written = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("portal"))
    assert ("sign-in" in written, ADULT in written, "Peeters" in written) == (True, False, False)


@pytest.mark.parametrize(
    ("offset", "to"),
    [
        (11, "/"),
        (59, "/"),
        (-59, "/"),
        (61, f"{NOT_DONE}/failed/"),
        (-3700, f"{NOT_DONE}/failed/"),
    ],
)
async def test_sign_in_bears_a_provider_whose_clock_is_a_minute_off(town, browser, caplog, offset, to):
    await town.put("/op/clock", offset_s=offset)
    with caplog.at_level(logging.WARNING):
        answer = await browser.go_and_sign_in(town, ADULT, "eid")
    assert answer["Location"].partition("?")[0] == to
    said = [record.args for record in caplog.records if "the clock of" in record.msg]
    assert [(whose, abs(seconds - offset) < 5) for whose, seconds in said] == [("the provider", True)]


async def test_sign_in_that_failed_shows_the_number_that_the_log_has(town, browser, caplog):
    await town.put("/op/tampering", mode="wrong_nonce")
    with caplog.at_level(logging.WARNING):
        answer = await browser.go_and_sign_in(town, ADULT, "eid")
    number = answer["Location"].partition("?nummer=")[2]
    assert f"sign_in.claim.nonce (nonce) {number}" in caplog.text
    page = await browser.get(answer["Location"])
    assert (page.status_code, number in page.content.decode()) == (400, True)


@pytest.mark.parametrize("mode", ["503", "soap-fault", "hang"])
async def test_sign_in_while_the_register_is_out_goes_by_the_number(town, browser, mode, count):
    await town.put(f"/faults/{SOURCE}", mode=mode, latency_ms=0)
    assert (await browser.go_and_sign_in(town, ADULT))["Location"] == "/"
    # That it was tried is remembered, which is no answer: names of those end otherwise.
    assert count("sources_answer where dataset not like '% !trouble'") == 0
    browser.forget_everything()
    refused = await browser.go_and_sign_in(town, YOUNG)
    assert refused["Location"] == f"{NOT_DONE}/age_not_known/"
    assert (await browser.get(refused["Location"])).status_code == 503


@pytest.mark.parametrize(("mode", "reason"), [("503", "provider_unavailable"), ("hang", "provider_slow")])
async def test_sign_in_while_the_provider_is_out_is_explained(town, browser, mode, reason):
    await browser.get("/aanmelden/")  # what is known of the provider is fresh
    await town.put("/faults/toegangsbeheer", mode=mode, latency_ms=0)
    answer = await browser.get("/aanmelden/?naar=/uw-gegevens/gezin/")
    assert answer["Location"] == f"{NOT_DONE}/{reason}/?naar=%2Fuw-gegevens%2Fgezin%2F"
    page = await browser.get(answer["Location"])
    again = 'href="/aanmelden/?naar=%2Fuw-gegevens%2Fgezin%2F"'
    assert (page.status_code, again in page.content.decode()) == (503, True)


@pytest.mark.parametrize(("mode", "reason"), [("503", "provider_unavailable"), ("hang", "provider_slow")])
async def test_come_back_while_the_provider_is_out_is_explained(town, browser, mode, reason):
    there = await browser.get("/aanmelden/")
    back = await town.choose(there["Location"], ADULT, "eid")
    await town.put("/faults/toegangsbeheer", mode=mode, latency_ms=0)
    answer = await browser.get(back)
    assert answer["Location"] == f"{NOT_DONE}/{reason}/"


async def test_come_back_in_another_browser_is_refused(town, browser, count):
    there = await browser.get("/aanmelden/")
    back = await town.choose(there["Location"], ADULT, "eid")
    browser.forget_everything()
    assert (await browser.get(back))["Location"] == f"{NOT_DONE}/expired/"
    await browser.get("/aanmelden/")  # with a sign-in of its own
    assert (await browser.get(back))["Location"] == f"{NOT_DONE}/expired/"
    assert count("access_session") == 0


async def test_sign_in_logs_the_means(town, browser, caplog):
    with caplog.at_level(logging.INFO, "portal.access"):
        await browser.go_and_sign_in(town, ADULT, "csamsms")
    assert [line for line in caplog.messages if line.startswith("signed in with csamsms ")] != []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("error=access_denied&state={state}", "cancelled"),
        ("error=server_error&state={state}", "provider_unavailable"),
        ("error=invalid_scope&state={state}", "failed"),
        ("state={state}", "failed"),
        ("code=invented&state={state}", "expired"),
        ("code=x&state={state}&iss=https%3A%2F%2Fevil.example", "provider_unavailable"),
        ("error=access_denied", "expired"),
        ("code=x&state=%C3%A9%00", "expired"),
        ("", "expired"),
    ],
)
async def test_come_back_with_anything_else_is_explained(town, browser, query, reason):
    there = await browser.get("/aanmelden/")
    state = there["Location"].partition("&state=")[2].partition("&")[0]
    answer = await browser.get(f"/aanmelden/terug/?{query.format(state=state)}")
    assert answer["Location"].partition("?")[0] == f"{NOT_DONE}/{reason}/"


async def test_other_means_ends_the_session_at_the_provider_and_starts_anew(town, browser):
    answer = await browser.send("/aanmelden/andere-manier/")
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{town.origin}/op/v1/logout?client_id=")
    question = dict(parse_qsl(urlsplit(answer["Location"]).query))
    assert question["post_logout_redirect_uri"] == f"{ORIGIN}/aanmelden/"


async def test_other_means_lead_to_the_page_that_was_wanted(town, browser):
    refused = await browser.go_and_sign_in(town, ADULT, "fedtoken", start="/aanmelden/?naar=/uw-gegevens/gezin/")
    page = (await browser.get(refused["Location"])).content.decode()
    assert '<input type="hidden" name="naar" value="/uw-gegevens/gezin/">' in page
    ended = await browser.send("/aanmelden/andere-manier/", {"naar": "/uw-gegevens/gezin/"})
    back = await town.end(ended["Location"])
    assert (back.partition("=")[0], "gezin" in ended["Location"]) == ("/aanmelden/?state", False)
    answer = await browser.go_and_sign_in(town, ADULT, "eid", start=back)
    assert answer["Location"] == "/uw-gegevens/gezin/"


async def test_other_means_lead_nowhere_else(town, browser):
    ended = await browser.send("/aanmelden/andere-manier/", {"naar": "https://evil.example/"})
    answer = await browser.go_and_sign_in(town, ADULT, start=await town.end(ended["Location"]))
    assert answer["Location"] == "/"


@pytest.mark.parametrize("start", ["/aanmelden/", "/aanmelden/?state=", "/aanmelden/?state=invented"])
async def test_sign_in_forgets_a_page_that_was_wanted_when_other_means_did_not_lead_there(town, browser, start):
    await browser.send("/aanmelden/andere-manier/", {"naar": "/uw-gegevens/gezin/"})
    assert (await browser.go_and_sign_in(town, ADULT, start=start))["Location"] == "/"


async def test_other_means_while_the_provider_is_out_keep_the_page_that_was_wanted(town, browser):
    await town.put("/faults/toegangsbeheer", mode="503", latency_ms=0)
    answer = await browser.send("/aanmelden/andere-manier/", {"naar": "/uw-gegevens/gezin/"})
    assert answer["Location"] == f"{NOT_DONE}/provider_unavailable/?naar=%2Fuw-gegevens%2Fgezin%2F"


@pytest.mark.parametrize("reason", SignInFailure)
async def test_not_done_explains_every_reason_and_offers_a_next_step(database, browser, reason):
    page = await browser.get(f"{NOT_DONE}/{reason}/")
    trouble = ("provider_unavailable", "provider_slow", "age_not_known")
    ours = ("expired", "cancelled", "failed")
    assert page.status_code == (503 if reason in trouble else 400 if reason in ours else 403)
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "same-origin")
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    assert (main.count("<h1>"), 'class="actions"' in main) == (1, True)


async def test_not_done_with_an_unknown_reason_is_not_found(database, browser):
    assert (await browser.get(f"{NOT_DONE}/whatever/")).status_code == 404
