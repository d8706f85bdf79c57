"""A dossier on paper says what its page says, whatever a body wrote."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest
from django.template.loader import get_template
from django.test import override_settings
from django.utils import timezone
from lxml import html

from portal.features.dossiers import addresses, document, framing, looking, rules
from portal.features.dossiers.tests.test_rules import cards
from portal.features.dossiers.types import Change, Contact, Dossier, Dossiers
from portal.platform.paper import typesetting
from portal.platform.sources.reading.outcomes import Ready
from tests.citizen import person, sign_in

from .answers import NUMBER, THEN, answer, change, dossiers_in, leaf, outcome_of, read

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)


def text_of(dossier: Dossier) -> dict[str, Any]:
    return of_card(cards(dossier)[0], NOW)


def of_card(card: rules.DossierCard, now: datetime) -> dict[str, Any]:
    said = {"outcome": Ready((), THEN), "name": "ready"}
    return document.of_dossier(card, said, citizen_name="Lies Verhaegen", now=now)


async def test_a_dossier_is_set_with_its_history_and_what_is_expected():
    (dossier,) = read(
        change(action="1", words="Stuur <b>het</b> #attest \\ *nu*", due="2026-05-01T00:00:00"),
        change(status="Ingediend", phase="Samenstelling", on="2026-01-01T09:00:00"),
    )
    made = await typesetting.typeset(text_of(dossier))
    text = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages).split())
    for words in ("Stuur <b>het</b> #attest", "Ten laatste op 1 mei 2026", "D-1", "1 januari 2026", "Lies Verhaegen"):
        assert words in text, words


async def test_a_thousand_changes_fit_and_it_is_said_that_there_are_more():
    days = [f"2026-01-{n % 28 + 1:02}T09:00:00" for n in range(1000)]
    (dossier,) = read(*(change(status=f"S{n}", details=["x" * 200], on=day) for n, day in enumerate(days)))
    said = text_of(dossier)
    last = said["groups"][0]["blocks"][0]["sections"][-1]
    assert last["lines"] == ["Er zijn er meer. De rest staat op de pagina zelf."]
    assert (await typesetting.typeset(said)).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("end", "time", "words"),
    [
        ("2026-05-01", None, "tot en met 1 mei 2026"),
        ("2026-05-01", "onbekend", "tot en met 1 mei 2026"),
        ("2026-05-01", "00:00:00", "tot 1 mei 2026 om 00:00"),
        ("2026-05-01", "14:30:00.000", "tot 1 mei 2026 om 14:30"),
        ("2026-02-28", None, "tot en met 28 februari 2026 (die dag is voorbij)"),
        ("2026-02-28", "09:00:00", "tot 28 februari 2026 om 09:00 (die dag is voorbij)"),
        ("9999-12-31", "00:00:00", ""),
    ],
)
def test_page_and_paper_say_until_when_a_state_holds(
    end: str, time: str | None, words: str, monkeypatch: pytest.MonkeyPatch
):
    data = answer(change()).decode()
    period = f"</Begin><Einde><Datum>{end}</Datum>{leaf('Tijd', time)}</Einde></Periode>"
    (dossier,) = dossiers_in(outcome_of(data.replace("</Begin></Periode>", period).encode())).found
    monkeypatch.setattr(timezone, "localdate", lambda: NOW.date())
    context = {"card": cards(dossier)[0], "today": NOW.date().isoformat(), **framing.shared_context()}
    page = str(get_template("dossiers/_when.html").render(context))
    for said in (" ".join(page.split()), str(text_of(dossier))):
        assert (words or "Sinds 1 februari 2026") in said
        assert (" · tot " in said, "tot en met" in said) == (bool(words), "en met" in words)
        assert ("die dag is voorbij" in said) == ("voorbij" in words)


def test_paper_says_all_that_the_page_says():
    same_moment = change(status="Goedgekeurd", phase="Beslissing", kind="Financieel voordeel")
    (dossier,) = read(
        change(action="1", words="Stuur het attest", on="2026-01-01T09:00:00"),
        same_moment,
        change(
            status="Geweigerd", phase="Beslissing", kind="Financieel voordeel", due="2026-05-01", target="2026-06-01"
        ),
    )
    said = text_of(dossier)["groups"][0]
    text = str(said)
    for words in (
        "STL · Financieel voordeel",
        "Sinds 1 februari 2026 · streefdatum voor deze stap: 1 mei 2026 · verwacht op 1 juni 2026",
        "Voor hetzelfde moment gaf de dienst nog een andere stand door.",
        "U moest iets doen: Stuur het attest",
        "hoe u in beroep gaat",
    ):
        assert words in text, words
    (referral,) = read(change(kind="Verwijzing", status=None, phase=None, on=None))
    assert "Hoever dit staat, ziet u alleen bij de dienst zelf." in str(text_of(referral))


# What only the page says: how to act on it there, and how long it took for others.
OF_PAGE_ALONE = re.compile(r"Doe het bij de dienst|U gaat naar ")
AHEAD, OVER = "2099-05-01", "2026-01-15"


def reported(dossier: Dossier) -> rules.DossierCard:
    return replace(cards(dossier)[0], reported_at=THEN)


def one(**said: Any) -> Dossier:
    return Dossier("STL", "", (Change("Toelage", "DossierStatus", **said),))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("card", "words"),
    [
        (cards(one(link="ftp://dienst.example/1"))[0], "ftp://dienst.example/1"),
        (cards(one())[0], "De dienst zegt niet wie uw dossier behandelt."),
        (cards(one(contact=Contact("An Peeters")))[0], "An Peeters"),
        (
            cards(one(day=AHEAD, target=AHEAD))[0],
            "Sinds 1 mei 2099 (die dag moet nog komen) · verwacht op 1 mei 2099",
        ),
        (cards(one(due=AHEAD))[0], "De dienst zegt niet sinds wanneer. · streefdatum voor deze stap: 1 mei 2099"),
        (
            cards(one(needs_action=True, due=OVER))[0],
            "Ten laatste op 15 januari 2026. Die dag is voorbij: neem contact op met de dienst.",
        ),
        (
            cards(one(needs_action=True, due=AHEAD, link="https://dienst.example/1"))[0],
            "Ten laatste op 1 mei 2099.",
        ),
        (
            cards(Dossier("STL", "D-1", (Change("Toelage", ""), Change("Beurs", "", details=("Ontvangen.",)))))[0],
            "Toen heette dit dossier: Beurs",
        ),
        (
            cards(one(status="InBehandeling", details=("Wij lezen het.", "Even geduld.")))[0],
            "De dienst schrijft: Even geduld.",
        ),
        (cards(one(status="Zweeft", details=("Wij lezen het.",)))[0], "Wij lezen het."),
        (
            reported(one()),
            "Gemeld door STL op 3 maart 2026. Dit is wat de dienst ons toen zelf liet weten. Wij vroegen het nu niet "
            "na, dus het kan intussen veranderd zijn.",
        ),
    ],
)
async def test_each_sentence_of_the_page_stands_on_paper(
    card: rules.DossierCard, words: str, monkeypatch: pytest.MonkeyPatch
):
    card = replace(card, handle="x" * 43)

    async def look(*_: object, **__: object) -> Ready[Any]:
        return Ready(Dossiers((card.dossier,)), THEN)

    async def overview_of(*_: object) -> looking.OverviewCards:
        return looking.OverviewCards([card], is_whole=True)

    monkeypatch.setattr(looking, "look", look)
    monkeypatch.setattr(looking, "overview_of", overview_of)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        who = await sign_in(person(NUMBER))
        of_page = sentences_of_page((await who.gets(addresses.of_dossier(card.handle))).content)
    (block,) = of_card(card, datetime.now(UTC))["groups"][0]["blocks"]
    of_paper = "\n".join(texts_in(block))
    assert any(words in sentence for sentence in of_page)
    assert [sentence for sentence in of_page if sentence not in of_paper] == []
    assert all(section["lines"] or section["facts"] for section in block["sections"])


def sentences_of_page(page: bytes) -> list[str]:
    """Give the text of each paragraph and value of a dossier's page, without its title and body."""
    elements = html.fromstring(page.decode()).xpath(
        "//article//*[self::p or self::dd][not(contains(@class, 'whose'))]"
    )
    texts = [" ".join(element.text_content().split()) for element in elements]
    return [text for text in texts if text and not OF_PAGE_ALONE.match(text)]


def texts_in(value: object) -> Iterator[str]:
    """Give every text in a part of a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for each in value.values() for text in texts_in(each))
    elif isinstance(value, Sequence):
        yield from (text for each in value for text in texts_in(each))
