"""The OpenAPI document: what commands look like from outside, and what every operation may answer."""

import re
from collections.abc import Collection, Sequence
from inspect import Parameter, Signature
from typing import Annotated, Any, get_type_hints

from fastapi import Body, FastAPI, Header, Path
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field, create_model
from pydantic.fields import FieldInfo

from shared.engine.authoring.freshness import SECONDS
from shared.engine.authoring.grants import ANYONE, Grant, Scope
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.scopes import SCOPES
from shared.web.examples import add_examples
from shared.web.problems import MEDIA_TYPE, Problem
from shared.web.schema_names import REFERENCE, add_models, name_plainly
from shared.web.table import Row

Json = dict[str, Any]  # parts of an OpenAPI document

PROBLEMS = {
    400: "A header cannot be read or is there twice, or this is no HTTP/1.1.",
    401: "There is no token, or it is not valid, or the sign-in is too old for this: then `WWW-Authenticate` says so "
    "(RFC 9470), and `detail` what to do.",
    403: "The caller may not do this.",
    404: "It does not exist in this tenant.",
    409: "A rule says no, or the same Idempotency-Key is at work: `code` and `detail` say which, and what to do.",
    412: "Somebody changed it since the version in `If-Match`.",
    413: "The body is too large.",
    415: "The body is of another media type than the one that is asked for.",
    422: "What was sent does not have the shape that is asked for: `errors` lists what to correct. Or its "
    "Idempotency-Key was used with another body.",
    429: "So much of this tenant waits that an operator's limit lets no more in. `Retry-After` says when to try again.",
    503: "There is more to do than can be taken now. `Retry-After` says when to try again, in seconds.",
}
OF_REQUESTS = {
    405: "The path has no such method: `Allow` lists those that it has.",
    408: "The request came too slowly.",
    414: "The path with its query has more than 8,192 bytes.",
    431: "There are more than 100 headers, or they have more than 32,768 bytes.",
}
"""What is answered before an operation sees the request."""
OF_ALL = {401, 403, 404, 422, 503}
OF_BODIES = {409, 413, 415, 429}
LATER = (PROBLEMS[429], PROBLEMS[503])

KEY_PATTERN = r'^([\x21\x23-\x7e][\x21-\x7e]{0,254}|"([\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255}")$'
IDEMPOTENCY_KEY = Header(
    alias="Idempotency-Key",
    min_length=1,
    max_length=512,
    pattern=KEY_PATTERN,
    description="A repetition with the same key and body is not done again, and gets the first one's answer. A key is "
    "1 to 255 visible ASCII characters; in quotes it is the same key, and may have spaces.",
)
IF_MATCH = Header(
    alias="If-Match",
    pattern=r'^("\d{1,18}"|\*)$',
    description="The version that the command expects, as an ETag gave it; the answer is 412 if it has another.",
)
ETAG = {"ETag": {"description": "The version that it has now", "schema": {"type": "string"}}}
LOCATION = {
    "Location": {"description": "Where it can be read", "schema": {"type": "string", "format": "uri-reference"}}
}


