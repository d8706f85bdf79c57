"""One OpenAPI 3.1 document of all that machines of bodies can ask, made of the types by which it is read.

Source: https://spec.openapis.org/oas/v3.1.1.html. Schemas are msgspec's own; nothing here repeats what a type knows.
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
TOKEN = "token"  # noqa: S105 - the name of the way in which a caller is recognised
_REFERENCE = "#/components/schemas/{name}"

Json = dict[str, Any]

# What any address can answer, whatever is asked of it.
EVERYWHERE: Mapping[int, MachineAnswer] = {
    HTTPStatus.REQUEST_TIMEOUT: MachineAnswer("What was sent came too slowly.", Problem, PROBLEM),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: MachineAnswer("What was sent is too large.", Problem, PROBLEM),
    HTTPStatus.TOO_MANY_REQUESTS: MachineAnswer("Too much was asked at once. Try again later.", Problem, PROBLEM),
    HTTPStatus.INTERNAL_SERVER_ERROR: MachineAnswer("Something failed here; nothing was taken.", Problem, PROBLEM),
    HTTPStatus.SERVICE_UNAVAILABLE: MachineAnswer("Too busy. Try again after `Retry-After`.", Problem, PROBLEM),
}
WITH_TOKEN: Mapping[int, MachineAnswer] = {
    HTTPStatus.UNAUTHORIZED: MachineAnswer("There is no token, or it is unknown or expired.", Problem, PROBLEM),
    HTTPStatus.FORBIDDEN: MachineAnswer("The token lacks the scope.", Problem, PROBLEM),
}


def operations() -> Sequence[MachineOperation]:
    """List what machines can ask: of this channel, and of each feature of this portal."""
    return (*OPERATIONS, *(each for feature in installed.features() for each in feature.operations))


@cache
def document_json() -> bytes:
    """Write the document as JSON, once a process."""
    return msgspec.json.format(msgspec.json.encode(document(operations())), indent=1)


def document(every: Sequence[MachineOperation]) -> Json:
    """Describe these operations. Raise NoReverseMatch for one whose address is not there."""
    types = list({id(each): each for operation in every for each in _types_of(operation)}.values())
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schema_of = {id(each): schema for each, schema in zip(types, schemas, strict=True)}
    paths: defaultdict[str, Json] = defaultdict(dict)
    for operation in every:
        paths[path_of(operation)][operation.method.lower()] = _describe(operation, schema_of, components)
    # What is filled in stands with its operation, field by field.
    filled_in = {
        _name_of(schema_of[id(each)]) for one in every for each in (one.parts, one.query) if each is not None
    }
    kept = {name: schema for name, schema in sorted(components.items()) if name not in filled_in}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Mijn Burgerprofiel, for machines of bodies",
            "version": "1",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": settings.PORTAL_ORIGIN}],
        "paths": dict(paths),
        "components": {"schemas": kept, "securitySchemes": {TOKEN: _way_in(every)}},
    }


def path_of(operation: MachineOperation) -> str:
    """Write its address with the names of what is filled in, as `/api/verbeteringen/{reference}/status`."""
    names = [field.name for field in _fields(operation.parts)]
    return unquote(reverse(operation.route, kwargs={name: f"{{{name}}}" for name in names}))


def answers_of(operation: MachineOperation) -> Mapping[int, MachineAnswer]:
    """Give all that it can be answered, by status."""
    whole: dict[int, MachineAnswer] = dict(EVERYWHERE)
    if operation.scope:
        whole.update(WITH_TOKEN)
    whole.update(operation.answers)
    return dict(sorted(whole.items()))


def _types_of(operation: MachineOperation) -> list[Any]:
    said = [operation.parts, operation.query, operation.body]
    return [each for each in (*said, *(answer.body for answer in answers_of(operation).values())) if each is not None]


def _fields(struct: Any) -> Sequence[msgspec.structs.FieldInfo]:
    return msgspec.structs.fields(struct) if struct is not None else ()


def _describe(operation: MachineOperation, schema_of: Mapping[int, Json], components: Mapping[str, Json]) -> Json:
    name = f"{operation.route}_{operation.method.lower()}".replace(":", "_").replace("-", "_")
    said: Json = {"operationId": name, "summary": operation.summary}
    if operation.about:
        said["description"] = operation.about
    parameters = [
        {"name": name, "in": place, "required": name in known.get("required", ()), "schema": schema}
        for place, struct in (("path", operation.parts), ("query", operation.query))
        if struct is not None
        for known in [components[_name_of(schema_of[id(struct)])]]
        for name, schema in known["properties"].items()
    ]
    if parameters:
        said["parameters"] = parameters
    if operation.body is not None:
        said["requestBody"] = {
            "required": True,
            "content": {operation.media: {"schema": schema_of[id(operation.body)]}},
        }
    elif operation.media != MEDIA:
        # A file: no schema says what is in it.
        said["requestBody"] = {"required": True, "content": {operation.media: {}}}
    said["responses"] = {
        str(int(status)): _answer(answer, schema_of) for status, answer in answers_of(operation).items()
    }
    said["security"] = [{TOKEN: [operation.scope]}] if operation.scope else []
    return said


def _name_of(schema: Json) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _answer(answer: MachineAnswer, schema_of: Mapping[int, Json]) -> Json:
    if answer.body is None:
        return {"description": answer.means}
    return {"description": answer.means, "content": {answer.media: {"schema": schema_of[id(answer.body)]}}}


def _way_in(every: Sequence[MachineOperation]) -> Json:
    opened: defaultdict[str, list[str]] = defaultdict(list)
    for operation in every:
        if operation.scope:
            opened[operation.scope].append(operation.summary)
    scopes = {scope: "; ".join(summaries) for scope, summaries in opened.items()}
    flow = {"tokenUrl": settings.PORTAL_ORIGIN + links.machine_token(), "scopes": scopes}
    return {"type": "oauth2", "flows": {"clientCredentials": flow}}
