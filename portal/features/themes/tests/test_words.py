"""What people read on a tile and at the end of the page, word for word."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import get_template

from portal.features.themes.arranging import lists, tiles
from portal.features.themes.arranging.summary import summary_of
from portal.features.themes.arranging.tests.test_tiles import FACTS
from portal.features.themes.arranging.types import ConsultedBody, PageSummary
from portal.features.themes.tests.made import entry, shape_of
from portal.features.themes.types import DatasetGroup, ListFilter
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Outcome, Partial, Ready

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
AGAIN = "Vraag opnieuw wat ontbrak"
NO_LONGER = "Wij wachten niet langer, zodat u verder kunt. Dat betekent niet dat er geen zijn."


def words_of(html: str) -> str:
    """Give the text of a page's part, as a reader hears it."""
    return " ".join(re.sub("<[^>]*>", "", html).split())


def trouble_on(outcome: Outcome, **names: str) -> str:
    """Render a tile and give what its box of trouble says."""
    of = entry(names=names)
    tile = tiles.tile_of(of, outcome, "lead")
    shape = shape_of("lead", may_ask_again=tile.may_help_to_ask_again)
    page = get_template("themes/tile_lead.html").render({"tile": tile, **shape})
    ((_, box),) = re.findall(r'<div class="(trouble)">(.*?)</div>', page, re.DOTALL)
    return words_of(box)


@pytest.mark.parametrize("of", ["body.gezin", "body.other", ""])
@pytest.mark.parametrize("outcome", [Down("unavailable"), Partial((), (Missing("?", "1", "late"),), NOW)])
def test_a_filter_outlives_a_second_try(of, outcome):
    tile = tiles.tile_of(entry(items=Items("Leden/Lid", "lid", "leden", ("name",))), outcome, "theme")
    kept = lists.query_prefix(ListFilter(of, "peeters"), "SEALED")
    shape = shape_of("theme", page="/p/", kept=kept, may_ask_again=True)
    page = get_template("themes/tile_theme.html").render({"tile": tile, **shape})
    # Of whichever list of the page; what was forged is of none.
    kept = "lijst=SEALED&amp;" if of else ""
    assert re.findall(r'href="(\?[^"]*)"', page) == [f"?{kept}opnieuw=body.gezin#tile-body-gezin"]


def partial(*missing: Missing) -> Partial:
    return Partial(tuple(FACTS), missing, NOW)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("unavailable", "Body gaf geen antwoord."),
        ("busy", "Body gaf geen antwoord."),
        ("unreadable", "Body gaf een antwoord dat wij niet kunnen gebruiken."),
        ("silent", "Body zei daar niets over."),
        ("late", f"Body antwoordt traag. {NO_LONGER}"),
        ("full", "wij konden dat nu niet opvragen bij Body."),
        ("failing", "wij konden dat nu niet opvragen bij Body."),
    ],
)
def test_a_missing_part_says_why(reason, words):
    assert trouble_on(partial(Missing("?", "1", reason))) == f"Een deel ontbreekt: {words} {AGAIN}"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (Missing("Body", "", "refused"), "Body geeft dat niet aan ons door."),
        (Missing("Body", "", "off"), "wij vragen dat voorlopig niet op bij Body."),
        (Missing("Body", "", "maintenance", NOW), "Body is in onderhoud tot 3 maart 2026 om 14:03."),
        (Missing("Body", "", "many"), "er is meer dan wij in één keer opvragen bij Body."),
        (
            Missing("Body", "", "assurance"),
            "daarvoor moet u aangemeld zijn met een sterker middel: itsme of eID en kaartlezer.",
        ),
    ],
)
def test_a_part_that_asking_again_will_not_bring_offers_no_such_thing(missing, words):
    assert trouble_on(partial(missing)) == f"Een deel ontbreekt: {words}"


