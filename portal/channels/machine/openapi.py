"""Make one OpenAPI 3.1 document of all operations for machines, from the types with which requests are decoded.

Source: https://spec.openapis.org/oas/v3.1.1.html. msgspec makes the schemas from the types, so that nothing is
written twice.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import msgspec
from django.conf import settings
from django.urls import reverse

from portal.platform.access.machine_guard import PROBLEM, Problem
from portal.platform.feature import installed
from portal.platform.feature.types import MachineAnswer, MachineOperation
from portal.platform.ui.links import links

from .operations import OPERATIONS

MEDIA = "application/json"
TOKEN = "token"  # noqa: S105 - the name of the security scheme
_REFERENCE = "#/components/schemas/{name}"

Json = dict[str, Any]

# The answers that every operation can give.
EVERYWHERE: Mapping[int, MachineAnswer] = {
    HTTPStatus.REQUEST_TIMEOUT: MachineAnswer("What was sent came too slowly.", Problem, PROBLEM),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: MachineAnswer("What was sent is too large.", Problem, PROBLEM),
    HTTPStatus.TOO_MANY_REQUESTS: MachineAnswer("Too much was asked at once. Try again later.", Problem, PROBLEM),
    HTTPStatus.INTERNAL_SERVER_ERROR: MachineAnswer("Something failed here; nothing was taken.", Problem, PROBLEM),
    HTTPStatus.SERVICE_UNAVAILABLE: MachineAnswer("Too busy. Try again after `Retry-After`.", Problem, PROBLEM),
}
# The answers that every operation with a scope can give.
WITH_TOKEN: Mapping[int, MachineAnswer] = {
    HTTPStatus.UNAUTHORIZED: MachineAnswer("There is no token, or it is unknown or expired.", Problem, PROBLEM),
    HTTPStatus.FORBIDDEN: MachineAnswer("The token lacks the scope.", Problem, PROBLEM),
}


def operations() -> Sequence[MachineOperation]:
    """List the operations of this channel and of each feature of this portal."""
    return (*OPERATIONS, *(each for feature in installed.features() for each in feature.operations))


@cache
def document_json() -> bytes:
    """Give the document as JSON, made once per process."""
    return msgspec.json.format(msgspec.json.encode(document(operations())), indent=1)


def document(described: Sequence[MachineOperation]) -> Json:
    """Make the document of these operations. Raise NoReverseMatch for one without an address."""
    types = list({id(struct): struct for operation in described for struct in _types_of(operation)}.values())
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schema_of = {id(struct): schema for struct, schema in zip(types, schemas, strict=True)}
    paths: defaultdict[str, Json] = defaultdict(dict)
    for operation in described:
        paths[path_of(operation)][operation.method.lower()] = _describe(operation, schema_of, components)
    # Parameters are written field by field with their operation, so their structs are no components.
    of_parameters = {
        _name_of(schema_of[id(struct)])
        for operation in described
        for struct in (operation.parts, operation.query)
        if struct is not None
    }
    shown = {name: schema for name, schema in sorted(components.items()) if name not in of_parameters}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Mijn Burgerprofiel, for machines of bodies",
            "version": "1",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": settings.PORTAL_ORIGIN}],
        "paths": dict(paths),
        "components": {"schemas": shown, "securitySchemes": {TOKEN: _security_scheme(described)}},
    }


def path_of(operation: MachineOperation) -> str:
    """Give the path of an operation with its parameters, as `/api/verbeteringen/{reference}/status`."""
    names = [field.name for field in _fields(operation.parts)]
    return unquote(reverse(operation.route, kwargs={name: f"{{{name}}}" for name in names}))


def answers_of(operation: MachineOperation) -> Mapping[int, MachineAnswer]:
    """Give every answer of an operation, by status."""
    answers: dict[int, MachineAnswer] = dict(EVERYWHERE)
    if operation.scope:
        answers.update(WITH_TOKEN)
    answers.update(operation.answers)
    return dict(sorted(answers.items()))


def _types_of(operation: MachineOperation) -> list[Any]:
    of_request = [operation.parts, operation.query, operation.body]
    return [
        struct
        for struct in (*of_request, *(answer.body for answer in answers_of(operation).values()))
        if struct is not None
    ]


def _fields(struct: Any) -> Sequence[msgspec.structs.FieldInfo]:
    return msgspec.structs.fields(struct) if struct is not None else ()


def _describe(operation: MachineOperation, schema_of: Mapping[int, Json], components: Mapping[str, Json]) -> Json:
    name = f"{operation.route}_{operation.method.lower()}".replace(":", "_").replace("-", "_")
    description: Json = {"operationId": name, "summary": operation.summary}
    if operation.about:
        description["description"] = operation.about
    parameters = [
        {"name": name, "in": place, "required": name in component.get("required", ()), "schema": schema}
        for place, struct in (("path", operation.parts), ("query", operation.query))
        if struct is not None
        for component in [components[_name_of(schema_of[id(struct)])]]
        for name, schema in component["properties"].items()
    ]
    if parameters:
        description["parameters"] = parameters
    if operation.body is not None:
        description["requestBody"] = {
            "required": True,
            "content": {operation.media: {"schema": schema_of[id(operation.body)]}},
        }
    elif operation.media != MEDIA:
        # A file has no schema.
        description["requestBody"] = {"required": True, "content": {operation.media: {}}}
    description["responses"] = {
        str(int(status)): _answer(answer, schema_of) for status, answer in answers_of(operation).items()
    }
    description["security"] = [{TOKEN: [operation.scope]}] if operation.scope else []
    return description


def _name_of(schema: Json) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _answer(answer: MachineAnswer, schema_of: Mapping[int, Json]) -> Json:
    if answer.body is None:
        return {"description": answer.means}
    return {"description": answer.means, "content": {answer.media: {"schema": schema_of[id(answer.body)]}}}


def _security_scheme(described: Sequence[MachineOperation]) -> Json:
    summaries_of: defaultdict[str, list[str]] = defaultdict(list)
    for operation in described:
        if operation.scope:
            summaries_of[operation.scope].append(operation.summary)
    scopes = {scope: "; ".join(summaries) for scope, summaries in summaries_of.items()}
    flow = {"tokenUrl": settings.PORTAL_ORIGIN + links.machine_token(), "scopes": scopes}
    return {"type": "oauth2", "flows": {"clientCredentials": flow}}
