"""What every contract says of its operations: their names, who may, and what is refused by what they take."""

from collections.abc import Iterator
from typing import Any

from chassis.access import find, listed
from chassis.operation_names import operation_name
from chassis.problems import CONTENT_TYPE
from chassis.realworld import PREFIX

Document = dict[str, Any]
REALWORLD_SCHEME = "realworld"
BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token of auth."}
MEANINGS = {
    400: "What was asked for or sent makes no sense.",
    401: "No access token came, or one that is not valid (any more).",
    403: "The caller may not.",
    404: "There is no such thing, or none that the caller may know of.",
    409: "As things stand, this cannot be done.",
    410: "What was asked for is no longer there.",
    412: "It is not as `If-Match` says any more.",
    413: "What was sent is too large.",
    415: "What was sent is of a type that is not taken here.",
    416: "The range lies beyond the end.",
    422: "Fields of what was sent are not valid.",
    428: "`If-Match` is missing.",
    429: "Too often; `Retry-After` says for how many seconds to wait.",
    503: "Something that is needed is away; `Retry-After` says for how many seconds to wait.",
}
ONCE = frozenset({304, 405, 406, 414, 421, 431, 500, 502, 503, 504})
"""Statuses that any operation may answer with; the document says so once."""

_ONCE_TEXT = (
    "Beside what an operation lists, any request may be answered 304 (nothing new since If-None-Match or "
    "If-Modified-Since), 405, 406, 414, 421, 431, 500, 502, 503 (with Retry-After) or 504. A refusal has the body of "
    "its version: `Refusal` in version 1, else `Problem`."
)
_WRONG_FIELDS = {"$ref": "#/components/schemas/WrongFields"}
_TEXT = {"type": "string"}
SCHEMAS: Document = {
    "Refusal": {
        "type": "object",
        "description": "Why a request was refused: a sentence for people, a code for programs.",
        "properties": {"detail": _TEXT, "code": _TEXT},
        "required": ["detail", "code"],
        "additionalProperties": True,
    },
    "WrongFields": {
        "type": "object",
        "description": "What is wrong with which field: sentences, nested as the body is.",
        "additionalProperties": True,  # generators of clients fail at a schema that is a union of itself
    },
    "RealWorldErrors": {
        "type": "object",
        "description": "What is wrong with which field; what is about none is said of a noun, or of `body`.",
        "properties": {
            "errors": {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}},
        },
        "required": ["errors"],
        "additionalProperties": False,
    },
    "Problem": {
        "type": "object",
        "description": "Why a request was refused (RFC 9457); `errors` tells of each wrong field by its JSON pointer.",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            **dict.fromkeys(("title", "detail", "code", "instance", "request_id"), _TEXT),
            "status": {"type": "integer"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": dict.fromkeys(("pointer", "code", "detail"), _TEXT),
                    "required": ["pointer", "code", "detail"],
                },
            },
        },
        "required": ["type", "title", "status", "detail", "code", "instance", "request_id"],
        "additionalProperties": True,
    },
}


def completed(document: Document) -> Document:
    """A service's document with what is the same for all services; changes it in place."""
    schemes = document.setdefault("components", {}).pop("securitySchemes", {})
    used = {"bearer": BEARER} | {name: scheme for name, scheme in schemes.items() if name == REALWORLD_SCHEME}
    document["components"]["securitySchemes"] = used
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["operationId"] = operation_name(method.upper(), path)
            operation["security"] = _security(method.upper(), path)
    return with_refusals(document)


def _security(method: str, path: str) -> list[dict[str, list[str]]]:
    """What an operation takes by the table of access, which lists all of the API; a page not in it is for everybody."""
    access = listed(method, path) if path.startswith(("/api/", PREFIX)) else find(method, path)
    scheme: dict[str, list[str]] = {REALWORLD_SCHEME if path.startswith(PREFIX) else "bearer": []}
    match access and access.auth:
        case "required":
            return [scheme]
        case "optional":
            return [{}, scheme]
    return []


def with_refusals(document: Document) -> Document:
    """The document with the refusals of each operation; changes it in place.

    What an operation says itself of a status stays; where it says no body, that has the form of the version.
    """
    components = document.setdefault("components", {})
    components["schemas"] = components.get("schemas", {}) | SCHEMAS
    components["responses"] = {name: _response(*shape) for name, shape in _RESPONSES.items()}
    document["info"]["description"] = f"{document['info'].get('description', '')}\n\n{_ONCE_TEXT}".strip()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            for status, own in responses.items():
                if status >= "400":
                    own["description"] = own.get("description") or MEANINGS[int(status)]
                    own.setdefault("content", components["responses"][refusal(path, int(status))]["content"])
            dialect = _OF_REALWORLD if path.startswith(PREFIX) else ()
            for status in (*_statuses(method.upper(), path, operation), *dialect):
                reference = f"#/components/responses/{refusal(path, status)}"
                responses.setdefault(str(status), {"$ref": reference, "description": MEANINGS[status]})
    return document


_RESPONSES: dict[str, tuple[str, Document]] = {
    "Refused": ("application/json", {"$ref": "#/components/schemas/Refusal"}),
    "RefusedFields": ("application/json", {"anyOf": [{"$ref": "#/components/schemas/Refusal"}, _WRONG_FIELDS]}),
    "RefusedByRealWorld": ("application/json", {"$ref": "#/components/schemas/RealWorldErrors"}),
    "RefusedAsProblem": (CONTENT_TYPE, {"$ref": "#/components/schemas/Problem"}),
}


def _response(media_type: str, schema: Document) -> Document:
    return {"description": "Refused; `code` says why.", "content": {media_type: {"schema": schema}}}


def refusal(path: str, status: int) -> str:
    """The component that says how a refusal looks there."""
    if path.startswith(PREFIX):
        return "RefusedByRealWorld"
    if not path.startswith("/api/v1/"):
        return "RefusedAsProblem"
    return "RefusedFields" if status == 400 else "Refused"


_OF_REALWORLD = (409, 422, 429)
_OF_HEADERS = {"If-Match": (412, 428), "Idempotency-Key": (409, 422)}


def _statuses(method: str, path: str, operation: Document) -> Iterator[int]:
    """What may be refused: the token everywhere, what is asked for and sent, and who asks."""
    parameters = {(each["in"], each["name"]) for each in operation.get("parameters", ())}
    kinds = {kind for kind, _ in parameters}
    access = find(method, path)
    if "requestBody" in operation or "query" in kinds or (method == "GET" and path.startswith("/api/")):
        yield 400
    yield 401
    if access and (access.scopes or access.roles):
        yield 403
    if "{" in path or ("query", "page") in parameters:  # one past the end
        yield 404
    for kind, name in sorted(parameters):
        yield from _OF_HEADERS.get(name, ()) if kind == "header" else ()
    if "206" in operation["responses"]:
        yield 416
    if "requestBody" in operation:
        yield from (413, 415)
        if not path.startswith("/api/v1/"):
            yield 422
