"""Check a JSON value against a JSON Schema (draft 2020-12), and the schema itself first.

A keyword that the draft does not know is refused, since a misspelt rule would never be checked. No schema is fetched:
all that a schema refers to must be in it.
"""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

Schema = dict[str, Any]

_WHOLE = "urn:whole"
# The draft's own schema of schemas allows unknown keywords; this one refuses them.
_CLOSED: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:closed",
    "$dynamicAnchor": "meta",
    "$ref": "https://json-schema.org/draft/2020-12/schema",
    "unevaluatedProperties": False,
}


_OF_SCHEMAS = Draft202012Validator(_CLOSED, registry=Registry(), format_checker=FormatChecker(["regex"]))


class UnknownSchemaError(Exception):
    """A schema is invalid, or refers to something that it does not hold."""


class JsonSchema:
    """A valid schema that holds its types in `$defs`. Raises UnknownSchemaError for an invalid one."""

    def __init__(self, whole: Schema) -> None:
        for fault in _OF_SCHEMAS.iter_errors(whole):
            raise UnknownSchemaError(f"the schema is wrong at {fault.json_path}: {fault.message}")
        self._types = whole.get("$defs", {})
        self._registry = Registry().with_resource(_WHOLE, DRAFT202012.create_resource(whole))

    def faults(self, value: Any, type_name: str) -> Iterator[str]:
        """Give each fault of a value with its JSON path; `type_name` is the name in `$defs` of the type to check for.

        A fault names the rule and never the value, which may be a person's. Raises UnknownSchemaError.
        """
        if type_name not in self._types:
            raise UnknownSchemaError(f"the schema has no {type_name!r} in its $defs")
        validator = Draft202012Validator({"$ref": f"{_WHOLE}#/$defs/{type_name}"}, registry=self._registry)
        try:
            for fault in validator.iter_errors(value):
                yield f"{fault.json_path}: {_rule(fault)}"
        except Unresolvable as error:
            raise UnknownSchemaError(f"the schema has no {error.ref!r}") from error
        except RecursionError as error:
            raise UnknownSchemaError("the schema refers to itself without end") from error


def _rule(fault: ValidationError) -> str:
    """Name the rule that is broken, with the types it wants, or the members that are missing or unknown."""
    rule_value: Any = fault.validator_value
    value: Any = fault.instance
    schema: Any = fault.schema
    match fault.validator:
        case "type":
            return f"no {rule_value if isinstance(rule_value, str) else ' or '.join(rule_value)}"
        case "required":
            return f"lacks {', '.join(name for name in rule_value if name not in value)}"
        case "additionalProperties":
            return f"does not know {', '.join(sorted(value.keys() - schema.get('properties', {}).keys()))}"
        case word:
            return f"breaks {word}"
