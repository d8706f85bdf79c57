"""Certificates: asked for in two clicks, judged before they are handed over, and kept by nobody; over HTTP alone."""

import io
import re
import zipfile
from html import unescape

import pytest

from tests.walks.example import Person
from tests.walks.somebody import Answer, People, Somebody

SOURCE, LISTED = "rijksregister-attesten", "dwse-attesten"
HOUSEHOLD, RESIDENCE, ALIVE = (
    f"rijksregister.{name}" for name in ("gezinssamenstelling", "hoofdverblijfplaats", "leven")
)
NOT_OFFERED = Person.in_many_lessons  # her municipality gives no certificates digitally
PIECE = re.compile(r'<input type="hidden" form="geheel" name="stuk" value="([^"]*)"')
SEAL = re.compile(r'name="zegel" value="([^"]+)"')

pytestmark = pytest.mark.security


async def asks_for(who: Somebody, key: str, language: str = "nl") -> Answer:
    """Ask, again where this machine was too busy to answer in time."""
    for _ in range(5):
        answer = await who.posts(f"/attesten/vraag/{key}/maken/", {"taal": language})
        if what(answer) != ("", "late"):
            break
    return answer


def what(answer: Answer) -> tuple[str, str]:
    """Tell the verdict of what was handed over, and why nothing was."""
    verdict, why = (re.search(rf'data-{name}="([^"]*)"', answer.text) for name in ("verdict", "why"))
    return (verdict[1] if verdict else "", why[1] if why else "")


async def sends_back(who: Somebody, answer: Answer, how: str = "bewaren", **changed: str) -> Answer:
    """Send what a page carries back, as its form does."""
    pieces = [("stuk", piece) for piece in PIECE.findall(answer.text)]
    seal = SEAL.search(answer.text)
    fields = [*pieces, ("zegel", seal[1] if seal else ""), ("wijze", how)]
    form = "&".join(f"{name}={changed.get(name, value)}" for name, value in fields)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return await who.asks("POST", "/attesten/bestand/", data=form, headers=headers)


async def test_certificate_is_two_clicks_from_home_and_comes_under_its_own_name(people: People, faults, house):
    who = await people.who(Person.complete)
    home = await who.gets("/")
    leads = re.findall(r'href="(/attesten/vraag/[^"]+)"[^>]*>([^<]+)<', home.text)
    assert leads[:2] == [
        (f"/attesten/vraag/{HOUSEHOLD}/", "Gezinssamenstelling"),
        (f"/attesten/vraag/{RESIDENCE}/", "Hoofdverblijfplaats"),
    ]
    page = await who.gets(leads[0][0])
    assert f'action="/attesten/vraag/{HOUSEHOLD}/maken/"' in page.text
    count = "select count(*) from journal_entry"
    before = house.rows(count)[0][0]
    given = await asks_for(who, HOUSEHOLD, "fr")
    assert what(given) == ("valid", "")
    assert house.rows(count)[0][0] > before
    # The verdict stands before the document, which nobody keeps: neither as an answer nor as that of a form.
    assert given.text.index("Dit document is echt en niet veranderd") < given.text.index('name="stuk"')
    kept = "select count(*) from (select sealed from sources_answer union all select sealed from access_once) as kept"
    assert house.rows(f"{kept} where length(sealed) > 40000") == [(0,)]
    saved = await sends_back(who, given)
    assert (saved.status, saved.headers["Content-Type"]) == (200, "application/pdf")
    assert saved.content.startswith(b"%PDF-")
    assert saved.headers["Content-Disposition"].startswith(
        'attachment; filename="certificat de composition de menage - '
    )
    shown = await sends_back(who, given, "tonen")
    assert shown.content == saved.content
    assert shown.headers["Content-Disposition"].startswith("inline; ")
    assert shown.headers["Cache-Control"] == "no-store"
    # What viewers of Chromium and Safari were seen to need elsewhere: their own style, and no sandbox.
    policy = shown.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; ")
    assert "sandbox" not in policy
    # The message that sends it on names nobody, and leads whoever receives it to the check page.
    (mail,) = re.findall(r'href="(mailto:[^"]+)"', given.text)
    assert "controle" in mail
    assert not re.search(r"Verhaegen|Lies|8465", mail)


