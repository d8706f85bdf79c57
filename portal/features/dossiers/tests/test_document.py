"""A dossier on paper says what its page says, whatever a body wrote."""

import io
from datetime import UTC, datetime
from typing import Any

import pypdf

from portal.features.dossiers import document
from portal.features.dossiers.tests.test_rules import cards
from portal.features.dossiers.types import Dossier
from portal.platform.paper import typesetting
from portal.platform.sources.reading.outcomes import Ready

from .answers import THEN, change, read

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)


def text_of(dossier: Dossier) -> dict[str, Any]:
    said = {"outcome": Ready((), THEN), "name": "ready"}
    return document.of_dossier(cards(dossier)[0], said, citizen_name="Lies Verhaegen", now=NOW)


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
