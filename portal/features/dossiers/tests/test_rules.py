"""What a page shows of dossiers: groups, steps, filters, links, and each status in plain words."""

from datetime import date
from typing import Any

import pytest
from django.template.loader import get_template

from portal.features.dossiers import arranging, drawing, home_block, looking, rules, wording
from portal.features.dossiers.rules import DossierFilter, Stand
from portal.features.dossiers.types import Change, Dossier
from portal.platform.sources import gaps
from portal.platform.sources.reading.outcomes import Missing
from portal.platform.ui import ways

from .answers import change, read

TODAY = date(2026, 3, 3)
# Every code of the exchange of statuses, and those of its published answers only.
CODES = [
    "Geinitieerd",
    "Aangevraagd",
    "Ingediend",
    "DossierOnvolledig",
    "DossierVolledig",
    "Ontvankelijk",
    "OnOntvankelijk",
    "InBehandeling",
    "KlaarVoorBeslissing",
    "InWacht",
    "Beslist",
    "Goedgekeurd",
    "DeelsGoedgekeurd",
    "Stopgezet",
    "Stopzetting",
    "Geweigerd",
    "KlaarVoorBetaling",
    "Betaald",
    "DeelsUitbetaald",
    "Uitgevoerd",
    "ErkendVergund",
    "Gepland",
    "VoorlopigVastgesteld",
    "DefinitiefVastgesteld",
    "InOpenbaarOnderzoek",
    "GerechtelijkIngeleid",
    "Aktename",
]


def dossier(number: str = "D-1", source: str = "STL", **said: Any) -> Dossier:
    return Dossier(source, number, (Change(**{"name": "Toelage", "kind": "DossierStatus", **said}),))


def cards(*dossiers: Dossier, seen: Any = lambda _: False) -> list[rules.DossierCard]:
    return rules.cards_of(
        dossiers,
        name_of=lambda source: source,
        handle_of=lambda identity: identity.hex(),
        seen=seen,
        today=TODAY,
    )


def stands(*dossiers: Dossier, **choice: str) -> list[tuple[Stand, list[str]]]:
    arranged = arranging.arrange(cards(*dossiers), DossierFilter(**choice), TODAY)
    return [
        (group.stand, [card.dossier.number for card in (*group.first, *group.folded)]) for group in arranged.groups
    ]


def test_each_code_has_a_sentence_of_its_own_however_it_is_spelled():
    assert sorted(wording.STATUSES) == sorted(CODES)
    assert len(set(wording.STATUSES.values())) == len(CODES)
    for written in ("DossierOnvolledig", "DOSSIER_ONVOLLEDIG", "dossier-onvolledig", "Dossier onvolledig"):
        said = wording.sentence_of(Change("x", "DossierStatus", status=written))
        assert said == wording.STATUSES["DossierOnvolledig"]
    assert wording.sentence_of(Change("x", "DossierStatus", status="Zweeft")) == ""


def test_a_status_that_nobody_knows_is_said_in_the_words_of_the_body_and_never_as_missing():
    """Elsewhere it was called "missing or incorrect" (va.gov-team 34036)."""

    def said_of(change: Change) -> str:
        context = {"change": change, "sentence": wording.sentence_of(change), "kind": ""}
        return str(get_template("dossiers/_state.html").render(context))

    told = said_of(Change("x", "DossierStatus", status="Zweeft", details=("Wij wachten op de commissie",)))
    assert ("Wij wachten op de commissie" in told, "Zweeft" in told) == (True, False)
    assert "De dienst noemt deze stand “Zweeft”." in said_of(Change("x", "DossierStatus", status="Zweeft"))
    assert "De dienst zegt niet hoever dit dossier staat." in said_of(Change("x", "DossierStatus"))


def test_five_phases_are_steps_and_an_appeal_only_where_there_was_one():
    steps = rules.steps_of(dossier(phase="Beslissing"))
    assert [(step.title, step.state) for step in steps] == [
        ("Aanvraag", "done"),
        ("Onderzoek", "done"),
        ("Beslissing", "now"),
        ("Uitvoering", "later"),
        ("Afgerond", "later"),
    ]
    (appealed,) = read(change(phase="Uitvoering"), change(phase="Beroep", on="2026-01-01T09:00:00"))
    assert [step.title for step in rules.steps_of(appealed)][3] == "Beroep"
    assert rules.steps_of(dossier(phase="Wachtkamer")) == rules.steps_of(dossier()) == ()


