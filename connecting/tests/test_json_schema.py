"""The faults of values that do not fit a schema, and schemas that are refused."""

import pytest

from connecting.json_schema import JsonSchema, UnknownSchemaError


def faults(schema, value):
    """Check a value against a schema that stands among others."""
    whole = {"$id": "https://elders.example/geheel.json", "$defs": {"one": schema, "naam": {"minLength": 2}}}
    return list(JsonSchema(whole).faults(value, "one"))


@pytest.mark.parametrize(
    ("schema", "right", "wrong", "fault"),
    [
        # True is an integer in Python, and not in JSON.
        ({"type": "integer"}, 3, True, "$: no integer"),
        ({"type": ["string", "null"]}, None, 3, "$: no string or null"),
        ({"$ref": "#/$defs/naam"}, "Els", "E", "$: breaks minLength"),
        ({"required": ["a", "b", "c"]}, {"a": 1, "b": 1, "c": 1}, {"b": 1}, "$: lacks a, c"),
        ({"properties": {"a": {"type": "object"}}}, {"a": {}}, {"a": []}, "$.a: no object"),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"b": 1}, "$: does not know b"),
        ({"items": {"enum": [1, 2]}}, [1, 2], [1, 3], "$[1]: breaks enum"),
        ({"pattern": "^[0-9]+$"}, "12", "1a", "$: breaks pattern"),
        ({"oneOf": [{"minimum": 1}, {"maximum": 3}]}, 0, 2, "$: breaks oneOf"),
        ({"dependentRequired": {"a": ["b"]}}, {"b": 1}, {"a": 1}, "$: breaks dependentRequired"),
    ],
)
def test_a_wrong_value_is_named_by_its_place_and_its_rule_alone(schema, right, wrong, fault):
    assert faults(schema, right) == []
    assert list(dict.fromkeys(faults(schema, wrong))) == [fault]


@pytest.mark.parametrize(
    ("schema", "cause"),
    [
        ({"minLenght": 2}, "'minLenght' was unexpected"),
        ({"properties": {"a": {"itmes": {}}}}, "'itmes' was unexpected"),
        ({"type": "strng"}, "'strng' is not valid"),
        ({"pattern": "("}, "'(' is not a 'regex'"),
        ({"$ref": "#/$defs/weg"}, "the schema has no '/$defs/weg'"),
        ({"$ref": "https://elders.example/s.json"}, "the schema has no 'https://elders.example/s.json'"),
        ({"$ref": "#/$defs/one"}, "refers to itself without end"),
    ],
)
def test_a_schema_that_cannot_be_checked_whole_is_no_schema(schema, cause):
    with pytest.raises(UnknownSchemaError) as refused:
        faults(schema, {})
    assert cause in str(refused.value)


def test_an_answer_that_the_schema_does_not_name_is_refused():
    with pytest.raises(UnknownSchemaError):
        list(JsonSchema({"$defs": {}}).faults({}, "one"))
