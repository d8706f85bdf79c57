"""The help: every paragraph of the questions and answers has its entry, and every entry its page and its place."""

import hashlib
import re
import shutil
import tomllib
import unicodedata
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import AsyncClient, override_settings
from django.urls import get_resolver, reverse

from portal.platform.feature import installed
from portal.platform.help import entries, marks
from portal.platform.help.entries import FOLDER, HelpError, read, whole_help
from portal.platform.language import offer
from portal.platform.language.current import speaking
from portal.platform.language.translations import InDutch
from portal.platform.ui.markup import hyphenate
from tests.beside import SHARED

DOCUMENT = SHARED / "requirements/veelgestelde-vragen.nl.txt"
REQUIREMENTS = SHARED / "requirements/REQUIREMENTS.md"
PARAGRAPHS = tomllib.loads((FOLDER / "faq_paragraphs.toml").read_text("utf-8"))["paragraphs"]
ENTRIES = list(whole_help().entries.values())
HERE = {claim for feature in installed.features() for claim in feature.help}
# So many words in a row are a sentence of theirs, no longer a name or a turn of phrase.
SHARED_WORDS = 9
MOST_AT_A_PLACE = 6  # questions under a page; nobody reads a longer list


def normalised(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def paragraphs_of_document() -> list[str]:
    return [normalised(line) for line in DOCUMENT.read_text("utf-8").splitlines() if line.strip()]


def difference(written: list[dict], document: list[str]) -> list[int]:
    """Number the paragraphs that the table does not have once and as they are."""
    table = [(row["number"], row["sha256"]) for row in written]
    real = [(number, hashlib.sha256(text.encode()).hexdigest()) for number, text in enumerate(document, 1)]
    once = {row for row in table if [number for number, _ in table].count(row[0]) == 1}
    return sorted({number for number, _ in once.symmetric_difference(real)} | {n for n, _ in set(table) - once})


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the document is not beside the project")
def test_every_paragraph_is_mapped_once_and_unchanged():
    assert difference(PARAGRAPHS, paragraphs_of_document()) == []


def test_a_paragraph_that_is_unmapped_changed_or_doubled_is_found():
    texts = ["Een.", "Twee.", "Drie."]
    table = [{"number": n, "sha256": hashlib.sha256(t.encode()).hexdigest()} for n, t in enumerate(texts, 1)]
    assert difference(table, texts) == []
    assert difference(table[:2], texts) == [3]
    assert difference(table, ["Een.", "Twee!", "Drie."]) == [2]
    assert difference([*table, table[0]], texts) == [1]
    assert difference(table, [*texts, "Vier."]) == [4]


def test_every_paragraph_leads_to_an_entry_or_says_why_not():
    for row in PARAGRAPHS:
        assert set(row) in ({"number", "sha256", "entry", "about"}, {"number", "sha256", "no_entry"}), row
        assert row.get("no_entry", row.get("about")), row
    assert {row["entry"] for row in PARAGRAPHS if "entry" in row} - set(whole_help().entries) == set()


def test_every_entry_is_asked_for():
    asked = {row["entry"] for row in PARAGRAPHS if "entry" in row}
    assert {entry.slug for entry in ENTRIES if entry.slug not in asked and not entry.rows} == set()


@pytest.mark.skipif(not REQUIREMENTS.exists(), reason="the requirements are not beside the project")
def test_rows_that_ask_for_an_entry_exist():
    rows = set(re.findall(r"^\| ([A-O]\d+) \|", REQUIREMENTS.read_text("utf-8"), re.MULTILINE))
    assert {row for entry in ENTRIES for row in entry.rows} - rows == set()


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the document is not beside the project")
def test_no_sentence_of_the_document_is_copied():
    def runs(text: str) -> set[str]:
        words = re.findall(r"[\w’'-]+", normalised(text).casefold())
        return {" ".join(words[at : at + SHARED_WORDS]) for at in range(len(words) - SHARED_WORDS + 1)}

    theirs = {run for text in paragraphs_of_document() for run in runs(text)}
    copied = {entry.slug: sorted(runs(marks.plain(entry.parts)) & theirs) for entry in ENTRIES}
    assert {slug: found for slug, found in copied.items() if found} == {}


async def answered(path: str, status: int = 200) -> str:
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        answer = await AsyncClient().get(path)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
async def test_every_entry_has_a_page_without_an_empty_part(database, entry):
    page = await answered(entry.href)
    main = page.split("<main")[1].split("</main>")[0]
    assert f"<h1>{hyphenate(entry.question)}</h1>" in main
    assert re.findall(r"<(p|li|ul|ol|h[1-6]|strong|a)\b[^>]*>\s*</\1>", main) == []
    assert entry.parts
    for part in entry.parts:
        assert part.lines
        for line in part.lines:
            assert "".join(piece.text for piece in line).strip()
    assert ("Wat hieronder staat, kan hier nu nog niet." in main) == entry.is_absent
    assert ("Een deel hiervan komt later" in main) == bool(entry.waits_for and not entry.is_absent)
    for other in whole_help().related_to(entry):
        assert f'href="{other.href}"' in main


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_every_link_of_an_entry_leads_somewhere(entry):
    anchors = {f"#{part.anchor}" for part in entry.parts if part.anchor}
    for part in entry.parts:
        for piece in (piece for line in part.lines for piece in line if piece.href):
            leads = marks.address(piece.href)
            assert leads.startswith(("/", "https://")) or leads in anchors


async def test_all_entries_stand_on_the_page_of_all_questions_with_their_anchor(database):
    page = await answered("/hulp/")
    for entry in ENTRIES:
        assert f'<li id="{entry.slug}"><a href="{entry.href}">{entry.question}</a></li>' in page


def test_what_comes_later_says_where_it_can_be_done_now():
    """Each line, for no feature of this portal, begins the entries that wait for it."""
    later = whole_help().later
    assert set(later) & HERE == set()
    assert {name for name, one in later.items() if not one.where} == set()
    waiting = [entry.slug for one in later.values() for entry in one.entries]
    assert sorted(waiting) == sorted(entry.slug for entry in ENTRIES if entry.is_absent)


async def test_an_answer_about_what_is_absent_begins_with_where_it_can_be_done_now(database):
    main = (await answered("/hulp/de-app/")).split("<main")[1]
    assert main.index("Waar kan het nu?") < main.index("werkt ook op uw telefoon") < main.index('class="answer"')


async def test_what_comes_later_stands_apart_from_what_can_be_done_here(database):
    page, later = (await answered("/hulp/")).split("<h3>Komt later</h3>")
    apart = [set(re.findall(r'<li id="([a-z0-9-]+)">', part)) for part in (page, later)]
    assert apart == [{e.slug for e in ENTRIES if e.is_absent == is_later} for is_later in (False, True)]
    assert "welke-app" not in page


@pytest.mark.parametrize("name", list(whole_help().later))
def test_a_feature_that_arrives_shortens_what_comes_later_by_itself(tmp_path, name):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "help"))
    for file in folder.glob("*.toml"):
        # With a feature its entries get their places.
        file.write_text(file.read_text("utf-8").replace("places = []", 'places = ["help:all_questions"]'), "utf-8")
    there = read(folder, {*HERE, name})
    assert list(there.later) == [each for each in whole_help().later if each != name]