def test_what_asks_something_comes_first_then_what_runs_then_what_is_closed():
    found = stands(
        dossier("closed", phase="Afgerond", day="2026-03-01"),
        dossier("running", phase="Behandeling"),
        dossier("asks", phase="Afgerond", needs_action=True),
        dossier("elsewhere", kind="Verwijzing"),
        dossier("ended", status="GEWEIGERD"),
        dossier("unknown", phase="Wachtkamer", status="Geweigerd"),
    )
    assert found == [
        (Stand.ACTION, ["asks"]),
        (Stand.RUNNING, ["running", "unknown"]),
        (Stand.REFERRED, ["elsewhere"]),
        (Stand.CLOSED, ["closed", "ended"]),
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing", "Er zijn geen dossiers van u."),
        ("ready", "Er zijn geen dossiers die wij u kunnen tonen."),
        ("late", "Dat betekent niet dat er geen zijn."),
        ("partial", "Een deel van uw dossiers ontbreekt."),
    ],
)
def test_the_home_page_says_there_are_none_only_where_their_body_says_so(name, words):
    end = {"part": "end", "name": name, "has_any": False, "again": "", "is_reported_whole": True}
    said = str(get_template("dossiers/home.html").render(end))
    assert words in said
    assert ("van u." in said) == (name == "nothing")


def test_as_many_stand_open_as_fit_on_a_small_phone_and_the_rest_is_folded_and_counted():
    def asks(action: str, *numbers: int) -> list[Dossier]:
        return [dossier(f"a{n}", needs_action=True, action=action) for n in numbers]

    asking = asks("Stuur het stuk.", *range(14))
    running, closed = [dossier(f"r{n}") for n in range(20)], [dossier("c", status="Geweigerd", phase="Afgerond")]
    several = arranging.arrange(cards(*running, *asking, *closed), DossierFilter(), TODAY).groups
    assert [(group.stand, group.total) for group in several] == [
        (Stand.ACTION, 14),
        (Stand.RUNNING, 20),
        (Stand.CLOSED, 1),
    ]
    assert len(several[0].first) == arranging.MOST_OPEN
    kept = [card.dossier.number for group in several for card in (*group.first, *group.folded)]
    assert kept == [one.number for one in (*asking, *running, *closed)]
    assert sum(arranging.height_of(card) for group in several for card in group.first) <= arranging.ROOM
    # Fewer of long texts; what is sought stands below an open filter.
    words = "Bezorg ons dit stuk. " * 20
    (long,) = arranging.arrange(cards(*asks(words, *range(14))), DossierFilter(), TODAY).groups
    (sought,) = arranging.arrange(cards(*asking), DossierFilter(stand="actie"), TODAY).groups
    assert 0 < len(long.first) < arranging.MOST_OPEN
    assert (0 < len(sought.first) <= arranging.MOST_OPEN, sought.total) == (True, 14)
    # One alone is never folded.
    (huge,) = arranging.arrange(cards(*asks(words * 20, 1)), DossierFilter(), TODAY).groups
    assert (len(huge.first), len(huge.folded)) == (1, 0)


def test_of_very_many_a_part_is_shown_and_which():
    many = cards(*(dossier(f"{n}") for n in range(arranging.MOST_SHOWN + 5)))
    first = arranging.arrange(many, DossierFilter(), TODAY)
    rest = arranging.arrange(many, DossierFilter(), TODAY, first.ends)
    assert ((first.begins, first.ends), (rest.begins, rest.ends)) == ((0, 150), (150, 155))
    assert arranging.arrange(many, DossierFilter(), TODAY, 10_000).begins == 0


def test_what_changed_lately_is_new_until_it_is_seen_and_again_when_it_changes():
    days = {"a": "2026-02-20", "b": "2025-01-01", "c": "2087-01-01"}
    lately, old, future = (dossier(number, day=day) for number, day in days.items())
    assert [card.is_new for card in cards(lately, old, future)] == [True, False, False]
    states = {rules.state_of(lately)}
    assert not cards(lately, seen=lambda one: rules.state_of(one) in states)[0].is_new
    changed = dossier("a", day="2026-02-20", status="Beslist")
    assert cards(changed, seen=lambda one: rules.state_of(one) in states)[0].is_new
    assert rules.identity_of(lately) == rules.identity_of(changed) != rules.identity_of(old)


@pytest.mark.parametrize(
    ("written", "address", "host"),
    [
        ("https://www.vaph.be/mijnvaph", "", "www.vaph.be"),
        (
            "http://www.studietoelagen.be/digitaal-loket",
            "https://www.studietoelagen.be/digitaal-loket",
            "www.studietoelagen.be",
        ),
        ("http://www.x.example:80/a?b=c#d", "https://www.x.example/a?b=c#d", "www.x.example"),
        ("https://x.example:443/a?b=c#d", "", "x.example"),
    ],
)
def test_a_plain_web_address_can_be_followed_over_https(written, address, host):
    assert ways.link_of(written) == (address or written, host)


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://x.example/%0aalert(1)",
        "data:text/html,x",
        "//x.example/",
        "https://user:word@x.example/",
        "https://x.example:8443/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://x.example/\u202e",
        "https://x.example/ a",
        'https://x.example/"onclick="x',
        "https://[a/",
        "https://",
        "www.x.example",
        "https://x.example/" + "a" * 3000,
        "",
    ],
)
def test_anything_else_stays_text(written):
    assert ways.link_of(written) is None


