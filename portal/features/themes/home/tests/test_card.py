"""What a card of the home page says, and when a document asks for attention: each rule by its cases."""

from datetime import date, timedelta

import pytest

from portal.features.themes.home import block, card_lines, endings, troubles
from portal.features.themes.home.card_lines import CardLines, HomeLine
from portal.features.themes.section import ComparedKeys, DocumentKeys
from portal.features.themes.tests.made import NOW, entry
from portal.platform.language import current
from portal.platform.language.translations import Text
from portal.platform.sources import catalogue
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready

CARD = "Persoon/Kaarten/Kaart"
ROLES = DocumentKeys(CARD, ("expires", "until"), Text("Uw kaart"), Text("Vraag een nieuwe."), ("death_date",))
TODAY = date(2026, 11, 29)


def card(*ends: str, number: int = 1, key: str = "expires") -> list[Fact]:
    """Make the facts of one document: its kind, and the days on which it ends."""
    place = f"{CARD}[{number}]"
    kind = Fact("kind", "Soort", "kaart", "text", f"{place}/Type")
    return [kind, *(Fact(key, "Vervalt", end, "date", f"{place}/Vervaldatum") for end in ends)]


def ending_in_words(*facts: list[Fact]) -> tuple[str, bool] | None:
    ending = endings.ending_of([fact for some in facts for fact in some], ROLES, TODAY)
    return (ending.until.iso(), ending.is_over) if ending else None


@pytest.mark.parametrize(
    ("end", "found"),
    [
        ("2026-11-28", ("2026-11-28", True)),
        # It holds on its last day.
        ("2026-11-29", ("2026-11-29", False)),
        ("2027-01-28", ("2027-01-28", False)),
        ("2027-01-29", None),
        ("1971-00-00", ("1971-00-00", True)),
        # Some day in 2026: it may hold until its end; some day of last month: it is over.
        ("2026-00-00", ("2026-00-00", False)),
        ("2026-10-00", ("2026-10-00", True)),
        ("2027-00-00", None),
        ("0000-00-00", None),
        ("geen einddatum", None),
        ("9999-12-31", None),
        ("31/12/2020", None),
        ("", None),
    ],
)
def test_document_asks_for_attention_from_60_days_before_its_last_day(end, found):
    assert ending_in_words(card(end)) == found


def test_of_several_documents_the_one_that_holds_longest_counts():
    assert ending_in_words(card("2020-01-01"), card("2031-03-08", number=2)) is None
    assert ending_in_words(card("2026-12-24"), card("2020-01-01", number=2)) == ("2026-12-24", False)
    # One that says no end is taken to hold, as is one whose end nobody can read.
    assert ending_in_words(card("2020-01-01"), card(number=2)) is None
    assert ending_in_words(card("2020-01-01"), card("geen einddatum", number=2)) is None


def test_the_first_of_the_days_on_which_a_document_ends_counts():
    withdrawn = [*card("2031-03-08"), *card("2026-03-03", key="until")[1:]]
    assert ending_in_words(withdrawn) == ("2026-03-03", True)


def test_nobody_who_died_or_has_no_document_is_told_to_renew_one():
    death = [Fact("death_date", "Overleden op", "2025-03-03", "date", "Persoon/Overlijden/Datum")]
    assert ending_in_words(card("2020-01-01"), death) is None
    assert ending_in_words(death[:0]) is None
    # What stands elsewhere in the answer is no document.
    assert (
        ending_in_words(
            [Fact("expires", "Vervalt", "2020-01-01", "date", "Persoon/Arbeidskaarten/Kaart/Vervaldatum")]
        )
        is None
    )


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("2024-03-03", "Uw kaart verviel op 3 maart 2024."),
        ("2024-03-00", "Uw kaart verviel in maart 2024."),
        ("2024-00-00", "Uw kaart verviel in 2024."),
        ("2026-12-24", "Uw kaart vervalt op 24 december 2026."),
        ("2026-12-00", "Uw kaart vervalt in december 2026."),
        ("2026-00-00", "Uw kaart vervalt in 2026."),
    ],
)
def test_document_is_told_with_what_is_known_of_its_day(end, said):
    (signal,) = block.document_signals(entry(document=ROLES), Ready(tuple(card(end)), NOW), TODAY)
    assert (signal.title, signal.what) == (said, "Vraag een nieuwe.")
    assert signal.href == "/uw-gegevens/bron/body/gezin/"