async def test_the_start_page_leads_to_where_things_can_be_done_now(database):
    main = (await answered("/")).split("<main")[1].split("</main>")[0]
    titles = re.findall(r"<dt>([^<]+)</dt>", main)
    assert titles == [one.title for one in whole_help().later.values()]
    assert re.findall(r'href="(https://[^"]+)"', main) == [
        piece.href for one in whole_help().later.values() for piece in one.where if piece.href.startswith("https")
    ]


def test_directions_hold_on_the_device_at_hand():
    """What stands elsewhere on a phone is said for each width apart. Help is at the right of the top on both."""
    for language in offer.names():
        with speaking(language):
            entries = [entry for entry in whole_help().entries.values() if not entry.is_absent]
        lost = [
            (entry.slug, piece.text)
            for entry in entries
            for part in entry.parts
            for line in part.lines
            for piece in line
            if not piece.width and re.search("rechtsboven|bovenaan|top right", piece.text)
        ]
        assert {slug for slug, _ in lost} <= {"waar-aanmelden", "fout-melden", "hulp-krijgen"}, language


def routes() -> set[str]:
    return {
        f"{namespace}:{name}"
        for namespace, (_, resolver) in get_resolver().namespace_dict.items()
        for name in resolver.reverse_dict
        if isinstance(name, str)
    }


