"""Each address, asked over HTTP as its examples say: what it answers, and that nobody else gets anything by it."""

import asyncio
import json
import re
from fnmatch import fnmatchcase

import pytest
from django.conf import settings
from lxml import html

from portal.config.security_headers import EVERY_ANSWER, NO_PAGE_POLICY
from portal.features.mailbox.tests.examples import links_the_ebox
from portal.platform.access import cookies
from portal.platform.access.types import Audience
from portal.platform.feature import installed
from portal.platform.sources import catalogue
from portal.platform.ui import file_names
from tests.hyphens import whole_words
from tests.walks import machine, table
from tests.walks.example import Example, Person
from tests.walks.somebody import Answer, People, Somebody
from tests.walks.table import Address, every_example

from .conftest import OPERATOR_KEY
from .test_nothing_leaks import database_text

pytestmark = pytest.mark.security

# The whole content security policy is compared, so that no directive is widened by accident.
POLICY = re.compile(
    "default-src 'none'; script-src 'nonce-[A-Za-z0-9_-]{22}'; style-src 'self'; font-src 'self'; img-src 'self'; "
    r"connect-src 'self'; form-action 'self' http://127\.0\.0\.1:[0-9]+; base-uri 'none'; frame-ancestors 'none'"
)
PHOTO = "default-src 'none'; frame-ancestors 'none'; sandbox"
NOTHING = re.compile("|".join((POLICY.pattern, re.escape(NO_PAGE_POLICY), re.escape(file_names.POLICY), PHOTO)))
HEAVIEST = 200_000  # bytes of a page; the largest that a citizen opens at once
# Names, numbers and entries of the people of the examples, which nobody else has.
CANARIES = ("Verhaegen", "84651421235", "84.65.14", "Zonnetje", "canary.example", "Canarystraat", "Mijn rijbewijs")
MORE_CANARIES = ("Kersenlaar", "Benhaddou", "Coppieters", "verpleegkunde")
# These begin or end a sign-in, which sets cookies and is no page.
SETS_COOKIES = {"entry:sign_in", "entry:come_back", "entry:other_means", "entry:sign_out", "entry:signed_out"}
# Addresses that only tell whether somebody is signed in.
WAY_IN = ("/aanmelden/", "/afgemeld/")


def headers_missing(answer: Answer) -> set[str]:
    """Name the security headers that an answer lacks, or has otherwise than all others."""
    own = {"Content-Security-Policy", "Referrer-Policy"}
    wrong = {name for name, value in EVERY_ANSWER.items() if name not in own and answer.headers.get(name) != value}
    policy = answer.headers.get("Content-Security-Policy", "")
    is_narrow = POLICY if answer.is_html else NOTHING
    if not is_narrow.fullmatch(policy):
        wrong.add("Content-Security-Policy")
    if answer.headers.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        wrong.add("Referrer-Policy")
    return wrong | {name for name in ("Server",) if name in answer.headers}


def cookies_wrong(answer: Answer) -> list[str]:
    """Name the cookies of an answer that begin or end a sign-in, are declared nowhere, or are open to others."""
    declared = [cookies.LANGUAGE, *(each for feature in installed.features() for each in feature.cookies)]
    known = [pattern for each in declared for pattern in each.names]
    wrong = []
    for header in answer.headers.getall("Set-Cookie", []):
        name = header.partition("=")[0]
        if not any(fnmatchcase(name, pattern) for pattern in known):
            wrong.append(f"sets the cookie {name}")
        if "Max-Age=0" not in header and not {"Secure", "HttpOnly", "Path=/"} <= set(header.split("; ")):
            wrong.append(f"opens the cookie {name} to others")
    return wrong


