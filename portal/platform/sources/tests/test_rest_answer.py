"""Any bytes that a JSON service sends become the right outcome, and never an exception."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.datasets import inquiry_of
from portal.platform.sources.manifest import Rest
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.json_table import members, write
from portal.platform.sources.reading.outcomes import Down, Missing, Nothing, Partial, Ready
from portal.platform.sources.reading.table import date, meaning, text, yes_or_no
from portal.platform.sources.transports import rest_answer
from portal.platform.sources.transports.answer import AnswerText

from .town import ANOTHER, ENTRY, NUMBER

THEN = datetime(2026, 3, 3, tzinfo=UTC)
SERVICE = Rest("/v1/vangsten", "1", "dv_vangsten", "q.json", subject="persoon/insz", empty="vangsten", count="aantal")

_CATCH = members(
    {
        "vis": text("fish", "Vis"),
        "soort/code": meaning("kind", "Soort", {"1": "Roofvis"}),
        "datum": date("caught_on", "Gevangen op"),
        "terug": yes_or_no("released", "Teruggezet"),
        "gram": text("weight", "Gewicht", "number"),
        "aas[]": text("bait", "Aas"),
    }
)
_TABLE = members({"vangsten[]": _CATCH})


def parse(content: Any) -> list[Fact]:
    """Read what the fishing register holds."""
    if content.get("breekt"):
        raise RuntimeError("a parse function with a bug")
    facts: list[Fact] = []
    _TABLE(content, "", facts)
    return facts


def entry_of(service: Rest = SERVICE) -> DatasetEntry:
    return DatasetEntry(
        ENTRY.agency, msgspec.structs.replace(ENTRY.dataset, transport="rest", magda=None, rest=service), parse
    )


def body(*catches: Any, **more: Any) -> dict[str, Any]:
    return {"persoon": {"insz": NUMBER}, "aantal": len(catches), "vangsten": list(catches)} | more


def read(content: Any, insz: str | None = NUMBER, service: Rest = SERVICE) -> Any:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return rest_answer.read(AnswerText(data, None, THEN), inquiry_of(entry_of(service)), insz)


def test_facts_carry_their_place():
    catch = {
        "gram": 1250,
        "vis": " Snoek ",
        "terug": True,
        "soort": {"code": "1"},
        "datum": "2025-06-00",
        "aas": ["a", "b"],
    }
    assert read(body({"vis": "Baars"}, catch)) == Ready(
        (
            Fact("fish", "Vis", "Baars", "text", "vangsten[1]/vis"),
            Fact("fish", "Vis", "Snoek", "text", "vangsten[2]/vis"),
            Fact("kind", "Soort", "Roofvis", "text", "vangsten[2]/soort/code"),
            Fact("caught_on", "Gevangen op", "2025-06-00", "date", "vangsten[2]/datum"),
            Fact("released", "Teruggezet", "ja", "text", "vangsten[2]/terug"),
            Fact("weight", "Gewicht", "1250", "number", "vangsten[2]/gram"),
            Fact("bait", "Aas", "a", "text", "vangsten[2]/aas[1]"),
            Fact("bait", "Aas", "b", "text", "vangsten[2]/aas[2]"),
        ),
        THEN,
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [("a  b\n", "a b"), (0, "0"), (False, "false"), (1.5, "1.5"), (None, ""), ([1], ""), ({"a": 1}, "")],
)
def test_single_values_are_written_as_text(value, text):
    assert write(value) == text


def test_204_and_the_empty_list_mean_nothing():
    assert rest_answer.read(AnswerText(b"", None, THEN, is_empty=True), inquiry_of(entry_of()), NUMBER) == Nothing(
        THEN
    )
    assert read(body()) == Nothing(THEN)


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "no JSON"),
        (b"<html><body>Onderhoud</body></html>", "no JSON"),
        (b'{"persoon": ', "no JSON"),
        (json.dumps(body({"vis": "Snoek"})).encode("utf-16"), "no JSON"),
        (json.dumps(body({"vis": "Zeewolf é"}), ensure_ascii=False).encode("latin-1"), "no JSON"),
        (b"\xef\xbb\xbf{}", "no JSON"),
        (json.dumps(body()).encode() + b"{}", "no JSON"),
        ([], "no object"),
        ([body()], "no object"),
        (None, "no object"),
        ("leeg", "no object"),
        ({}, "no subject"),
        ({"persoon": NUMBER}, "no subject"),
        (body(persoon={"insz": int(NUMBER)}), "no subject"),
        ({"type": "about:blank", "title": "Bad Gateway", "status": 502}, "no subject"),
        (body(vangsten=None), "no list"),
        (body({"vis": "Snoek"}, aantal=None), "count"),
        (body(None), "content"),
        (body(vangsten={}), "no list"),
        (body(vangsten="", aantal=0), "no list"),
        (body(aantal=1), "count"),
        (body(aantal="0"), "count"),
        (body(aantal=False), "count"),
        (body({"vis": "Snoek"}, aantal=2), "count"),
        (body({"vis": "Snoek"}, aantal=True), "count"),
        (body({}), "content"),
        (body("Snoek"), "content"),
        (body({"vis": {"naam": "Snoek"}}), "content"),
        (body(breekt=1), "RuntimeError"),
    ],
)
def test_anything_else_is_unreadable_and_never_nothing(content, detail):
    assert read(content) == Down("unreadable", detail)


def test_an_answer_nested_too_deep_is_unreadable():
    outcome = read(
        b'{"persoon": {"insz": "' + NUMBER.encode() + b'"}, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    )
    assert (type(outcome), outcome.reason) == (Down, "unreadable")


def test_an_answer_about_another_person_is_a_mismatch():
    assert read(body({"vis": "Snoek"}), ANOTHER) == Down("mismatch", "INSZ")
    assert read(body(), ANOTHER) == Down("mismatch", "INSZ")
    assert isinstance(read(body({"vis": "Snoek"}), None), Ready)


def unread(*places: str) -> tuple[Missing, ...]:
    return tuple(Missing("Stadsbestuur", place, "unread") for place in places)


def test_what_nobody_reads_makes_an_answer_partial_and_the_rest_is_shown():
    fact = Fact("fish", "Vis", "Snoek", "text", "vangsten[1]/vis")
    whole = body({"vis": "Snoek", "boot": {"naam": "Zwaluw"}}, versie="2")
    assert read(whole) == Partial((fact,), unread("versie", "vangsten/boot/naam"), THEN)
    twice = b'{"persoon": {"insz": "%s"}, "aantal": 1, "vangsten": [{"vis": "Baars", "vis": "Snoek"}]}'
    assert read(twice % NUMBER.encode()) == Partial((fact,), unread("vis"), THEN)
    lost = b'{"persoon": {"insz": "%s"}, "aantal": 1, "vangsten": [{"vis": "Snoek", "gram": 1250, "gram": null}]}'
    assert read(lost % NUMBER.encode()) == Partial((fact,), unread("gram"), THEN)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("ontbreekt", b'"ontbreekt": [{"bron": "ZEE", "code": "60006"}], "aantal": 0, "ontbreekt": []'),
        ("aantal", b'"aantal": 1, "aantal": 0'),
        ("insz", b'"insz": "%s", "aantal": 0' % ANOTHER.encode()),
    ],
)
def test_what_the_transport_reads_itself_is_told_when_it_stands_twice(name, more):
    service = msgspec.structs.replace(SERVICE, subject="insz")
    data = b'{%s, "insz": "%s", "vangsten": []}' % (more, NUMBER.encode())
    assert read(data, service=service) == Partial((), unread(name), THEN)


def test_an_empty_list_beside_something_that_nobody_reads_is_not_nothing():
    assert read(body(andere=["Snoek"])) == Partial((), unread("andere"), THEN)
    assert read(body(andere=[None], versie="")) == Nothing(THEN)


@pytest.mark.parametrize("number", ["84.65.14-212.35", "84 65 14 212 35"])
def test_whom_it_is_about_may_be_written_otherwise(number):
    assert read(body(persoon={"insz": number})) == Nothing(THEN)
    assert read(body(persoon={"insz": number}), insz=ANOTHER) == Down("mismatch", "INSZ")


def test_a_null_is_what_is_not_there():
    fact = Fact("fish", "Vis", "Snoek", "text", "vangsten[2]/vis")
    for count in (1, 2):
        content = body(None, {"vis": "Snoek", "datum": None, "aas": [None]}, aantal=count, ontbreekt=None)
        assert read(content) == Ready((fact,), THEN)
    assert read(body(ontbreekt=[None])) == Nothing(THEN)
    assert read(b"null") == Down("unreadable", "no object")


def test_a_service_without_subject_list_or_count_is_read_without():
    plain = msgspec.structs.replace(SERVICE, subject="", empty="", count="")
    assert isinstance(read({"vangsten": [{"vis": "Snoek"}]}, service=plain), Ready)
    assert read({"vangsten": []}, service=plain) == Down("unreadable", "content")


def test_a_bug_in_a_parse_function_is_logged_without_what_it_says(caplog):
    read(body(breekt=1))
    assert caplog.messages == ["town.catches: RuntimeError while reading an answer"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_raising(data):
    assert isinstance(read(data), Down)


def test_a_table_passes_over_what_has_another_form():
    facts: list[Fact] = []
    _TABLE({"vangsten": [None, 3, [], {"vis": ["x"], "soort": "1", "aas": "wurm"}, {"vis": "Snoek"}]}, "", facts)
    assert facts == [Fact("fish", "Vis", "Snoek", "text", "vangsten[5]/vis")]


def test_what_a_source_says_is_missing_makes_it_partial_or_down_and_never_nothing():
    entry = entry_of(SERVICE)
    whole = {"persoon": {"insz": NUMBER}, "aantal": 1, "vangsten": [{"vis": "Snoek"}]}
    empty = {"persoon": {"insz": NUMBER}, "aantal": 0, "vangsten": []}
    for content, has_exceptions in (
        (whole, True),
        (whole | {"ontbreekt": [{"bron": "ZEE", "code": "60006"}]}, False),
    ):
        answer = AnswerText(json.dumps(content).encode(), None, THEN, has_exceptions=has_exceptions)
        outcome = rest_answer.read(answer, inquiry_of(entry), NUMBER)
        assert isinstance(outcome, Partial)
        assert [fact.value for fact in outcome.value] == ["Snoek"]
    for content, has_exceptions in ((empty, True), (empty | {"ontbreekt": [{"bron": f"x {NUMBER}"}]}, False)):
        answer = AnswerText(json.dumps(content).encode(), None, THEN, has_exceptions=has_exceptions)
        outcome = rest_answer.read(answer, inquiry_of(entry), NUMBER)
        assert isinstance(outcome, Down)
        assert NUMBER not in outcome.detail
