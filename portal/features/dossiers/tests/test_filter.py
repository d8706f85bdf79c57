"""What a filter lets through, in every language, and what of that is marked as seen."""

from dataclasses import replace

import pytest

from portal.features.dossiers import arranging, rules
from portal.features.dossiers.rules import DossierFilter
from portal.platform.language.current import speaking

from .test_rules import TODAY, cards, dossier, stands


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        ({"text": "TOELAGE kortrijk"}, ["b"]),
        ({"text": "geweigerd"}, ["c"]),
        ({"body": "Kortrijk"}, ["b"]),
        ({"phase": "Afgerond"}, ["c"]),
        ({"stand": "actie"}, ["a"]),
        ({"period": "maand"}, ["a"]),
        ({"period": "jaar"}, ["a", "b"]),
        ({"period": "ouder"}, ["c"]),
        # Each of several is heeded (demarche.numerique.gouv.fr 11293).
        ({"body": "ahovoks", "phase": "Afgerond"}, ["c"]),
        ({"body": "Kortrijk", "phase": "Afgerond"}, []),
        ({"text": "paardrijden"}, []),
        ({}, ["a", "b", "c"]),
    ],
)
def test_a_filter_leaves_what_it_says(choice, numbers):
    found = stands(
        dossier("a", needs_action=True, day="2026-02-20", phase="Behandeling"),
        dossier("b", "Kortrijk", day="2025-12-01", phase="Behandeling"),
        dossier("c", name="Premie", day="2020-00-00", phase="Afgerond", status="Geweigerd"),
        **choice,
    )
    assert [number for _, of_group in found for number in of_group] == numbers


@pytest.mark.parametrize("language", ["nl", "en"])
def test_words_are_found_in_the_language_of_the_page_and_in_dutch(language):
    refused = dossier("a", phase="Beslissing", status="Geweigerd")
    found = {}
    with speaking(language):
        for text in ("geweigerd", "refused", "beslissing", "decision", "paardrijden"):
            found[text] = bool(stands(refused, text=text))
    is_english = language == "en"
    assert found == {
        "geweigerd": True,
        "refused": is_english,
        "beslissing": True,
        "decision": is_english,
        "paardrijden": False,
    }


def test_a_body_is_chosen_by_what_is_the_same_in_every_language():
    made = cards(dossier("a", "STL"), dossier("b", "elders"), dossier("c", "VAPH"))
    names = [replace(card, body=f"{card.body} in English") for card in made]
    for shown in (made, names):
        arranged = arranging.arrange(shown, DossierFilter(body="ahovoks"), TODAY)
        assert [card.dossier.number for group in arranged.groups for card in group.first] == ["a"]
    assert arranging.arrange(names, DossierFilter(), TODAY).bodies == {
        "elders in English": "elders in English",
        "ahovoks": "STL in English",
        "vaph": "VAPH in English",
    }


def test_a_choice_of_a_body_by_its_name_as_it_was_sealed_before_still_holds():
    made = [replace(card, body="AHOVOKS (toelagen)") for card in cards(dossier("a", "STL"))]
    arranged = arranging.arrange(
        [*made, *cards(dossier("b", "VAPH"))], DossierFilter(body="ahovoks (Toelagen)"), TODAY
    )
    assert [card.dossier.number for group in arranged.groups for card in group.first] == ["a"]


def test_a_form_that_makes_no_sense_filters_nothing():
    assert not rules.choice_of({"fase": "x", "stand": "y", "periode": "z", "zoek": " \u200b "}).is_made
    long = rules.choice_of({"zoek": "a" + "\u0301" * 60_000})
    assert len(long.text) <= rules.LONGEST_TEXT


def test_a_body_that_nobody_knows_can_be_filtered_by_however_long_its_name():
    long = dossier(source="Dienst" * 42)
    choice = rules.choice_of({"dienst": cards(long)[0].body})
    assert arranging.arrange(cards(long, dossier()), choice, TODAY).found == 1


def test_only_what_a_page_shows_is_marked_as_seen_with_all():
    made = cards(*(dossier(f"D-{n}", source="VAPH" if n else "STL", day="2026-03-01") for n in range(200)))
    assert all(card.is_new for card in made)

    def news(choice: DossierFilter, begins: int = 0) -> list[str]:
        return [card.dossier.number for card in arranging.arrange(made, choice, TODAY, begins).news]

    assert news(DossierFilter(body="ahovoks")) == ["D-0"]
    assert news(DossierFilter(text="paardrijden")) == []
    assert news(DossierFilter()) == [f"D-{n}" for n in range(arranging.MOST_SHOWN)]
    assert news(DossierFilter(), begins=150) == [f"D-{n}" for n in range(150, 200)]
