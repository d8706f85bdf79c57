"""Texts of a file in other languages: what a table may say, what it leaves out, and what is refused."""

from typing import Annotated

import msgspec
import pytest

from portal.platform.language import texts
from portal.platform.language.current import speaking
from portal.platform.language.translations import (
    InDutch,
    Text,
    WrongTranslation,
    mark_like,
    split_languages,
    translate,
)


class Words(msgspec.Struct, frozen=True):
    one: Text
    many: Text
    path: str = "A/B"


class Kept(msgspec.Struct, frozen=True):
    id: str
    title: Annotated[Text, msgspec.Meta(min_length=1)]
    words: Words | None = None
    groups: dict[str, Text] = {}
    note: Text = ""
    place: tuple[str, ...] = ()
    steps: tuple[Text, ...] = ()
    named: dict[str, Words] = {}


DIPLOMA = Kept("bewijzen", "Bewijzen", Words("bewijs", "bewijzen"), {"Adres": "Adres", "Naam": "Naam"})


def language_of(text: str) -> str:
    return "nl" if isinstance(text, InDutch) else "en"


def test_texts_are_as_the_table_says_and_the_others_are_known_to_be_dutch():
    table = {"title": "Certificates", "words": {"many": "certificates"}, "groups": {"Naam": "Name"}}
    said = translate(DIPLOMA, table, "en")
    assert said == Kept(
        "bewijzen", "Certificates", Words("bewijs", "certificates"), {"Adres": "Adres", "Naam": "Name"}
    )
    shown = (said.title, said.words.one, said.words.many, *said.groups.values())
    assert [language_of(text) for text in shown] == ["en", "nl", "en", "nl", "en"]
    # What is no text is no text in Dutch either.
    assert (type(said.id), type(said.words.path)) == (str, str)


def test_without_a_table_all_texts_are_in_dutch():
    said = translate(DIPLOMA, {}, "fr")
    assert said == DIPLOMA
    assert {language_of(text) for text in (said.title, said.words.one, *said.groups.values())} == {"nl"}


@pytest.mark.parametrize(
    ("table", "keys", "said"),
    [
        ({"titel": "x"}, ("titel",), "`titel` is no text"),
        ({"id": "x"}, ("id",), "`id` is no text"),
        ({"place": ["x"]}, ("place",), "`place` is no text"),
        ({"title": 3}, ("title",), "`title` is no text"),
        ({"title": " "}, ("title",), "`title` is no text"),
        ({"note": "x"}, ("note",), "`note` is not there in Dutch"),
        ({"words": {"path": "C"}}, ("words", "path"), "`path` is no text"),
        ({"words": "x"}, ("words",), "`words` is no table"),
        ({"groups": {"Kind": "Child"}}, ("groups", "Kind"), "`Kind` is not there in Dutch"),
        ({"groups": {"Naam": ["Name"]}}, ("groups", "Naam"), "`Naam` is no text"),
        ({"steps": ["a"]}, ("steps",), "`steps` is not there in Dutch"),
        ("x", (), "a language has a table"),
    ],
)
def test_what_translates_no_text_is_refused_with_its_place(table, keys, said):
    with pytest.raises(WrongTranslation, match=said) as refused:
        translate(DIPLOMA, table, "en")
    assert refused.value.keys == keys


def test_a_table_that_is_not_there_in_dutch_is_refused():
    with pytest.raises(WrongTranslation, match="`words` is not there in Dutch"):
        translate(Kept("a", "A"), {"words": {"one": "x"}}, "en")


STEPPED = Kept("a", "A", steps=("vraag", "wacht"), named={"x": Words("ding", "dingen"), "y": Words("zaak", "zaken")})


def test_texts_in_a_row_and_tables_under_names_are_translated_too():
    table = {"steps": ["ask", "wait"], "named": {"x": {"one": "thing"}}}
    said = translate(STEPPED, table, "en")
    assert (said.steps, said.named) == (("ask", "wait"), {"x": Words("thing", "dingen"), "y": Words("zaak", "zaken")})
    shown = (*said.steps, said.named["x"].one, said.named["x"].many, said.named["y"].one)
    assert [language_of(text) for text in shown] == ["en", "en", "en", "nl", "nl"]
    assert {language_of(text) for text in translate(STEPPED, {}, "fr").steps} == {"nl"}


@pytest.mark.parametrize(
    ("table", "keys", "said"),
    [
        ({"steps": ["ask"]}, ("steps",), "`steps` has 2 texts in Dutch"),
        ({"steps": "ask"}, ("steps",), "`steps` has 2 texts in Dutch"),
        ({"steps": ["ask", 3]}, ("steps",), "`steps` is no text"),
        ({"named": {"z": {}}}, ("named", "z"), "`z` is not there in Dutch"),
        ({"named": {"x": {"path": "B"}}}, ("named", "x", "path"), "`path` is no text"),
        ({"named": {"x": "thing"}}, ("named", "x"), "`x` is no table"),
    ],
)
def test_texts_in_a_row_and_under_names_are_refused_with_their_place(table, keys, said):
    with pytest.raises(WrongTranslation, match=said) as refused:
        translate(STEPPED, table, "en")
    assert refused.value.keys == keys


def test_dutch_has_no_table():
    with pytest.raises(WrongTranslation, match="outside the tables"):
        translate(DIPLOMA, {}, "nl")


def test_tables_of_languages_are_known_by_their_names_unless_the_name_is_a_key():
    written = {"id": "x", "en": {"a": "b"}, "fr": {}, "xx": {}, "english": {}, "EN": {}}
    own, tables = split_languages(written, {"id"})
    assert (sorted(own), sorted(tables)) == (["EN", "english", "id", "xx"], ["en", "fr"])


def test_what_is_made_of_a_dutch_text_is_dutch():
    assert [language_of(mark_like(text, "x")) for text in (InDutch("a"), "a")] == ["nl", "en"]


def test_a_dutch_text_is_not_looked_up_in_the_catalogue():
    with speaking("en"):
        assert (texts.translate("Uw gegevens"), texts.translate(InDutch("Uw gegevens"))) == (
            "Your data",
            "Uw gegevens",
        )
