"""Versions of the policy: published ones never change, two are compared, and a change is told until it was seen."""

import hashlib
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.test import override_settings

from portal.features.privacy.policy import comparing, home_block, reading, views
from portal.features.privacy.policy.types import ComparedPart, WordRun
from portal.features.profile import queries as profile
from portal.features.profile.tests.conftest import occasion, somebody
from portal.features.profile.types import Dismissal
from portal.platform.language.dates import day_here

from .test_policy import get_page

LONG_AGO = "from = 2020-01-01"


def another_version(tmp_path: Path) -> Path:
    """Make a folder with another version after the last: a title, a paragraph and a section are not the same.

    All of them hold since long ago, whatever the clock says.
    """
    folder = Path(shutil.copytree(reading.FOLDER, tmp_path / "versions"))
    last = len(reading.read(folder))
    for file in folder.glob("*.toml"):
        file.write_text(re.sub(r"^from = .*$", LONG_AGO, file.read_text("utf-8"), count=1, flags=re.MULTILINE))
    text = (folder / f"{last}.toml").read_text("utf-8")
    text = re.sub(r'^news = ".*"$', 'news = "Wij zeggen nu iets over parkeren."', text, count=1, flags=re.MULTILINE)
    text = text.replace('title = "Een klacht"', 'title = "Niet akkoord?"')
    text = text.replace("Alleen u. Uw profiel is persoonlijk.", "Alleen u. Uw profiel is helemaal persoonlijk.")
    text = text.replace("Mijn Burgerprofiel is er alleen voor wie meerderjarig is.", "Iedereen is welkom.")
    begin, end = text.index('[[sections]]\nid = "buurt"'), text.index('[[sections]]\nid = "verbeteren"')
    parking = '[[sections]]\nid = "parkeren"\ntitle = "Parkeren"\ntext = """\nKomt later <b>.\n"""\n\n'
    (folder / f"{last + 1}.toml").write_text(text[:begin] + parking + text[end:], "utf-8")
    return folder


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return another_version(tmp_path)


def test_version_that_was_published_is_never_changed():
    """What is to be different is said in a new version: whoever read this one, read this one."""
    published = {1: "0f1619cb04b001b7"}
    found = {
        int(file.stem): hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in reading.FOLDER.glob("*.toml")
    }
    assert found == published


def test_two_versions_are_compared_paragraph_by_paragraph(second):
    old, new = reading.read(second)[-2:]
    sections = {section.id: section for section in comparing.compare(old, new)}
    kinds = {name: section.kind for name, section in sections.items() if section.kind != "same"}
    assert kinds == {
        "inzage": "changed",
        "klacht": "changed",
        "aanmelden": "changed",
        "parkeren": "added",
        "buurt": "removed",
    }
    assert sections["klacht"].former == "Een klacht"
    (changed,) = [part for part in sections["inzage"].parts if part.kind != "same"]
    assert changed.kind == "changed"
    assert [run.text for run in changed.new if run.is_marked] == ["helemaal"]
    assert not any(run.is_marked for run in changed.old)
    assert [part.kind for part in sections["buurt"].parts] == ["removed"]
    assert [part.kind for part in sections["parkeren"].parts] == ["added"]
    assert {section.kind for section in comparing.compare(old, old)} == {"same"}


def test_paragraph_that_has_little_in_common_was_left_out_and_another_came():
    found = list(comparing._replacement(["Wij bewaren alles een jaar."], ["Bel ons gerust eens op."]))
    assert [part.kind for part in found] == ["removed", "added"]
    whole = [" ".join(run.text for run in part.old or part.new) for part in found if isinstance(part, ComparedPart)]
    assert whole == ["Wij bewaren alles een jaar.", "Bel ons gerust eens op."]


def test_paragraph_that_came_before_others_does_not_make_them_new():
    """Each is laid beside the one that it was, wherever that stood."""
    old = ["Een eerste zin van zes woorden.", "Wij bewaren het tien jaar lang.", "Bel ons gerust."]
    new = [
        "Iets heel anders.",
        "Een eerste zin van vijf woorden.",
        "Wij bewaren het een jaar lang.",
        "Mail ons nooit.",
    ]
    found = list(comparing._replacement(old, new))
    assert [part.kind for part in found] == ["added", "changed", "changed", "removed", "added"]
    assert [run.text for run in found[1].new if run.is_marked] == ["vijf"]
    assert [run.text for run in found[2].old if run.is_marked] == ["tien"]
    assert list(comparing._replacement([], ["Een."])) == [ComparedPart("added", (), (WordRun("Een."),))]