def test_a_part_that_nobody_read_is_told_once_and_asking_again_is_not_offered():
    several = partial(Missing("Body", "Naam/{*}Nieuw", "unread"), Missing("Body", "Nieuw", "unread"))
    assert trouble_on(several) == "Een deel konden wij niet lezen: Body antwoordde meer dan hier staat."
    both = partial(Missing("A", "Nieuw", "unread"), Missing("B", "Nieuw", "unread"), Missing("A", "1", "busy"))
    assert trouble_on(both, A="de ene", B="de andere") == (
        "Een deel konden wij niet lezen: de ene en de andere antwoordden meer dan hier staat. "
        f"Nog een deel ontbreekt: de ene gaf geen antwoord. {AGAIN}"
    )


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("unavailable", "de ene, de andere en Body gaven geen antwoord."),
        ("mismatch", "de ene, de andere en Body gaven een antwoord dat wij niet kunnen gebruiken."),
        ("silent", "de ene, de andere en Body zeiden daar niets over."),
        ("late", f"de ene, de andere en Body antwoorden traag. {NO_LONGER}"),
        ("full", "wij konden dat nu niet opvragen bij de ene, de andere en Body."),
    ],
)
def test_several_missing_bodies_are_several(reason, words):
    missing = [Missing(origin, "1", reason) for origin in ("A", "B", "C")]
    assert trouble_on(partial(*missing), A="de ene", b="de andere") == f"Een deel ontbreekt: {words} {AGAIN}"


def test_several_bodies_that_refuse_are_several():
    missing = [Missing(origin, "1", "refused") for origin in ("A", "B")]
    words = "Een deel ontbreekt: de ene en de andere geven dat niet aan ons door."
    assert trouble_on(partial(*missing), A="de ene", B="de andere") == words


def test_several_bodies_in_maintenance_are_several():
    missing = [Missing(origin, "", "maintenance", NOW) for origin in ("A", "B")]
    words = "Een deel ontbreekt: de ene en de andere zijn in onderhoud tot 3 maart 2026 om 14:03."
    assert trouble_on(partial(*missing), A="de ene", B="de andere") == words


def test_parts_that_are_missing_for_other_causes_each_get_a_sentence():
    two = partial(Missing("MAGDA", "60006", "unavailable"), Missing("A", "", "off"))
    assert trouble_on(two, A="de ene") == (
        "Een deel ontbreekt: Body gaf geen antwoord. "
        f"Nog een deel ontbreekt: wij vragen dat voorlopig niet op bij de ene. {AGAIN}"
    )


@pytest.mark.parametrize(
    ("ago", "since"),
    [
        (timedelta(hours=1), "13:03"),
        (timedelta(hours=14, minutes=3), "00:00"),
        (timedelta(hours=14, minutes=4), "2 maart 2026 om 23:59"),
        (timedelta(days=7), "24 februari 2026 om 14:03"),
    ],
)
def test_since_when_a_source_is_out_carries_the_day_unless_it_is_today_in_brussels(ago, since):
    outcome = Down("connection", since=NOW - ago)
    words = "Wij konden deze gegevens nu niet opvragen bij Body. Dat betekent niet dat er geen zijn."
    tile = tiles.tile_of(entry(), outcome, "all")
    alone = get_template("themes/_trouble.html").render({"tile": tile, "now": NOW})
    assert words_of(alone) == f"{words} Dat lukt niet sinds {since}."
    # Among others it would be said as often as it is the same.
    assert trouble_on(outcome) == f"{words} {AGAIN}"


MAY_EXIST = "Wat ontbreekt, kan dus wel bestaan."


ONE = ConsultedBody(entry().agency, ())


