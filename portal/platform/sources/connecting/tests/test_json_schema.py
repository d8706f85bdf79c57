"""The part of JSON Schema that is checked, and the refusal of the rest."""

import pytest

from portal.platform.sources.connecting.json_schema import UnknownSchemaError, faults

WHOLE = {"$defs": {"naam": {"type": "string", "minLength": 2}}}


@pytest.mark.parametrize(
    ("schema", "right", "wrong", "said"),
    [
        ({"type": "integer"}, 3, True, "$: no integer"),
        ({"type": ["string", "null"]}, None, 3, "$: no string or null"),
        ({"type": "number"}, 3.5, "3", "$: no number"),
        ({"$ref": "#/$defs/naam"}, "Els", "E", "$: too short"),
        ({"required": ["a"]}, {"a": 1}, {}, "$.a is missing"),
        ({"properties": {"a": {"type": "object"}}}, {"a": {}}, {"a": []}, "$.a: no object"),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"b": 1}, "$.b is unknown"),
        ({"additionalProperties": {"type": "string"}}, {"b": "x"}, {"b": 1}, "$.b: no string"),
        ({"items": {"enum": [1, 2]}}, [1, 2], [1, 3], "$[1]: none of the enum"),
        ({"const": "x"}, "x", "y", "$: not the constant"),
        ({"pattern": "^[0-9]+$"}, "12", "1a", "$: not of the pattern"),
        ({"maxLength": 2}, "ab", "abc", "$: too long"),
        ({"minItems": 1}, [1], [], "$: too few"),
        ({"maxItems": 1}, [1], [1, 2], "$: too many"),
        ({"minimum": 1}, 1, 0, "$: too small"),
        ({"maximum": 1}, 1, 2, "$: too large"),
        ({"allOf": [{"minimum": 1}, {"maximum": 3}]}, 2, 4, "$: fits 1 of 2"),
        ({"anyOf": [{"type": "string"}, {"minimum": 1}]}, "x", 0, "$: fits 0 of 2"),
        ({"oneOf": [{"minimum": 1}, {"maximum": 3}]}, 0, 2, "$: fits 2 of 2"),
        ({"title": "T", "format": "date", "type": "string"}, "x", 3, "$: no string"),
    ],
)
def test_each_rule_lets_the_right_value_through_and_names_the_place_of_a_wrong_one(schema, right, wrong, said):
    assert list(faults(right, schema, WHOLE)) == []
    assert list(faults(wrong, schema, WHOLE)) == [said]


@pytest.mark.parametrize(
    "schema", [{"unevaluatedProperties": False}, {"$ref": "#/$defs/weg"}, {"$ref": "https://elders.example/s.json"}]
)
def test_a_schema_that_cannot_be_checked_whole_is_no_schema(schema):
    with pytest.raises(UnknownSchemaError):
        list(faults({}, schema, WHOLE))