async def test_what_a_page_carries_is_given_to_its_own_session_and_only_as_it_was(people: People, faults):
    who, other = await people.who(Person.complete), await people.another(Person.complete)
    given = await asks_for(who, ALIVE)
    first = PIECE.findall(given.text)[0]
    for changed in ({"stuk": f"{'A' if first[0] != 'A' else 'B'}{first[1:]}"}, {"zegel": "x"}, {"stuk": "=?"}):
        assert (await sends_back(who, given, **changed)).status == 422
    assert (await sends_back(other, given)).status == 422
    nobody = await people.who("")
    assert (await sends_back(nobody, given)).location.startswith("/aanmelden/")
    assert (await sends_back(who, given)).status == 200


@pytest.mark.parametrize(
    ("mode", "verdict", "why"),
    [
        ("changed", "", "changed"),
        ("other-paper", "", "another"),
        ("no-pdf", "", "no_pdf"),
        ("base64", "", "damaged"),
        ("503", "", "down"),
        ("unsealed", "unsealed", ""),
        ("revoked", "unconfirmed", ""),
        ("ok", "valid", ""),
    ],
)
async def test_only_what_was_not_changed_is_handed_over(people: People, faults, mode, verdict, why):
    who = await people.who(Person.complete)
    await faults.set(SOURCE, mode)
    given = await asks_for(who, RESIDENCE)
    assert what(given) == (verdict, why)
    assert bool(PIECE.search(given.text)) == bool(verdict)
    # Whoever gets nothing can ask again, and reach people.
    assert bool(re.search(r"<button>Vraag het opnieuw</button>", given.text)) == bool(why)
    assert ('href="/contact/?over=attest-lukt-niet"' in given.text) == bool(why)


@pytest.mark.parametrize(
    ("person", "why", "said"),
    [
        (NOT_OFFERED, "not_offered", "Uw gemeente geeft dit attest niet digitaal."),
        (Person.abroad, "abroad", "Belgische ambassade"),
        (Person.nowhere, "nowhere", "Bel 1700"),
    ],
)
async def test_reason_why_not_leads_on_to_who_does_give_it(people: People, faults, person, why, said):
    given = await asks_for(await people.who(person), HOUSEHOLD)
    assert what(given) == ("", why)
    assert said in given.text
    assert 'class="desk"' in given.text
    assert not PIECE.search(given.text)


async def test_several_come_as_one_zip_and_what_failed_is_named_in_it_and_beside_it(people: People, faults):
    who = await people.who(Person.complete)
    form = [("attest", ALIVE), ("attest", HOUSEHOLD), ("attest", "rijksregister.bestaat-niet"), ("taal", "de")]
    await faults.set(SOURCE, "ok")
    given = await who.asks("POST", "/attesten/samen/maken/", data=[*(await who.marks()).items(), *form])
    assert "2 van 2 gelukt." in given.text
    assert "Eén van wat u koos, vinden wij niet meer." in given.text
    saved = await sends_back(who, given)
    assert saved.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(saved.content)) as opened:
        names = opened.namelist()
        assert [re.sub(r" - .*(?=\.)", "", name) for name in names] == [
            "Lebensbescheinigung.pdf",
            "Bescheinigung über die Haushaltszusammensetzung.pdf",
            "Lees mij.txt",
        ]
        assert opened.testzip() is None
        assert opened.read(names[0]).startswith(b"%PDF-")
        text = opened.read(names[2]).decode("utf-8-sig")
    assert text.count("Dit document is echt en niet veranderd.") == 2
    assert not re.search(r"Verhaegen|84\.?65", text)
    # A seal that is wrong: asked once more, then named; there is no file, and the way to ask again keeps the choice.
    await faults.set(SOURCE, "changed")
    failed = await who.asks("POST", "/attesten/samen/maken/", data=[*(await who.marks()).items(), *form])
    assert "0 van 2 gelukt." in failed.text
    assert failed.text.count("Wij proberen opnieuw:") == 2
    assert not PIECE.search(failed.text)
    again = re.findall(r'name="attest" value="([^"]+)"', failed.text)
    assert again == [ALIVE, HOUSEHOLD]
    kept = re.search(r'\?keuze=([^"]+)"', failed.text)
    assert kept
    page = await who.gets(f"/attesten/samen/?keuze={unescape(kept[1])}")
    assert re.findall(r'value="([^"]+)" checked', page.text) == [HOUSEHOLD, ALIVE]
    assert '<option value="de" selected>' in page.text