def closing_of(*outcomes: str, bodies: int = 7, known: int = 9, again: tuple[str, ...] = ()) -> str:
    """Render the end of a page: outcomes are whole, or partial or silent with a title (`-Title`, `!Title`)."""
    partial = [title[1:] for title in outcomes if title[0] == "-"]
    silent = [title[1:] for title in outcomes if title[0] == "!"]
    whole = len(outcomes) - len(partial) - len(silent)
    summary = PageSummary(len(outcomes), whole, known, partial, silent, again, [ONE] * bodies)
    context = {"summary": summary, "depth": "theme", "pdf": "/pdf/", "kept": "lijst=SEALED&"}
    return get_template("themes/close.html").render(context)


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        (
            {"outcomes": ["."] * 14},
            "Alle 7 diensten hebben geantwoord. Van de 14 soorten gegevens zeggen er 9 iets over u.",
        ),
        (
            {"outcomes": ["."] * 2, "bodies": 2, "known": 1},
            "Beide diensten hebben geantwoord. Van de 2 soorten gegevens is er 1 die iets over u zegt.",
        ),
        ({"outcomes": ["."], "bodies": 1, "known": 0}, "Body heeft geantwoord."),
        (
            {"outcomes": ["."] * 14, "known": 0},
            "Alle 7 diensten hebben geantwoord. Zij hebben hierover geen gegevens over u. "
            "Had u iets verwacht? Open dan “Toon waarom”: daar leest u wat u kunt doen.",
        ),
        (
            {"outcomes": ["."] * 5, "bodies": 1, "known": 0},
            "Body heeft geantwoord. Die dienst heeft hierover geen gegevens over u. "
            "Had u iets verwacht? Open dan “Toon waarom”: daar leest u wat u kunt doen.",
        ),
        (
            {"outcomes": [*["."] * 12, "!A", "!B"]},
            f"Van 14 soorten gegevens kregen wij er 12. Niet opgevraagd of niet gekregen: A, B. {MAY_EXIST}",
        ),
        (
            {"outcomes": ["!A", "!B"], "known": 0},
            f"Van 2 soorten gegevens kregen wij er geen. Niet opgevraagd of niet gekregen: A, B. {MAY_EXIST}",
        ),
        (
            {"outcomes": [*["."] * 11, "-A", "!B", "!C"]},
            "Van 14 soorten gegevens kregen wij er 11 volledig. Voor een deel gekregen: A. "
            f"Niet opgevraagd of niet gekregen: B, C. {MAY_EXIST}",
        ),
        (
            {"outcomes": ["-A", "-B"]},
            f"Van 2 soorten gegevens kregen wij er geen volledig. Voor een deel gekregen: A, B. {MAY_EXIST}",
        ),
        ({"outcomes": ["-A"]}, f"Wij kregen deze gegevens maar voor een deel. {MAY_EXIST}"),
        (
            {"outcomes": ["!A"], "known": 0},
            "Wij konden deze gegevens nu niet krijgen. Ze kunnen dus wel bestaan.",
        ),
    ],
)
def test_the_closing_line_speaks_of_what_there_is(outcomes, words):
    named = dict(outcomes)
    page = closing_of(*named.pop("outcomes"), **named)
    pdf = " Download als PDF" if outcomes.get("known", 9) else ""
    assert words_of(page) == words + pdf


def test_one_way_asks_all_that_is_missing_again_and_keeps_the_filter():
    page = closing_of(".", "!A", "-B", again=("body.a", "body.b"))
    assert re.findall(r'href="(\?[^"]*)"', page) == ["?lijst=SEALED&amp;opnieuw=body.a&amp;opnieuw=body.b"]


def test_the_overview_names_its_sources_and_their_times_one_level_down():
    found = [
        (entry("a"), Ready((), NOW)),
        (entry("b"), Nothing(NOW)),
        (entry("c"), Late(NOW)),
        (entry("d"), Down("off")),
    ]
    context = {"summary": summary_of(found), "depth": "lead", "pdf": "", "kept": ""}
    page = get_template("themes/close.html").render(context)
    (fold,) = re.findall(r"<details.*</details>", page, re.DOTALL)
    assert words_of(fold) == (
        "Van welke diensten komt dit, en van wanneer? Body A · opgehaald om 14:03 B · opgehaald om 14:03 "
        "C · geprobeerd om 14:03 D"
    )


def test_what_is_empty_stands_in_one_line_with_its_reasons_inside():
    empty = [tiles.tile_of(entry(name, when_nothing=f"Vraag {name}."), Nothing(NOW), "lead") for name in ("a", "b")]
    group = DatasetGroup("gezin", "Gezin", "", [tile.entry for tile in empty])
    context = {"group": group, "empties": empty, "level": "h3", "now": NOW}
    page = get_template("themes/empties.html").render(context)
    summary, inside = page.split("</summary>")
    assert words_of(summary) == "Geen gegevens bij: A en B. Toon waarom"
    assert words_of(inside) == " ".join(
        f"{name.upper()} Body heeft hierover geen gegevens over u. Vraag {name}. "
        "Bron: Body · opgehaald om 14:03 op 3 maart 2026"
        for name in ("a", "b")
    )