def refused_with(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route says of problems that it answers beside the usual ones."""
    return {status: {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


ABOUT = """\
Times are RFC 3339, ids are opaque. Every refusal is a problem document (RFC 9457), and its `detail` says what to do.
Whatever can be read with GET can be asked for with HEAD, too."""
TAGS = {"": "service", "livez": "service", "readyz": "service", ".well-known": "oauth"}
"""Names for what is at addresses that say nothing."""


class Changed(BaseModel):
    """What a command changed, and the version that it has now."""

    id: str
    version: int = Field(ge=0)


def signature(handler: Handler, path: str) -> Signature:
    """Return a command's parameters as FastAPI reads them: those of its path, its body, its headers."""
    named = re.findall(r"{(\w+)}", path)
    parameters = [_path_parameter(name, handler.takes.model_fields[name]) for name in named]
    body = _body(handler.takes, named)
    if body is not None:
        is_needed = any(field.is_required() for field in body.model_fields.values())
        parameters.append(_parameter("body", Annotated[body, Body()], is_needed))
    parameters.append(_parameter("idempotency_key", Annotated[str, IDEMPOTENCY_KEY], is_needed=False))
    parameters.append(_parameter("if_match", Annotated[str, IF_MATCH], is_needed=False))
    return Signature(parameters)


def _path_parameter(name: str, field: FieldInfo) -> Parameter:
    meaning: Any = (field.annotation, *field.metadata, Path(description=field.description, examples=field.examples))
    return _parameter(name, Annotated[meaning])


def _parameter(name: str, annotation: Any, is_needed: bool = True) -> Parameter:  # any annotated type
    default = Parameter.empty if is_needed else None
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _body(takes: type[BaseModel], named: Collection[str]) -> type[BaseModel] | None:
    """The model of a command without what its path says; None if nothing is left."""
    left = {name: (field.annotation, field) for name, field in takes.model_fields.items() if name not in named}
    if not left:
        return None
    fields: Any = left  # `create_model` is typed for names that are known when it is written
    return create_model(takes.__name__, __config__=takes.model_config, __doc__=takes.__doc__, **fields)


def result(handler: Handler) -> type[BaseModel]:
    """Return what a command answers with: what its function returns, or what it changed."""
    returned = get_type_hints(handler.function).get("return")
    return returned if isinstance(returned, type) and issubclass(returned, BaseModel) else Changed


def openapi(app: FastAPI, commands: Collection[str], rows: Sequence[Row], issuer: str) -> Json:
    """Return the document of an app. `commands` are the operations that are commands, `rows` whom each is for."""
    found = {row.name: row for row in rows}
    document = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
    document["servers"] = [_server(app.state.settings.public_url)]
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = Problem.model_json_schema(ref_template=REFERENCE + "{model}")
    add_models(schemas, problem.pop("$defs") | {"Problem": problem})
    name_plainly(document)
    components["responses"] = {f"Problem{status}": _problem(text) for status, text in PROBLEMS.items()}
    components["securitySchemes"] = _schemes(issuer)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["tags"] = [_tag(path)]
            operation["summary"] = operation["description"].partition("\n")[0]
            grants = found[operation["operationId"]].permission.grants
            operation["x-roles"] = {grant.role: grant.extent for grant in grants}
            operation["x-audit"] = found[operation["operationId"]].audited
            operation["security"] = _security(grants)
            if found[operation["operationId"]].permission.takes_fresh:
                operation["x-sign-in-max-age"] = SECONDS
            _answers(operation, _statuses(method, operation, operation["operationId"] in commands))
    every = (tag for operations in document["paths"].values() for one in operations.values() for tag in one["tags"])
    document["tags"] = [{"name": tag} for tag in dict.fromkeys(every)]
    add_examples(document)
    if pages := [_page(row) for row in rows if row.is_page]:
        document["x-pages"] = pages
    return document


def _page(row: Row) -> Json:
    """What the document says of a page, which is no part of the API."""
    roles = {grant.role: grant.extent for grant in row.permission.grants}
    return {"method": row.method, "path": row.path, "summary": row.words, "x-roles": roles}


def _server(public_url: str | None) -> Json:
    if public_url:
        return {"url": public_url, "description": "Where this service is"}
    return {"url": "/", "description": "The service that shows this document"}


def _tag(path: str) -> str:
    """The kind of thing that an operation is about: the first part of its path, unless that is only an address."""
    first = path.removeprefix("/v1").split("/")[1]
    return TAGS.get(first, first)


def _problem(text: str) -> Json:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = {"Retry-After": {"schema": {"type": "integer"}}} if text in LATER else {}
    return {"description": text, "content": content} | ({"headers": headers} if headers else {})


def _schemes(issuer: str) -> Json:
    """People and operators come with a token, systems get theirs by scopes."""
    flow = {"tokenUrl": f"{issuer}/oauth/token", "scopes": dict(SCOPES)}
    return {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "client": {"type": "oauth2", "flows": {"clientCredentials": flow}},
    }


def _security(grants: Sequence[Grant]) -> list[Json]:
    """What an operation takes: nothing, a token of somebody whom it is for, or one with a scope."""
    if ANYONE in grants:
        return []
    scopes = [grant.name for grant in grants if isinstance(grant, Scope)]
    is_for_others = len(scopes) < len(grants)
    return ([{"bearer": list[str]()}] if is_for_others else []) + [{"client": [scope]} for scope in scopes]


def _statuses(method: str, operation: Json, is_command: bool) -> set[int]:
    """Tell which refusals are possible: where something may change, rules say no even to who sends nothing."""
    statuses = set(PROBLEMS) if is_command else OF_ALL | (OF_BODIES if "requestBody" in operation else set())
    if method == "post":
        statuses |= {409}
    return statuses if operation["security"] else statuses - {401, 403, 404}


def _answers(operation: Json, statuses: Collection[int]) -> None:
    """Say what the operation may answer beside its success."""
    operation["responses"].pop("422", None)
    for status in sorted(statuses):
        operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