def test_a_document_that_expired_meanwhile_is_another_cause_and_the_same_day_is_not():
    answer, of = Ready(tuple(card("2026-12-24")), NOW), entry(document=ROLES)
    days = (date(2026, 11, 29), date(2026, 12, 1), date(2026, 12, 25), date(2027, 6, 1))
    causes = [next(block.document_signals(of, answer, day)).cause for day in days]
    assert (causes[0] == causes[1], causes[1] == causes[2], causes[2] == causes[3]) == (True, False, True)


def test_document_is_not_judged_by_an_answer_that_lacks_a_part():
    """The renewed card may be in what is missing."""
    of, facts = entry(document=ROLES), tuple(card("2020-01-01"))
    for reason in ("busy", "late", "long", "unread"):
        part = Partial(facts, (Missing("RR", "1", reason),), NOW)
        assert list(block.document_signals(of, part, TODAY)) == []
    assert len(list(block.document_signals(of, Ready(facts, NOW), TODAY))) == 1


def test_what_did_not_come_is_one_signal_whose_button_asks_what_may_help():
    entries = catalogue.installed().entries[:6]
    lacks = (Missing("RR", "1", "busy"),)
    unread = (Missing("RR", "1", "unread"),)
    ends = (Ready((), NOW), Late(NOW), Down("off"), Partial((), lacks, NOW), Partial((), unread, NOW), Nothing(NOW))
    gap, signal = block.unasked_signals(list(zip(entries, ends, strict=True)), TODAY)
    assert signal.again == (entries[1].name, entries[3].name)
    assert all(each.words.title in signal.what for each in entries[1:5])
    assert entries[0].words.title not in signal.what
    assert list(block.unasked_signals([(entries[0], Ready((), NOW)), (entries[5], Nothing(NOW))], TODAY)) == []
    assert type(gap).__name__ == "Gap"


@pytest.mark.parametrize(
    ("outcome", "other", "is_same"),
    [
        # Trouble that passes is another the next day, one that lasts is not.
        (Late(NOW), Late(NOW), False),
        (Down("connection"), Down("connection"), False),
        (Partial((), (Missing("RR", "1", "busy"),), NOW), Partial((), (Missing("RR", "1", "busy"),), NOW), False),
        (Down("off"), Down("off"), True),
        (Down("assurance"), Down("assurance"), True),
        (Partial((), (Missing("RR", "1", "unread"),), NOW), Partial((), (Missing("RR", "2", "unread"),), NOW), True),
        (Down("maintenance", until=NOW), Down("maintenance", until=NOW), True),
        (Down("maintenance", until=NOW), Down("maintenance", until=NOW + timedelta(days=90)), False),
        (Down("off"), Down("maintenance", until=NOW), False),
    ],
)
def test_trouble_is_the_same_cause_on_another_day_only_while_it_lasts(outcome, other, is_same):
    some = catalogue.installed().entries[0]
    days = ((outcome, TODAY), (other, date(2027, 2, 28)))
    causes = [[*block.unasked_signals([(some, one)], day)][-1].cause for one, day in days]
    assert (causes[0] == causes[1]) is is_same
    assert [*block.unasked_signals([(some, outcome)], TODAY)][-1].cause == causes[0]