def test_numbers_and_mailboxes_are_led_to_only_where_they_are_some():
    written = ("02/225 84 11", "+32 (0)2 225", "0032(0)2 225", "(02) 225", "1700", "bel ons", "x" * 99)
    assert [ways.phone_of(one) for one in written] == [
        "022258411",
        "+322225",
        "00322225",
        "02225",
        "1700",
        "",
        "",
    ]
    mailboxes = ("a@b.be", "a@b.be?cc=x@y.be", "a?bcc=x@y.be", "a%0Ab@c.be", "a b@c.be", "a@b")
    assert [ways.mailbox_of(one) for one in mailboxes] == [
        "a@b.be",
        "",
        "",
        "",
        "",
        "",
    ]


def test_a_last_day_that_was_moved_is_news_and_no_notice_that_was_put_away():
    asks = {"needs_action": True, "day": "2026-02-20"}
    before, after = dossier(due="2026-06-01", **asks), dossier(due="2026-03-10", **asks)
    assert rules.state_of(before) != rules.state_of(after)
    assert rules.state_of(before) != rules.state_of(dossier(due="2026-06-01", target="2026-07-01", **asks))


def test_dossiers_without_a_number_each_have_an_address():
    again = (dossier("", day="2026-02-20"), dossier("", day="2026-02-20"), dossier("", day="2026-02-21"))
    handles = [card.handle for card in cards(*again)]
    assert len(set(handles)) == 3
    assert handles == [card.handle for card in cards(*again)]


@pytest.mark.parametrize(
    ("day", "is_over"),
    [
        ("2026-03-02", True),
        ("2026-03-03", False),
        ("2026-03-00", False),
        ("2026-02-00", True),
        ("2026-00-00", False),
        ("1899-12-31", True),
        ("", False),
    ],
)
def test_a_last_day_is_over_once_all_that_it_can_mean_is(day, is_over):
    assert rules.is_over(day, TODAY) is is_over


def test_nothing_is_paid_after_a_refusal():
    refused = wording.next_of(Change("x", "DossierStatus", "Beslissing", "GEWEIGERD"))
    assert refused == wording.AFTER_REFUSAL
    assert (
        wording.next_of(Change("x", "DossierStatus", "Afgerond", "Geweigerd")) == wording.NEXT[wording.Phase.CLOSED]
    )
    assert wording.next_of(Change("x", "DossierStatus", "Wachtkamer")) == ""


def test_of_many_that_wait_each_stands_with_its_day_on_the_home_page_the_first_one_first():
    waiting = [dossier(f"{n}", name=f"Premie {n}", needs_action=True, due=f"2026-0{9 - n}-01") for n in range(6)]
    waiting += [dossier("z", name="Toelage", needs_action=True, day="2026-02-01")]
    (signal,) = home_block.action_signals(cards(*waiting))
    first, *_, last, more = signal.what.split("; ")
    assert (first, last, more) == ("Premie 5 (tegen 1 april 2026)", "Premie 1 (tegen 1 augustus 2026)", "…")
    (signal,) = home_block.action_signals(cards(*waiting[:2], waiting[-1]))
    assert signal.what.endswith("; Toelage (sinds 1 februari 2026)")


def test_what_a_body_dated_ahead_did_not_move_last():
    moved, ahead = dossier("a", name="Nu", day="2020-02-20"), dossier("b", name="Later", day="2087-01-01")
    said = home_block.line_of(cards(ahead, moved))
    assert said
    assert said["last"] == "Nu"
    assert (home_block.line_of(cards(ahead)) or {})["last"] == "Later"


def test_a_history_is_drawn_through_the_phases_it_went_through():
    (found,) = read(
        change(phase="Afgerond", on="2026-03-01T09:00:00"),
        change(phase="Behandeling"),
        change(phase="Samenstelling", on="2026-01-01T09:00:00"),
        change(phase="Onbekend", on="2026-01-02T09:00:00"),
    )
    drawn = drawing.draw(found.changes)
    assert drawn
    assert [row.title for row in drawn.rows] == ["Aanvraag", "Onderzoek", "Afgerond"]
    assert [(dot.y, dot.is_last) for dot in drawn.dots] == [(14, False), (42, False), (70, True)]
    assert drawing.draw(found.changes[:1]) is None


def test_a_part_that_is_missing_is_named_after_its_body():
    missing = [Missing("VAPH", "99986", "unavailable"), Missing("MAGDA", "x", "unread")]
    assert [(gap.why, list(gap.names)) for gap in gaps.gaps_of(missing, looking.mention_of)] == [
        ("no_answer", ["het VAPH"]),
        ("unread", ["Digitaal Vlaanderen"]),
    ]
