"""What people read on a tile and at the end of the page, word for word."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import get_template

from portal.features.themes import rules
from portal.features.themes.types import Choice, Summary
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading.outcomes import Down, Missing, Outcome, Partial

from .made import entry
from .test_rules import FACTS

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
AGAIN = "Probeer opnieuw: Gezin"


def words_of(html: str) -> str:
    """Give the text of a page's part, as a reader hears it."""
    return " ".join(re.sub("<[^>]*>", "", html).split())


def trouble_on(outcome: Outcome, **names: str) -> str:
    """Render a tile and give what its box of trouble says."""
    of = entry(names=names)
    context = {"tile": rules.tile_of(of, outcome, "lead"), "about": "", "depth": "lead", "level": "h3"}
    page = get_template("themes/tile.html").render({**context, "asked_again": frozenset(), "now": NOW})
    ((_, box),) = re.findall(r'<div class="(trouble)">(.*?)</div>', page, re.DOTALL)
    return words_of(box)


@pytest.mark.parametrize("of", ["body.gezin", "body.other"])
@pytest.mark.parametrize("outcome", [Down("unavailable"), Partial((), (Missing("?", "1", "late"),), NOW)])
def test_a_filter_outlives_a_second_try(of, outcome):
    tile = rules.tile_of(entry(items=Items("Leden/Lid", "lid", "leden", ("name",))), outcome, "theme")
    context = {"tile": tile, "about": "", "depth": "theme", "level": "h2", "asked_again": frozenset(), "now": NOW}
    filtering = {"page": "/p/", "choice": Choice(of, "peeters"), "chosen": "SEALED"}
    page = get_template("themes/tile.html").render({**context, **filtering})
    kept = "lijst=SEALED&amp;" if of == "body.gezin" else ""
    assert re.findall(r'<a href="(\?[^"]*)"', page) == [f"?{kept}opnieuw=body.gezin#tile-body-gezin"]


def partial(*missing: Missing) -> Partial:
    return Partial(tuple(FACTS), missing, NOW)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("unavailable", "Body gaf geen antwoord."),
        ("busy", "Body gaf geen antwoord."),
        ("refused", "Body geeft dat niet aan ons door."),
        ("unreadable", "Body gaf een antwoord dat wij niet kunnen gebruiken."),
        ("silent", "Body zei daar niets over."),
        ("late", "Body antwoordt traag. Wij wachten niet langer, zodat u verder kunt."),
        ("full", "wij konden dat nu niet opvragen bij Body."),
        ("failing", "wij konden dat nu niet opvragen bij Body."),
    ],
)
def test_a_missing_part_says_why(reason, words):
    assert trouble_on(partial(Missing("?", "1", reason))) == f"Een deel ontbreekt: {words} {AGAIN}"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
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
        ("refused", "de ene, de andere en Body geven dat niet aan ons door."),
        ("mismatch", "de ene, de andere en Body gaven een antwoord dat wij niet kunnen gebruiken."),
        ("silent", "de ene, de andere en Body zeiden daar niets over."),
        ("late", "de ene, de andere en Body antwoorden traag. Wij wachten niet langer, zodat u verder kunt."),
        ("full", "wij konden dat nu niet opvragen bij de ene, de andere en Body."),
    ],
)
def test_several_missing_bodies_are_several(reason, words):
    missing = [Missing(origin, "1", reason) for origin in ("A", "B", "C")]
    assert trouble_on(partial(*missing), A="de ene", b="de andere") == f"Een deel ontbreekt: {words} {AGAIN}"


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
    assert trouble_on(Down("connection", since=NOW - ago)) == (
        "Wij konden deze gegevens nu niet opvragen bij Body. Dat betekent niet dat er geen zijn. "
        f"Dat lukt niet sinds {since}. {AGAIN}"
    )


MAY_EXIST = "Wat ontbreekt, kan dus wel bestaan."


@pytest.mark.parametrize(
    ("whole", "partial", "silent", "words"),
    [
        (14, [], [], "Alle 14 bronnen hebben geantwoord."),
        (2, [], [], "Beide bronnen hebben geantwoord."),
        (1, [], [], "De bron heeft geantwoord."),
        (12, [], ["A", "B"], "Van 14 bronnen antwoordden er 12. Niet opgevraagd of niet gekregen: A, B."),
        (1, [], ["A"], "Van 2 bronnen antwoordde er 1. Niet opgevraagd of niet gekregen: A."),
        (0, [], ["A", "B"], "Geen van de 2 bronnen antwoordde. Niet opgevraagd of niet gekregen: A, B."),
        (12, ["A"], [], "Van 13 bronnen antwoordden er 12 volledig. Voor een deel gekregen: A."),
        (1, ["A", "B"], [], "Van 3 bronnen antwoordde er 1 volledig. Voor een deel gekregen: A, B."),
        (0, ["A", "B"], [], "Geen van de 2 bronnen antwoordde volledig. Voor een deel gekregen: A, B."),
        (
            *(11, ["A"], ["B", "C"]),
            "Van 14 bronnen antwoordden er 11 volledig. Voor een deel gekregen: A. "
            "Niet opgevraagd of niet gekregen: B, C.",
        ),
        (
            *(0, ["A"], ["B"]),
            "Geen van de 2 bronnen antwoordde volledig. Voor een deel gekregen: A. "
            "Niet opgevraagd of niet gekregen: B.",
        ),
        (0, ["A"], [], "Wij kregen deze gegevens maar voor een deel."),
    ],
)
def test_the_closing_line_speaks_of_what_there_is(whole, partial, silent, words):
    summary = Summary(whole + len(partial) + len(silent), whole, partial, silent)
    page = words_of(get_template("themes/close.html").render({"summary": summary}))
    assert page == (f"{words} {MAY_EXIST}" if partial or silent else words)


def test_the_closing_line_about_one_source_that_was_not_had():
    page = words_of(get_template("themes/close.html").render({"summary": Summary(1, 0, [], ["A"])}))
    assert page == "Wij konden deze gegevens nu niet krijgen. Ze kunnen dus wel bestaan."