def test_every_place_is_a_page_of_ours():
    assert {place.route for entry in ENTRIES for place in entry.places} - routes() == set()


def places() -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return sorted({(place.route, tuple(place.arguments.items())) for entry in ENTRIES for place in entry.places})


@pytest.mark.parametrize(("route", "arguments"), places(), ids=str)
def test_a_place_links_its_entries_and_not_too_many(route, arguments):
    here = entries.about(route, {"agency": "x", "dataset": "y", **dict(arguments)})
    assert {entry.slug for entry in here} >= {
        entry.slug
        for entry in ENTRIES
        for place in entry.places
        if (place.route, tuple(place.arguments.items())) == (route, arguments)
    }
    assert len(here) <= MOST_AT_A_PLACE
    drawn = get_template("ui/_questions.html").render({"questions": here, "slot": ""})
    assert re.findall(r'href="([^"]+)"', drawn) == [entry.href for entry in here]


@pytest.mark.parametrize(
    ("path", "status", "slug"),
    [
        ("/", 200, "wat-is-mijn-burgerprofiel"),
        ("/cookies/", 200, "waar-komen-gegevens-vandaan"),
        ("/toegankelijkheid/", 200, "hulp-krijgen"),
        ("/afgemeld/", 200, "afmelden"),
        ("/aanmelden/niet-gelukt/minor/", 403, "leeftijd"),
        ("/aanmelden/niet-gelukt/federal_token/", 403, "federaal-token"),
    ],
)
async def test_pages_for_everyone_list_questions_about_them(database, path, status, slug):
    questions = (await answered(path, status)).split('aria-labelledby="vragen"')[1].split("</aside>")[0]
    assert f'href="{reverse("help:entry", kwargs={"slug": slug})}"' in questions


async def test_page_that_nobody_asks_about_has_no_list(database):
    assert 'aria-labelledby="vragen"' not in await answered("/hulp/")


def test_another_argument_is_another_page():
    here = {entry.slug for entry in entries.about("entry:not_done", {"reason": "cancelled"})}
    assert here == {"aanmelden", "hulp-krijgen"}
    assert entries.about("no:such", {}) == []


@pytest.mark.parametrize(
    ("file", "was", "becomes", "said"),
    [
        ("app.toml", 'slug = "de-app"', 'slug = "welke-app"', "stands in it twice"),
        ("app.toml", 'slug = "de-app"', 'slug = "De app"', "regex"),
        ("app.toml", 'slug = "de-app"', 'slug = "de-app"\nkleur = "rood"', "unknown field `kleur`"),
        ("app.toml", 'feature = "app"', 'feature = "apps"', "the feature 'apps' is unknown"),
        ("app.toml", 'related = ["de-app"]', 'related = ["de-appel"]', "leads to 'de-appel'"),
        ("app.toml", 'related = ["de-app"]', "related = []", "length >= 1"),
        ("app.toml", "(hulp:contactvoorkeuren)", "(hulp:contact)", "leads to 'contact'"),
        ("app.toml", "- de activiteiten", "## de activiteiten", "no heading"),
        ("app.toml", "[[entries]]", "[[entries]", "TOML|xpected|nvalid"),
        ("aanmelden-afmelden.toml", 'places = ["entry:not_done"]', "places = []", "it has no place"),
        ("aanmelden-afmelden.toml", 'places = ["entry:not_done"]', 'places = ["entry:not_done x"]', "is none"),
        ("aanmelden-afmelden.toml", "(hulp:aanmelden#itsme)", "(hulp:aanmelden#itsmee)", "aanmelden#itsmee"),
        ("topics.toml", '"phishing",', '"vissen",', "most_asked names 'vissen'"),
        ("topics.toml", 'id = "app"', 'id = "apps"', "apps.toml"),
        ("topics.toml", 'feature = "app"', 'feature = "mailbox"', "names a feature twice"),
        ("topics.toml", "(hulp:ebox-waar-lezen)", "(hulp:ebox)", "mailbox: it leads to 'ebox'"),
        ("topics.toml", "(https://myebox.be)", "(http://myebox.be)", "mailbox: .*leads nowhere"),
        ("topics.toml", "\n[en]", "\n[nl]", "topics.toml.*outside the tables"),
        (
            "topics.toml",
            'app = "The app',
            'apps = "The app',
            "topics.toml.*features.apps: `apps` is not there in Dutch",
        ),
        ("topics.toml", 'en.title = "The app"', 'en.name = "The app"', "topics.toml: app name: `name` is no text"),
        ("algemeen.toml", "[entries.en]", "[entries.xx]", "unknown field `xx`"),
        ("algemeen.toml", "[entries.en]\nquestion", "[entries.en]\nslug", "hulp.*|slug: `slug` is no text"),
    ],
)
def test_damaged_help_refuses_to_start(tmp_path, file, was, becomes, said):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "help"))
    text = (folder / file).read_text("utf-8")
    assert was in text
    (folder / file).write_text(text.replace(was, becomes, 1), "utf-8")
    # As a portal without the mailbox reads it: what is elsewhere has links then.
    with pytest.raises(HelpError, match=said):
        read(folder, HERE - {"mailbox"})