def wrong_with(address: Address, example: Example, answer: Answer, language: str = "nl") -> list[str]:
    """List what is wrong with an answer to an example."""
    wrong = [f"header {name}" for name in sorted(headers_missing(answer))]
    if answer.status != example.status:
        wrong.append(f"{answer.status} instead of {example.status}")
    wrong += [each for each in cookies_wrong(answer) if address.name not in SETS_COOKIES]
    # 204 has no length either (RFC 9110, 8.6).
    is_streamed = "Content-Length" not in answer.headers and answer.status != 204
    if is_streamed != (address.is_streamed and answer.status == 200 and bool(example.person)):
        wrong.append("streams and does not say so" if is_streamed else "says that it streams, and does not")
    if answer.is_html and example.is_page:
        page = html.document_fromstring(answer.content)
        if (page.get("lang"), answer.headers.get("Content-Language")) != (language, language):
            wrong.append(f"language {page.get('lang')}")
        if len(page.findall(".//h1")) != 1:
            wrong.append("no title, or more than one")
        if len(answer.content) > HEAVIEST:
            wrong.append(f"weighs {len(answer.content)} bytes")
        if is_streamed and b'class="closing"' not in answer.content:
            wrong.append("no closing line")
    return wrong


async def as_operator(who: Somebody, address: Address) -> Answer:
    headers = {"Authorization": f"Bearer {OPERATOR_KEY}"}
    return await who.asks("GET", address.bare_path(address.examples[0]), headers=headers)


async def as_machine(who: Somebody, address: Address, example: Example) -> Answer:
    found = await example.prepare(who)
    if not example.scope:
        return await who.asks("POST", address.bare_path(example), data=dict(found))
    said = None if example.said is None else json.dumps(example.said)
    headers = {"Authorization": f"Bearer {await machine.token(who, example.scope)}"}
    return await who.asks(example.method, address.path(example, found), data=said, headers=headers)


async def comes(people: People, address: Address, example: Example) -> Answer:
    """Come to an example as whoever it is for."""
    who = await people.who(example.person)
    if address.audience is Audience.OPERATOR:
        return await as_operator(who, address)
    if address.audience is Audience.MACHINE:
        return await as_machine(who, address, example)
    return await who.comes_to(address, example)


async def test_every_example_is_answered_as_it_says_with_every_header(people: People):
    wrong, nonces = [], []
    for address, example in every_example():
        answer = await comes(people, address, example)
        wrong += [f"{address.name} {answer.path}: {each}" for each in wrong_with(address, example, answer)]
        nonces += re.findall(r"'nonce-([^']+)'", answer.headers.get("Content-Security-Policy", ""))
    assert wrong == []
    assert len(nonces) == len(set(nonces))


async def test_nothing_of_all_that_is_shown_stands_in_logs_database_or_addresses(people: People, house):
    addresses, shown = [], ""
    for address, example in every_example(Audience.CITIZEN):
        if example.person == Person.complete:
            answer = await comes(people, address, example)
            addresses += [answer.path, answer.location]
            shown += answer.text
    written = house.log.read_text("utf-8") + house.worker_log.read_text("utf-8")
    assert all(word in shown for word in (*CANARIES, *MORE_CANARIES) if word != Person.complete)
    for place in (written, database_text(house), " ".join(addresses)):
        assert [word for word in (*CANARIES, *MORE_CANARIES) if word in place] == []


async def test_every_page_of_a_citizen_can_be_read_in_english(people: People):
    who = await people.another(Person.complete)
    chosen = await who.posts("/taal/", {"taal": "en", "naar": "/cookies/"})
    assert (chosen.location, who.cookies["__Host-mbp-taal"]) == ("/cookies/", "en")
    wrong = []
    for address, example in every_example(Audience.ANYONE, Audience.CITIZEN):
        # Forms are sent in the walk above.
        if example.person == Person.complete and example.form is None and address.name not in SETS_COOKIES:
            answer = await who.comes_to(address, example)
            found = wrong_with(address, example, answer, "en")
            wrong += [f"{address.name} {answer.path}: {each}" for each in found]
    assert wrong == []
    # A refusal speaks the chosen language too, and Dutch again once Dutch is chosen.
    lost = await who.gets("/bestaat-niet/")
    assert "This page does not exist" in lost.text
    await who.posts("/taal/", {"taal": "nl", "naar": "/"})
    assert "Deze pagina bestaat niet" in (await who.gets("/bestaat-niet/")).text


