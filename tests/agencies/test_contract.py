"""The contract that every body's folder keeps: one test for all, over its own samples and the published answers."""

import tomllib
from collections import defaultdict
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from portal.platform.kit import incomplete_date, national_number
from portal.platform.sources.catalogue import Askable
from portal.platform.sources.connecting import schemas
from portal.platform.sources.reading.outcomes import Down, Nothing, facts_of, name_of
from portal.platform.sources.reading.xml import child, parse_xml

from .samples import (
    DATASETS,
    ENTRIES,
    LOOKUPS,
    NOW,
    SHARED,
    answers_of,
    approved,
    content_of,
    is_own,
    published_of,
    read,
    seen,
)

dataset = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
no_lookup = pytest.mark.parametrize("entry", DATASETS, ids=lambda entry: entry.name)
with_published = pytest.mark.skipif(not SHARED.exists(), reason="the published answers are not beside the project")


@cache
def samples(entry_name: str, outcome: str) -> tuple[bytes, ...]:
    entry = next(e for e in ENTRIES if e.name == entry_name)
    return tuple(file.read_bytes() for file in answers_of(entry) if approved(file, entry)["outcome"] == outcome)


# --- own samples --------------------------------------------------------------------------------------------


@dataset
def test_samples_give_their_approved_facts(entry):
    files = answers_of(entry)
    assert {file.name: seen(read(file.read_bytes(), entry)) for file in files} == {
        file.name: approved(file, entry) for file in files
    }


@dataset
def test_samples_show_data_nothing_and_failure(entry):
    outcomes = {approved(file, entry)["outcome"] for file in answers_of(entry)}
    assert {"nothing", "down"} < outcomes
    assert outcomes & {"ready", "partial"}


@dataset
def test_samples_are_about_the_person_they_are_named_after(entry):
    for file in answers_of(entry):
        if file.stem.isdigit():
            assert name_of(read(file.read_bytes(), entry, insz=file.stem)) == approved(file, entry)["outcome"], file


@dataset
def test_samples_of_somebody_else_are_a_mismatch(entry):
    for file in answers_of(entry):
        outcome = read(file.read_bytes(), entry, insz="99999999999")
        if not entry.service.subject:
            continue  # the answer names nobody: the echoed reference has to do
        if b">30004<" not in file.read_bytes() and approved(file, entry)["outcome"] == "ready":
            assert isinstance(outcome, Down)
            assert outcome.reason == "mismatch"


@dataset
def test_answers_of_which_the_subject_is_not_checked_name_nobody(entry):
    """Whom an answer is about must be checked wherever it says so (docs/security.md)."""
    if not entry.service.subject:
        contents = [content_of(file.read_bytes(), entry) for file in [*answers_of(entry), *published_of(entry)]]
        assert [e.tag for content in contents if content is not None for e in content.iter("INSZ")] == []


@dataset
def test_samples_are_of_people_who_cannot_exist(entry):
    if entry in LOOKUPS:
        # Companies: their last two digits would make 97 with the remainder of the others, were they real.
        numbers = [file.stem for file in answers_of(entry) if file.stem.isdigit()]
        assert [n for n in numbers if len(n) != 10 or int(n[8:]) == 97 - int(n[:8]) % 97] == []
        return
    personas = tomllib.loads((entry.agency.folder / "samples" / "personas.toml").read_text("utf-8"))
    keys = {file.stem for file in answers_of(entry)} - {"notfound"}
    assert keys <= set(personas)
    for number in personas:
        assert national_number.is_valid(number), number
        assert 60 <= int(number[2:4]) <= 72, number


@dataset
def test_a_person_whom_nobody_knows_has_a_sample(entry):
    notfound = next(file for file in answers_of(entry) if file.stem == "notfound")
    assert read(notfound.read_bytes(), entry) == Nothing(NOW)