def test_it_is_read_before_anyone_comes_by():
    assert entries.in_language.cache_info().currsize == len(offer.names())


def test_an_entry_is_in_the_language_of_the_page_or_known_to_be_dutch():
    with speaking("en"):
        english = whole_help().entries
    said = english["hulp-krijgen"]
    assert (said.question, said.topic.title) == ("I cannot find my answer. Who helps me?", "About Mijn Burgerprofiel")
    assert {isinstance(text, InDutch) for text in (said.question, said.topic.title)} == {said.is_in_dutch} == {False}
    other = english["afmelden"]
    assert other.question == whole_help().entries["afmelden"].question
    assert (isinstance(other.question, InDutch), other.is_in_dutch) == (True, True)
    # What leads on, leads to the same in each.
    assert list(english) == list(whole_help().entries)
    links = [
        {slug: marks.linked_entries(entry.parts) for slug, entry in of.items()}
        for of in (english, whole_help().entries)
    ]
    assert links[0] == links[1]


async def test_a_page_of_the_help_in_english_marks_what_is_dutch(database):
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        browser = AsyncClient()
        browser.cookies["__Host-mbp-taal"] = "en"
        translated = (await browser.get("/hulp/hulp-krijgen/")).content.decode()
        dutch = (await browser.get("/hulp/waar-aanmelden/")).content.decode()
    assert "<h1>I cannot find my answer. Who helps me?</h1>" in translated
    assert '<div class="answer">' in translated
    assert '<a href="/hulp/fout-melden/" lang="nl">' in translated
    assert f'<h1 lang="nl">{whole_help().entries["waar-aanmelden"].question}</h1>' in dutch
    assert '<title lang="nl">' in dutch
    # Words of ours in it are English.
    assert '<div class="answer" lang="nl">' in dutch
    assert re.search(r'<div lang="en">.*At the Flemish government.*</div>', dutch, re.DOTALL)


def test_topic_of_a_feature_that_is_there_already_is_refused(tmp_path):
    """Two of one name would have one anchor on the page."""
    entry = (
        'slug = "x"\nquestion = "x"\nanswer = "x"\nwords = "x"\nplaces = ["home:start"]\nrelated = ["aanmelden"]\n'
    )
    for topic, said in (("parkeren", ""), ("gegevens", "the topic 'gegevens' is there twice; give one another id.")):
        file = tmp_path / f"{topic}.toml"
        file.write_text(f'topic = {{ id = "{topic}", title = "Parkeren" }}\n[[entries]]\n{entry}', "utf-8")
        if said:
            with pytest.raises(HelpError, match=said):
                read(FOLDER, HERE, [file])
        else:
            assert read(FOLDER, HERE, [file]).topics[-1].id == topic