async def test_differences_are_the_same_cause_in_any_language_and_of_anybodys_masked_number():
    of = ComparedKeys(birth_date="born", national_number="number")
    one, two = entry("een", compared=of), entry("twee", compared=of)
    for each in (one, two):
        vars(each)["question"] = each.name

    def answer_with(born: str, number: str) -> Ready:
        facts = (Fact("born", "Geboren", born, "date", "a"), Fact("number", "Nummer", number, "national_number", "b"))
        return Ready(facts, NOW)

    async def cause(number: str) -> str:
        found = ((one, answer_with("1971-03-02", "71030299902")), (two, answer_with("1971-04-02", number)))
        (signal,) = await block.difference_signals("71030299902", found, TODAY)
        return signal.cause

    dutch, other = await cause("71030299803"), await cause("71030299704")
    with current.speaking("en"):
        assert await cause("71030299803") == dutch
    assert other != dutch


def test_body_that_has_something_else_is_not_said_to_have_nothing():
    register = [one for one in catalogue.installed().entries if one.agency.id == "rijksregister"]
    empty, other = register[0], register[1]
    nothing = (empty, Nothing(NOW))
    for outcome, said in ((Ready((), NOW), []), (Down("off"), []), (Nothing(NOW), ["het Rijksregister"])):
        assert troubles.without_anything([nothing, (other, outcome)]) == said
    elsewhere = next(one for one in catalogue.installed().entries if one.agency.id != "rijksregister")
    assert troubles.without_anything([nothing, (elsewhere, Ready((), NOW))]) == ["het Rijksregister"]


def test_dataset_without_documents_and_one_that_says_nothing_tell_nothing():
    assert list(block.document_signals(entry(), Ready(tuple(card("2020-01-01")), NOW), TODAY)) == []
    assert list(block.document_signals(entry(document=ROLES), Nothing(NOW), TODAY)) == []


def test_what_only_lacks_a_stronger_means_leads_to_signing_in_anew():
    some = catalogue.installed().entries[0]
    _gap, signal = block.unasked_signals([(some, Down("assurance"))], TODAY)
    assert (signal.rule, signal.href, signal.again) == ("themes.stronger", "/aanmelden/?opnieuw=1&naar=%2F", ())


def line(text: str) -> HomeLine:
    return HomeLine("Wat", text)


def test_card_has_at_most_three_lines_in_its_order_whatever_comes_first():
    entries = catalogue.installed().entries[:5]
    first, second, third, fourth, fifth = entries

    def decided(lines: CardLines, of, said):
        return [(each.name, one and one.value) for each, one in lines.take(of, said)]

    lines = CardLines(entries)
    # Two before it may still come: the third line is its own in any case.
    assert decided(lines, third, line("c")) == [(third.name, "c")]
    # Three before it have a line, or may have one.
    assert decided(lines, fourth, line("d")) == []
    assert decided(lines, fifth, None) == [(fifth.name, None)]
    assert decided(lines, second, None) == [(second.name, None), (fourth.name, "d")]
    assert decided(lines, first, line("a")) == [(first.name, "a")]
    full = CardLines(entries)
    for each in (fifth, fourth):
        assert decided(full, each, line("x")) == []
    assert decided(full, first, line("x")) == [(first.name, "x")]
    # With those two and the fourth there are three before it.
    assert decided(full, second, line("x")) == [(second.name, "x"), (fifth.name, None)]
    assert decided(full, third, line("x")) == [(third.name, "x"), (fourth.name, None)]


def test_names_that_are_too_many_or_too_long_are_counted():
    assert card_lines.names_of([]) == ("", 0)
    assert card_lines.names_of(["An", "Bo", "Cis"]) == ("An, Bo en Cis", 0)
    assert card_lines.names_of([f"N{n}" for n in range(8)]) == ("N0, N1, N2, N3, N4 en N5", 2)
    assert card_lines.names_of(["x" * 120, "y"]) == ("x" * 120, 1)
    with current.speaking("en"):
        assert card_lines.names_of(["An", "Bo", "Cis"])[0] == "An, Bo and Cis"