async def test_texts_of_a_body_are_english_where_it_says_them_so_and_marked_where_not(people: People):
    who = await people.another(Person.complete)
    for language, said in (
        ("en", {"Identity": "", "Household": "", "Historiek van uw gegevens": ' lang="nl"'}),
        ("nl", {"Identiteit": "", "Gezinssamenstelling": "", "Historiek van uw gegevens": ""}),
    ):
        await who.posts("/taal/", {"taal": language, "naar": "/cookies/"})
        page = whole_words((await who.gets("/uw-gegevens/gezin/")).text)
        doors = r'<h3 class="door" id="title-[a-z_-]+"><a href="[^"]+"( lang="nl")?>([^<]+)</a></h3>'
        titles = {title: lang for lang, title in re.findall(doors, page)}
        assert {title: titles[title] for title in said} == said
        bodies = re.findall(r"<h2[^>]*>(National Register|Rijksregister)</h2>", page)
        assert bodies == ["National Register" if language == "en" else "Rijksregister"]
        identity = whole_words((await who.gets("/uw-gegevens/bron/rijksregister/persoon/")).text)
        assert f"<summary>{'Address' if language == 'en' else 'Adres'}</summary>" in identity
        history = whole_words((await who.gets("/uw-gegevens/bron/rijksregister/persoon_historiek/")).text)
        tags = re.findall(r"<((?:title|h[1-3])\b[^>]*)>(?:Historiek van uw gegevens|Adres)", history)
        assert [tag.endswith(' lang="nl"') for tag in tags] == [language == "en"] * 5


async def test_only_a_sign_in_sets_cookies_and_every_cookie_is_declared(people: People, house):
    for person in ("", Person.complete):
        who = await people.another(person)
        signing_in = {
            cookies.PENDING.rstrip("-") if name.startswith(cookies.PENDING) else name for name in who.set_cookies
        }
        who.set_cookies.clear()
        for address, example in every_example(Audience.ANYONE, Audience.CITIZEN):
            if example.person == person and address.name not in SETS_COOKIES and example.form is None:
                await who.gets(address.path(example))
        assert who.set_cookies == set()
    declared = {name.rstrip("*-") for one in cookies.DECLARED for name in one.names if name.startswith("__Host-mbp")}
    assert signing_in == declared


async def test_nobody_who_is_not_signed_in_sees_a_citizens_page(people: People):
    """With a body's token or the operator's key neither."""
    nobody = await people.who("")
    keys = [f"Bearer {await machine.token(nobody)}", f"Bearer {OPERATOR_KEY}", ""]
    let_in = []
    for address, example in every_example(Audience.CITIZEN):
        if address.audience is Audience.ANYONE:
            continue
        path = address.path(example)
        for key in keys:
            answer = await nobody.asks("GET", path, headers={"Authorization": key} if key else {})
            if answer.status not in (303, 405) or (answer.status == 303 and not answer.location.startswith(WAY_IN)):
                let_in.append((address.name, "GET", answer.status, answer.location))
        for method in ("HEAD", "POST", "PUT", "DELETE"):
            answer = await nobody.asks(method, path, data={} if method == "POST" else None)
            is_led_in = answer.status == 303 and answer.location.startswith(WAY_IN)
            if answer.status not in (403, 405) and not is_led_in:
                let_in.append((address.name, method, answer.status, answer.location))
    assert let_in == []