@dataset
def test_facts_are_well_formed(entry):
    for file in [*answers_of(entry), *published_of(entry)]:
        for fact in facts_of(read(file.read_bytes(), entry)):
            assert fact.key.replace("_", "a").isalnum(), fact
            assert fact.key == fact.key.lower(), fact
            assert fact.label, fact
            assert fact.label[0].isupper(), fact
            assert fact.value == fact.value.strip() != "", fact
            if fact.kind == "date":
                assert incomplete_date.read(fact.value), fact
            if fact.kind == "national_number":
                assert len(fact.value) == 11, fact


@no_lookup
def test_highlights_items_and_explanations_name_facts_that_exist(entry):
    asked = [entry, entry.lookup] if entry.lookup else [entry]
    keys = {f.key for e in asked for file in answers_of(e) for f in facts_of(read(file.read_bytes(), e))}
    assert {entry.dataset.lookup.of} <= keys if entry.lookup else True
    wanted = {key for of_section in entry.sections.values() for key in of_section.facts()}
    if entry.dataset.items:
        wanted |= {*entry.dataset.items.title, *entry.dataset.items.detail}
        wanted |= {*entry.dataset.items.when, *entry.dataset.items.until}
    assert wanted <= keys


@dataset
def test_names_are_of_origins_that_the_body_has(entry):
    manifest = entry.agency.manifest
    origins = {it.origin for it in manifest.exceptions}
    origins |= {origin for it in manifest.datasets if it.magda for origin in it.magda.origins}
    assert set(manifest.names) <= origins


@no_lookup
def test_the_datum_it_provides_is_a_fact(entry):
    if entry.dataset.provides:
        found = [f for data in samples(entry.name, "ready") for f in facts_of(read(data, entry))]
        assert any(f.key == entry.dataset.provides and f.kind == "date" for f in found)


@dataset
def test_the_question_asks_about_the_person(entry):
    name, element = ("${value}", "Ondernemingsnummer") if entry in LOOKUPS else ("${insz}", "INSZ")
    question = parse_xml(entry.question.template.replace(name, "71690999999").encode())
    assert question.tag == "Inhoud"
    assert [e.text for e in question.iter(element)] == ["71690999999"]
    assert "${" not in entry.question.template.replace(name, "")


# --- damage -------------------------------------------------------------------------------------------------

damaged = settings(max_examples=60, deadline=None)


@dataset
@damaged
@given(data=st.data())
def test_a_cut_answer_is_never_nothing(entry, data):
    answer = data.draw(st.sampled_from([*samples(entry.name, "ready"), *samples(entry.name, "nothing")]))
    kept = answer[: data.draw(st.integers(0, len(answer.rstrip()) - 1))]
    outcome = read(kept, entry)
    assert isinstance(outcome, Down)
    assert outcome.reason == "unreadable"


@dataset
@damaged
@given(data=st.data())
def test_an_answer_without_one_element_is_never_nothing(entry, data):
    root = parse_xml(data.draw(st.sampled_from([*samples(entry.name, "ready"), *samples(entry.name, "down")])))
    element = data.draw(st.sampled_from(list(root.iterdescendants())))
    element.getparent().remove(element)
    assert not isinstance(read(etree.tostring(root), entry), Nothing)


@dataset
@damaged
@given(data=st.data())
def test_an_answer_without_one_text_is_never_nothing(entry, data):
    root = parse_xml(data.draw(st.sampled_from(samples(entry.name, "ready"))))
    data.draw(st.sampled_from(list(root.iterdescendants()))).text = data.draw(st.sampled_from(["", " ", "?"]))
    assert not isinstance(read(etree.tostring(root), entry), Nothing)


@dataset
@damaged
@given(data=st.data())
def test_nothing_without_its_reason_is_not_nothing(entry, data):
    root = parse_xml(data.draw(st.sampled_from(samples(entry.name, "nothing"))))
    names = ("Identificatie", "Oorsprong", "Type", "Uitzondering", "Uitzonderingen", "Antwoord", "Repliek", "Context")
    holder = next(e for e in root.iter("Uitzondering") if is_own(e, entry))
    name = data.draw(st.sampled_from(names))
    element = next((holder if name in ("Identificatie", "Oorsprong", "Type", "Uitzondering") else root).iter(name))
    element.getparent().remove(element)
    assert isinstance(read(etree.tostring(root), entry), Down)