async def test_comparison_says_in_words_what_changed_and_escapes_what_is_written(database, second):
    with override_settings(POLICY_FOLDER=str(second)):
        last = len(reading.versions())
        page = await get_page(f"/privacy/versies/{last}/{last - 1}/")
        listed = await get_page("/privacy/versies/")
    assert f'href="/privacy/versies/{last - 1}/{last}/"' in listed
    for word in ("Gewijzigd", "Nieuw", "Weggelaten"):
        assert f">{word}</span>" in page
    # What changed stands first, what did not is folded below it.
    assert (
        page.index(">Weggelaten</span>")
        < page.index("Hetzelfde gebleven</h2>")
        < page.index("Waarover dit gaat</h3>")
    )
    assert "in uw profiel. Een kaart" in page
    assert "<ins>helemaal</ins>" in page
    assert "Komt later &lt;b&gt;." in page
    assert page.count("<h1>") == 1


async def test_change_is_told_until_the_citizen_looked(database, past_walls: psycopg.Connection, second):
    citizen_id = await somebody()
    request = SimpleNamespace(
        occasion=occasion(citizen_id), method="GET", session=None, path="/", correlation_id=str(citizen_id)
    )
    with override_settings(POLICY_FOLDER=str(second)):
        number = reading.newest().number
        (signal,) = [found async for found in home_block.find(request)]
        assert (signal.cause, signal.href) == (str(number), f"/privacy/versies/{number}/gezien/")
        assert signal.what == "Wij zeggen nu iets over parkeren."
        dismissal = Dismissal(signal.rule, signal.cause)
        assert await profile.mark_of(citizen_id, dismissal) not in await profile.dismissals_of(citizen_id)
        for _ in range(2):
            answer = await views.dismiss_signal(request.occasion, number)
            assert answer == f"/privacy/versies/{number - 1}/{number}/"
        assert await profile.dismissals_of(citizen_id) == {await profile.mark_of(citizen_id, dismissal)}
        # The next change is another cause.
        later = Dismissal(signal.rule, str(number + 1))
        assert await profile.mark_of(citizen_id, later) not in await profile.dismissals_of(citizen_id)


async def test_version_of_a_later_day_is_announced_and_does_not_hold_yet(database, second):
    now = datetime.now(UTC)
    folder, day = Path(second), day_here(now) + timedelta(days=1)
    last = len(reading.read(folder))
    file = folder / f"{last}.toml"
    file.write_text(file.read_text("utf-8").replace(LONG_AGO, f"from = {day.isoformat()}"), "utf-8")
    with override_settings(POLICY_FOLDER=str(folder)):
        assert reading.in_force(now).number == last - 1
        assert reading.in_force(now + timedelta(days=1)).number == last
        request = SimpleNamespace(occasion=SimpleNamespace(now=now))
        (signal,) = [found async for found in home_block.find(request)]
        assert (signal.title, signal.cause) == ("Onze privacyverklaring verandert", str(last))
        policy = await get_page("/privacy/")
        assert f"Versie {last - 1}, geldt vanaf" in policy
        assert f'href="/privacy/versies/{last - 1}/{last}/">Kijk wat er verandert</a>' in policy
        assert (await get_page("/privacy/versies/")).count("(nu nog niet)") == 1
        assert "Deze versie geldt nog niet." in await get_page(f"/privacy/versies/{last}/")
        assert f'"policy":{last - 1},' in await get_page("/privacy/register.json")


async def test_first_version_changes_nothing(tmp_path: Path):
    folder = tmp_path / "versions"
    folder.mkdir()
    shutil.copy(reading.FOLDER / "1.toml", folder)
    with override_settings(POLICY_FOLDER=str(folder)):
        assert [found async for found in home_block.find(SimpleNamespace())] == []
        # There is no other before its day.
        assert reading.in_force(datetime(2001, 1, 1, tzinfo=UTC)).number == 1