async def test_who_asks_for_headers_alone_gets_them_and_looks_at_nothing(people: People, house):
    who = await people.who(Person.complete)
    paths = {
        address.path(example, await example.prepare(who))
        for address, example in every_example(Audience.ANYONE, Audience.CITIZEN)
        if example.person in ("", Person.complete) and example.form is None and address.name not in SETS_COOKIES
    }
    count = "select (select count(*) from journal_entry), (select count(*) from sources_answer)"
    before, wrong = house.rows(count), []
    for path in sorted(paths):
        answer = await who.asks("HEAD", path)
        if answer.content or headers_missing(answer) or answer.status in (405, 500):
            wrong.append((path, answer.status, headers_missing(answer)))
    assert wrong == []
    assert house.rows(count) == before


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PATCH", "DELETE", "CONNECT", "BREW"])
async def test_no_address_knows_another_method(people: People, method):
    answered = {}
    for person in ("", Person.complete):
        who = await people.who(person)
        for address in table.addresses():
            answer = await who.asks(method, address.bare_path(address.examples[0]))
            answered[address.name, person] = answer.status
            assert person or [canary for canary in CANARIES if canary in answer.text] == []
    assert {where: status for where, status in answered.items() if status not in (400, 401, 403, 405)} == {}


async def test_session_opens_nothing_for_machines_and_operators(people: People):
    who = await people.who(Person.complete)
    token = (await who.marks())["form_token"]
    wrong = []
    for address, example in every_example(Audience.MACHINE, Audience.OPERATOR):
        for method in ("GET", "HEAD", "POST", "PUT"):
            answer = await who.asks(
                method, address.bare_path(example), data={"form_token": token} if method[0] == "P" else None
            )
            # At an operator's address a form without a key is refused as anywhere, by a page of the citizen's own.
            is_refused = answer.status in (400, 401, 403, 405, 409)
            is_theirs = address.audience is Audience.MACHINE and any(word in answer.text for word in CANARIES)
            if not is_refused or "Set-Cookie" in answer.headers or is_theirs:
                wrong.append((address.name, method, answer.status))
    assert wrong == []


async def test_machines_token_opens_no_operators_page_and_the_operators_key_no_machines(people: People):
    nobody = await people.who("")
    for key, audience, method in (
        (await machine.token(nobody), Audience.OPERATOR, "GET"),
        (OPERATOR_KEY, Audience.MACHINE, "PUT"),
    ):
        for address, example in every_example(audience):
            answer = await nobody.asks(method, address.bare_path(example), headers={"Authorization": f"Bearer {key}"})
            assert answer.status in (401, 405), address.name


def forms_in(answer: Answer) -> list[tuple[str, dict[str, str]]]:
    """List the forms of a page that are posted: where to, and what they hold as it stands there."""
    if not answer.is_html:
        return []
    forms = html.document_fromstring(answer.content).forms
    return [
        (form.get("action") or answer.path, {str(name): str(value or "12345") for name, value in form.form_values()})
        for form in forms
        if (form.method or "").upper() == "POST"
    ]


OURS_TO_CHANGE = ("/profiel/", "/verbeteren/", "/sessies/", "/uw-gegevens/")


async def test_another_citizen_gets_nothing_by_any_address_or_form_of_somebody(people: People, house):
    who, other = await people.who(Person.complete), await people.another(Person.with_new_number)
    second = await people.another(Person.complete)
    # The other person is signed in, with pages of their own.
    assert "De Cleyn" in (await other.gets("/uw-gegevens/")).text
    paths: dict[str, str] = {}
    forms: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
    for address, example in every_example(Audience.CITIZEN):
        if example.person == Person.complete and example.status not in (302, 303):
            answer = await who.comes_to(address, example)
            assert answer.status == example.status, (address.name, answer.status)
            paths[answer.path] = address.name
            for action, held in forms_in(answer):
                if action.startswith(OURS_TO_CHANGE):
                    forms[action.partition("#")[0], tuple(held)] = held
    actions = {action for action, _ in forms}
    assert {"/sessies/andere-beeindigen/", "/sessies/beeindigen/", "/profiel/roepnaam/nakijken/"} <= actions
    tables = [f"profile_{name}" for name in ("kept", "email", "address", "dismissal", "proposal")]
    tables.append("corrections_report")
    mine = " union all ".join(f"select '{name}', count(*) from {name}" for name in tables)
    before = house.rows(mine)
    shown = []
    for path, name in paths.items():
        answer = await other.gets(path)
        if any(canary in answer.text for canary in CANARIES):
            shown.append((name, path))
    for (action, names), held in forms.items():
        own = {name: value for name, value in held.items() if name not in ("form_token", "form_key")}
        answer = await other.posts(action, own)
        if any(canary in answer.text and canary not in str(own) for canary in CANARIES):
            shown.append((action, names))
    assert shown == []
    after = dict(house.rows(mine))
    assert {name for name, count in before if after[name] < count} == set()
    for one in (who, second):
        profile = (await one.gets("/profiel/")).text
        assert [word in profile for word in ("Zonnetje", "@canary.example", "Canarystraat")] == [True] * 3
    assert len({address.rpartition("/")[0] for address in paths}) > 20