async def test_choice_outlives_the_session_and_nothing_or_too_much_is_said(people: People, faults):
    who = await people.another(Person.complete)
    nothing = await who.posts("/attesten/samen/maken/", {"taal": "fr"})
    assert nothing.location == "/attesten/samen/?geen=1"
    assert "Kies eerst een attest" in (await who.gets(nothing.location)).text
    # Who chose something that is no longer there did choose.
    gone = await who.posts("/attesten/samen/maken/", {"attest": "rijksregister.bestaat-niet"})
    assert gone.location == "/attesten/samen/?weg=1"
    assert "Wat u koos, vinden wij nu niet meer." in (await who.gets(gone.location)).text
    many = [("attest", f"rijksregister.{at}") for at in range(30)]
    much = await who.asks("POST", "/attesten/samen/maken/", data=[*(await who.marks()).items(), *many])
    assert "te-veel=1" in much.location
    marks = await who.marks()
    await who.posts("/afmelden/", {})
    form = [("attest", ALIVE), ("taal", "fr")]
    kept = await who.asks("POST", "/attesten/samen/maken/", data=[*marks.items(), *form])
    assert kept.status in (303, 403)
    assert kept.status == 303 or f'value="{ALIVE}"' in kept.text
    back = await people.another(Person.complete)
    # The form of before comes without a token of the new session: it is shown again, and nothing was asked.
    shown = await back.asks("POST", "/attesten/samen/maken/", data=form)
    assert re.findall(r'value="([^"]+)" checked', shown.text) == [ALIVE]


async def test_number_that_is_sought_stays_in_no_address(people: People, faults):
    who = await people.who(Person.complete)
    led = await who.gets("/attesten/?zoek=inschrijving+84.65.14-212.35&soort=attest")
    assert led.location == "/attesten/?zoek=inschrijving&soort=attest&thema="
    found = await who.gets(led.location)
    assert re.findall(r'href="/attesten/vraag/([^/]+)/"', found.text) == [RESIDENCE, "rijksregister.historiek"]


async def test_wizard_says_what_one_is_worth_and_a_refusal_is_reported_with_words_that_stand_ready(people: People):
    nobody = await people.who("")
    said = {
        "?waar=belgie": "Iedereen moet het aanvaarden.",
        "?waar=eu": "Wat moet het attest zeggen?",
        "?waar=eu&attest=leven": "meertalig formulier",
        "?waar=eu&attest=ander": "geen regels van de Europese Unie",
        "?waar=elders": "e-legalisatie",
        "?waar=": "Kies eerst een antwoord.",
    }
    for query, words in said.items():
        page = (await nobody.gets(f"/attesten/waarde/{query}{'&stap=waar' if query == '?waar=' else ''}")).text
        assert words in page, query
    (ask,) = re.findall(r'href="(/contact/[^"]+)"', (await nobody.gets("/attesten/waarde/?waar=belgie")).text)
    form = (await nobody.gets(ask)).text
    assert "Mijn attest werd geweigerd.\nWie weigerde het:" in form
    assert re.search(r'<option value="dossiers" selected', form)


async def test_body_that_does_not_answer_is_named_and_takes_nothing_of_others_away(people: People, faults, house):
    who = await people.who(Person.complete)
    page = await who.gets("/attesten/")
    assert "Van 3 diensten antwoordden er 3." in page.text
    own = re.findall(r'href="(/attesten/vraag/dwse\.[^"]+)"', page.text)[0]
    given = await asks_for(who, own.split("/")[3], "fr")
    assert (what(given), bool(PIECE.search(given.text))) == (("valid", ""), True)
    # What one session calls it means nothing in another.
    other = await people.another(Person.complete)
    assert (await other.gets(own)).status == 404
    await faults.set(LISTED, "503")
    missing = await who.gets("/attesten/")
    assert 'data-outcome="down"' in missing.text
    assert "Van 3 diensten antwoordden er 2." in missing.text
    sought = await who.gets("/attesten/?zoek=visverlof&opnieuw=1")
    assert 'href="/attesten/?zoek=visverlof&amp;opnieuw=1"' in sought.text
    assert "Attest van leven" in missing.text
    # Asking again what was missing loses nothing of what was sought or chosen.
    sought = await who.gets("/attesten/?zoek=leven&thema=burger_overheid&opnieuw=1")
    assert 'href="/attesten/?zoek=leven&amp;thema=burger_overheid&amp;opnieuw=1"' in sought.text
    # Who looks for something looks through what they saw a moment ago, of which nobody is asked again.
    asked = faults.questions()[LISTED]
    assert "Visverlof" in (await who.gets("/attesten/?zoek=visverlof")).text
    assert faults.questions()[LISTED] == asked