@dataset
@damaged
@given(data=st.data())
def test_flipped_bytes_are_read_without_raising(entry, data):
    answer = bytearray(data.draw(st.sampled_from(samples(entry.name, "ready"))))
    for at in data.draw(st.lists(st.integers(0, len(answer) - 1), min_size=1, max_size=5)):
        answer[at] ^= data.draw(st.integers(1, 255))
    assert not isinstance(read(bytes(answer), entry), Nothing)


@dataset
@damaged
@given(data=st.data())
def test_parse_functions_are_total_on_any_tree(entry, data):
    root = parse_xml(data.draw(st.sampled_from(samples(entry.name, "ready"))))
    elements = list(root.iterdescendants())
    for element in data.draw(st.lists(st.sampled_from(elements), min_size=1, max_size=4)):
        other = data.draw(st.sampled_from(elements))
        element.tag, element.text = other.tag, data.draw(st.text("0123456789-. abcé", max_size=12))
        element.attrib.update(dict(other.attrib))
    list(entry.parse(root))
    for content in root.iter("Inhoud"):
        list(entry.parse(content))


# --- the published schemas ----------------------------------------------------------------------------------

XSD = SHARED / "magda" / "xsd"


@dataset
def test_samples_are_valid(entry):
    """Check against the published schema, or the folder's own where nobody publishes one."""
    checked = schemas.check(entry, answers_of(entry), XSD)
    assert checked.faults == ()
    assert checked.by or not XSD.exists()


# Types of criteria that are not called after their service.
CRITERIA = {
    "GeefOnderneming": "CriteriaGeefOnderneming2_0Type",
    "GeefLoopbaanonderbrekingen": "CriteriaLoopbaanonderbrekingType",
}


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if schemas.published_schema(e.service, XSD)], ids=lambda entry: entry.name
)
def test_the_criteria_of_the_question_are_valid(entry: Askable):
    """Check against the published type; the LED publishes none, its question is the bare number."""
    template = entry.question.template.replace("${insz}", "71690999999").replace("${value}", "0999000101")
    question = parse_xml(template.encode())
    criteria = child(question, "Criteria")
    if criteria is None:
        assert etree.tostring(question) == b"<Inhoud><INSZ>71690999999</INSZ></Inhoud>"
        return
    name = CRITERIA.get(entry.service.service, f"Criteria{entry.service.service}Type")
    file = next(
        f for f in sorted((SHARED / "magda" / "xsd").rglob("*.xsd")) if f'"{name}"'.encode() in f.read_bytes()
    )
    namespace = etree.parse(file).getroot().get("targetNamespace")
    schema = etree.XMLSchema(
        etree.fromstring(
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:p="{namespace}">'
            f'<xs:import namespace="{namespace}" schemaLocation="{file.as_uri()}"/>'
            f'<xs:element name="Criteria" type="p:{name}"/></xs:schema>'
        )
    )
    schema.assertValid(criteria)
    rest = ["Bron"] if entry.service.domain == "Persoon" else []
    assert [e.tag for e in question if e.tag != "Taal"] == ["Criteria", *rest]


def test_samples_of_one_question_are_the_same_in_every_folder():
    """Keep the town's answer to a shared question the same, whichever folder it finds first."""
    texts: dict[tuple[str, str], set[bytes]] = defaultdict(set)
    for entry in ENTRIES:
        for file in answers_of(entry):
            texts[entry.question.source, file.name].add(file.read_bytes())
    assert [place for place, found in texts.items() if len(found) > 1] == []


def test_enrolments_are_asked_once_for_three_datasets():
    asked = {entry.name: entry.question for entry in ENTRIES if entry.question.source == "onderwijs-inschrijvingen"}
    assert set(asked) == {"ahovoks.hoger", "ahovoks.volwassenen", "onderwijsdiensten.leerplicht"}
    assert len(set(asked.values())) == 1
