"""The contract of JSON datasets: what `test_contract` asks of MAGDA datasets, in the terms of their own protocol."""

import json
import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.platform.kit import incomplete_date, national_number
from portal.platform.sources.connecting import schemas
from portal.platform.sources.datasets import inquiry_of
from portal.platform.sources.reading.outcomes import Down, Nothing, Ready, name_of
from portal.platform.sources.transports import rest_answer
from portal.platform.sources.transports.answer import Answer

from .samples import JSON_ENTRIES, NOW, answers_of, approved, key_of, read, read_sample, seen

dataset = pytest.mark.parametrize("entry", JSON_ENTRIES, ids=lambda entry: entry.name)
damaged = settings(max_examples=100, deadline=None)


def bodies(entry: Any, *outcomes: str) -> list[bytes]:
    return [file.read_bytes() for file in answers_of(entry) if approved(file, entry)["outcome"] in outcomes]


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every member and element below a value."""
    inside = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, value in inside:
        yield (*path, name)
        yield from places(value, (*path, name))


def at(content: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        content = content[name]
    return content


# --- own samples --------------------------------------------------------------------------------------------


@dataset
def test_samples_give_their_approved_facts(entry):
    files = answers_of(entry)
    assert {file.name: seen(read_sample(file, entry)) for file in files} == {
        file.name: approved(file, entry) for file in files
    }


@dataset
def test_samples_show_data_nothing_and_failure(entry):
    assert {approved(file, entry)["outcome"] for file in answers_of(entry)} == {"ready", "nothing", "down"}


@dataset
def test_samples_are_about_the_person_they_are_named_after(entry):
    for file in answers_of(entry):
        assert name_of(read_sample(file, entry, insz=key_of(file))) == approved(file, entry)["outcome"], file


@dataset
def test_samples_of_somebody_else_are_a_mismatch(entry):
    for body in bodies(entry, "ready", "nothing"):
        if entry.dataset.service.subject:
            assert read(body, entry, insz="99999999999") == Down("mismatch", "INSZ")
        else:
            # Whom an answer is about must be checked wherever it says so: this one names nobody.
            assert re.findall(rb"(?<![0-9])[0-9]{11}(?![0-9])", body) == []


@dataset
def test_samples_are_of_people_who_cannot_exist(entry):
    personas = tomllib.loads((entry.agency.folder / "samples" / "personas.toml").read_text("utf-8"))
    assert {key_of(file) for file in answers_of(entry)} <= set(personas)
    for number in personas:
        assert national_number.is_valid(number), number
        assert 60 <= int(number[2:4]) <= 72, number


@dataset
def test_a_person_whom_nobody_knows_gets_204_and_that_means_nothing(entry):
    assert rest_answer.read(Answer(b"", None, NOW, is_empty=True), inquiry_of(entry), "99999999999") == Nothing(NOW)


@dataset
def test_facts_are_well_formed_and_lead_back_to_their_place(entry):
    for body in bodies(entry, "ready"):
        outcome = read(body, entry)
        assert isinstance(outcome, Ready)
        for fact in outcome.value:
            assert fact.key.replace("_", "a").isalnum(), fact
            assert fact.key == fact.key.lower(), fact
            assert fact.label[0].isupper(), fact
            assert fact.value == fact.value.strip() != "", fact
            assert fact.kind != "date" or incomplete_date.read(fact.value), fact
            steps = re.findall(r"([^/\[\]]+)(?:\[(\d+)\])?", fact.path)
            path = tuple(part for name, n in steps for part in ((name, int(n) - 1) if n else (name,)))
            assert at(json.loads(body), path) not in (None, "", [], {}), fact


@dataset
def test_highlights_items_and_explanations_name_facts_that_exist(entry):
    keys = {f.key for body in bodies(entry, "ready") for f in read(body, entry).value}
    items = entry.dataset.items
    assert {
        *(key for of_section in entry.sections.values() for key in of_section.facts()),
        *(items.title + items.detail + items.when + items.until if items else ()),
    } <= keys


@dataset
def test_every_value_becomes_a_fact_or_is_left_out_for_a_reason(entry):
    service = entry.dataset.service
    file = entry.agency.folder / "samples" / "left_out.toml"
    reasons = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    for body in bodies(entry, "ready"):
        content = json.loads(body)
        told = {re.sub(r"\[(\d+)\]", r"/\1", f.path) for f in read(body, entry).value}
        leaves = {path for path in places(content) if not isinstance(at(content, path), dict | list)}
        written = {"/".join(str(p + 1) if isinstance(p, int) else p for p in path) for path in leaves}
        left_out = {path for path in written - told if any(fnmatchcase(_plain(path), one) for one in reasons)}
        assert written - told - left_out == {service.subject, service.count} - {""}


def _plain(path: str) -> str:
    """Leave out the places in lists: `trajecten/2/naam` is `trajecten/naam`."""
    return "/".join(part for part in path.split("/") if not part.isdecimal())


@dataset
def test_the_question_asks_about_the_person(entry):
    question = json.loads(entry.question.template.replace("${insz}", "71690999999"))
    assert question["insz"] == "71690999999"
    assert entry.question.template.count("${insz}") == 1


# --- the schema ---------------------------------------------------------------------------------------------


@dataset
def test_samples_are_valid(entry):
    assert schemas.check(entry, answers_of(entry), None) == schemas.Checked("own")


# --- damage -------------------------------------------------------------------------------------------------


@dataset
def test_every_cut_answer_is_unreadable(entry):
    for body in bodies(entry, "ready", "nothing"):
        outcomes = {seen(read(body[:end], entry))["outcome"] for end in range(len(body.rstrip()))}
        assert outcomes == {"down"}


@dataset
def test_an_answer_without_any_one_member_or_element_is_never_nothing(entry):
    for body in bodies(entry, "ready", "nothing"):
        for path in places(json.loads(body)):
            content = json.loads(body)
            del at(content, path[:-1])[path[-1]]
            assert not isinstance(read(json.dumps(content).encode(), entry), Nothing), path


@dataset
@damaged
@given(data=st.data())
def test_any_value_in_any_place_is_read_without_raising_and_is_never_nothing(entry, data):
    content = json.loads(data.draw(st.sampled_from(bodies(entry, "ready"))))
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    )
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(content))))
        at(content, path[:-1])[path[-1]] = data.draw(anything)
    list(entry.parse(deepcopy(content)))
    service = entry.dataset.service
    if (content.get(service.empty), content.get(service.count)) != ([], 0):  # which would be an empty answer
        assert not isinstance(read(json.dumps(content).encode(), entry), Nothing)


@dataset
@damaged
@given(data=st.data())
def test_flipped_bytes_are_read_without_raising(entry, data):
    body = bytearray(data.draw(st.sampled_from(bodies(entry, "ready"))))
    for where in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=5)):
        body[where] ^= data.draw(st.integers(1, 255))
    assert not isinstance(read(bytes(body), entry), Nothing)