async def test_what_one_session_calls_something_means_nothing_in_another(people: People):
    """Not to the same citizen in another browser, and not to another citizen, by page or by form."""
    who = await people.who(Person.complete)
    found = []
    for address, example in every_example(Audience.CITIZEN):
        if example.person == Person.complete and address.parts and example.form is None:
            parts = await example.prepare(who)
            if set(parts) & set(address.parts):
                found.append((address, example, address.path(example, parts)))
    names = {address.name for address, _, _ in found}
    assert {
        "themes:item",
        "themes:item-pdf",
        "themes:child",
        "profile:change_address",
        "corrections:followed",
    } <= names
    other, again = await people.another(Person.abroad), await people.another(Person.complete)
    await links_the_ebox(other)  # who did not is led to that, whatever an address says
    for address, _, path in found:
        assert (await other.gets(path)).status == 404, path
        if "handle" in address.parts:
            assert (await again.gets(path)).status == 404, path


OUTCOME = re.compile(r'data-outcome="(\w+)"')
# A fault for all sources, and the outcomes that it may have: not every body can answer in part.
STATES = {
    "ok": {"ready", "nothing"},
    "partial": {"ready", "nothing", "partial", "down"},
    "503": {"down"},
    "hang": {"late"},
}


@pytest.mark.parametrize("mode", STATES)
async def test_page_with_sources_says_how_each_ended(people: People, faults, house, mode):
    who = await people.who(Person.complete)
    asking = [(address, example) for address, example in every_example(Audience.CITIZEN) if example.asks]
    paths = {address.path(one, await one.prepare(who)): (address, one) for address, one in asking}
    known = catalogue.installed()
    sources = {entry.dataset.source for entry in known.entries}
    sources |= {asked.source for agency in known.agencies for asked in agency.asks}
    for source in sources:
        await faults.set(source, mode)

    at_once = asyncio.Semaphore(settings.PAGES_PER_CITIZEN - 1)

    async def opened(path: str) -> Answer:
        # On a busy machine a source may be late once.
        for _ in range(5):
            async with at_once:
                answer = await who.gets(path)
            if mode == "hang" or b'data-outcome="late"' not in answer.content:
                break
        return answer

    house.rows("delete from sources_answer")
    answers = await asyncio.gather(*map(opened, paths))
    for (path, (address, example)), answer in zip(paths.items(), answers, strict=True):
        assert answer.status == 200, path
        outcomes = set(OUTCOME.findall(answer.text))
        assert outcomes <= STATES[mode], path
        # Search and what looks at all together tell it in words.
        assert outcomes or address.name in ("themes:search", "themes:differences", "themes:timeline", "themes:item")
        assert wrong_with(address, example, answer) == []
        if mode == "partial" and address.name == "themes:overview":
            assert "partial" in outcomes
        if mode in ("503", "hang"):
            assert re.search(r"konden|kregen|traag|Niet gekregen", answer.text), path
