"""The pages of what can be asked over HTTP, from the OpenAPI documents."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from shared.documents import markdown, shapes
from shared.documents.listed_pages import list_pages
from shared.documents.markdown import fence, link, table
from shared.documents.operations import HEADERS, Operation, common, without
from shared.documents.places import EVERY_SERVICE, OPERATIONS, http_page, openapi_path, service_page
from shared.documents.words import words
from shared.engine.authoring.service import Service
from shared.web.document import OF_REQUESTS, PROBLEMS

Json = dict[str, Any]  # an OpenAPI document, or a part of one

HEAD = """\
# HTTP

What can be asked of each service. Made by `make contracts`: do not edit. A running service shows its own OpenAPI
document at `/openapi.json`.

Every path begins with the address of its service; `ithaca up` prints them, and the examples have them in variables such
as `$INTAKE`. Every request needs `Authorization: Bearer <token>`, unless its page says that it needs none:
[how to get one](../guides/organizations.md). A token names a tenant, and shows nothing of any other. [Who may ask for
what](roles.md) is one table.
"""

BODIES = """## Bodies

A body is JSON in UTF-8: `Content-Type: application/json`, or nothing in its stead. What two readers could understand in
two ways is refused with 422, wherever it is sent: a name twice in one object, a number beyond 64 bits, NaN, a lone
surrogate, U+0000, a byte order mark, more than 64 levels; in paths and queries, what is not UTF-8 when it is decoded. A
header of which there can be one is refused with 400 when it is there twice.
"""
LISTS = """\
## Lists

A list comes in pages: `limit` says how many items at most, `next` in the answer goes into `after` of the next request;
on the last page it is `null`. A change shows in lists as soon as it was answered; what follows from another service's
event shows a moment later.

## Reads

What is read with `GET` is there for `HEAD` too. One thing has its version as its `ETag`; send that in `If-None-Match`,
and the answer is 304 without a body while nothing has changed. Long answers come as gzip to those who accept it.

Where something new is made, the answer is 201, and `Location` is where it can be read.

## Names of requests

Give a request a name of yours in `X-Request-Id`, 1 to 128 visible ASCII characters, or it gets one. The answer has it
in the same header, an error as `request_id` too, and so has the service's log: it is what to report. `X-Correlation-Id`
names all that a request causes, in events and in other services.
"""

ERRORS = """\
## Errors

Every error is `application/problem+json` (RFC 9457) with a stable `code` and a `detail` that says what to do.
"""

WORDS = words()
MADE = "Made by `make contracts`: do not edit."
NEED = {True: "yes", False: "no"}


def http_index(services: Sequence[Service], documents: Mapping[str, Json]) -> str:
    """Return the page of all operations, and what holds for all of them."""
    shared = common(documents.values())
    problems = [
        (f"{status} {HTTPStatus(status).phrase}", text) for status, text in sorted((PROBLEMS | OF_REQUESTS).items())
    ]
    headers = [(f"`{name}`", str(header.description)) for name, header in HEADERS.items()]
    parts = [
        HEAD,
        BODIES,
        "## Commands\n\nWhat changes something is a `POST`, and may have two headers:\n",
        f"{table(('header', 'what it does'), headers)}\n",
        "The answer has the `id` of what was changed and its `version`, which is its `ETag` too.\n",
        LISTS,
        f"{ERRORS}\n{table(('status', 'meaning'), problems)}\n",
        _listed("Every service", shared, EVERY_SERVICE),
        *(
            _listed(service.name.capitalize(), without(shared, documents[service.name]), http_page(service))
            for service in services
        ),
    ]
    return "\n".join(parts)


def every_service(documents: Mapping[str, Json]) -> str:
    """Return the page of what all services can be asked for."""
    found = common(documents.values())
    words = f"They belong to every service: ask the one that it is about. {MADE}\n\n{_rules(EVERY_SERVICE)}"
    return _page("Every service", words, found, next(iter(documents.values())), EVERY_SERVICE)


def http_document(service: Service, documents: Mapping[str, Json]) -> str:
    """Return the page of what only one service can be asked for."""
    page, document = http_page(service), documents[service.name]
    files = f"{link('OpenAPI 3.1', openapi_path(service), page)}, for programs."
    events = link("Its events.", service_page(service), page)
    words = f"What it can be asked for. {MADE}\n\n{files} {_rules(page)} {events}"
    own = without(common(documents.values()), document)
    return _page(service.title, words, own, document, page) if own else list_pages(service.title, words, document)


def _page(title: str, words: str, found: Sequence[Operation], document: Json, page: Path) -> str:
    parts, tag = [f"# {title}", words, table(("", "", "what it does"), [_line(one, page, page) for one in found])], ""
    for one in found:
        if one.tag != tag:
            parts.append(f"## {(tag := one.tag).capitalize()}")
        parts += _described(one, document, page)
    return "\n\n".join(parts) + "\n"


def _rules(page: Path) -> str:
    rules, rest = link("What holds for every request", OPERATIONS, page), link("every service", EVERY_SERVICE, page)
    return f"{rules}." if page == EVERY_SERVICE else f"{rules}, and what {rest} has."


def _listed(title: str, found: Sequence[Operation], page: Path) -> str:
    return f"## {title}\n\n{table(('', '', 'what it does'), [_line(one, page, OPERATIONS) for one in found])}\n"


def _line(one: Operation, page: Path, on: Path) -> tuple[str, ...]:
    name = f"[`{one.path}`](#{one.id.lower()})" if page == on else link(f"`{one.path}`", page, on, one.id.lower())
    return one.method, name, f"{one.title}."


def _described(one: Operation, document: Json, page: Path) -> Iterator[str]:
    """Everything about an operation."""
    yield f'<a id="{one.id.lower()}"></a>'  # what links lead to stays the same while its words change
    yield f"### {one.method} {one.title}"
    yield f"**`{one.method} {one.path}`** (`{one.id}`)" + (" It needs no token." if one.is_open else "")
    if not one.is_open:
        fresh = " It takes a sign-in of the last ten minutes." if one.takes_fresh else ""
        yield f"For {', '.join(_role(*role) for role in one.roles.items())}.{fresh}"
    yield " ".join(one.described["description"].split())
    own = [parameter for parameter in one.parameters if parameter["name"] not in HEADERS]
    if own:
        yield table(("parameter", "in", "type", "needed", "meaning"), [_parameter(one, document) for one in own])
    for media, body in one.content.items():
        yield from _body(media, body["schema"], document)
    if one.is_command:
        yield f"It may have the {link('headers of commands', OPERATIONS, page, 'commands')}."
    yield fence(_request(one, document, "service" if page == EVERY_SERVICE else page.stem), "sh")
    yield from _answers(one, document, page)


def _role(role: str, extent: str) -> str:
    return role if extent == "yes" else f"{role} (`{extent}`)" if ":" in extent else f"{role} ({extent})"


def _parameter(given: Json, document: Json) -> tuple[str, ...]:
    schema = given["schema"]
    words = given.get("description") or shapes.meaning(schema, document) or WORDS.get(given["name"], "")
    return f"`{given['name']}`", given["in"], _kind(schema, document), NEED[given["required"]], words


def _meaning(row: shapes.Row) -> str:
    return row.meaning or WORDS.get(row.name.rpartition(".")[2], "")


def _kind(schema: Json, document: Json) -> str:
    default = f", by default `{json.dumps(schema['default'])}`" if schema.get("default") is not None else ""
    return shapes.kind(schema, document).replace(" or null", "") + default


def _body(media: str, schema: Json, document: Json) -> Iterator[str]:
    fields = [
        (f"`{row.name}`", row.kind, "yes" if row.missing is None else f"no: {row.missing}", _meaning(row))
        for row in shapes.rows(schema, document)
    ]
    yield f"The body is `{media}`" + (":" if fields else f", {shapes.kind(schema, document)}.")
    if fields:
        yield table(("field", "type", "needed", "meaning"), fields)


def _request(one: Operation, document: Json, service: str) -> str:
    """The request as a line for a shell."""
    address = f"${service.upper()}{re.sub(r'{(.+?)}', lambda found: f'${found[1].upper()}', one.path)}"
    query = [
        f"{given['name']}={shapes.example(given['schema'], document, given['name'])}"
        for given in one.parameters
        if given["in"] == "query" and given["required"]
    ]
    parts = [f'curl {"-X POST " if one.method == "POST" and not one.content else ""}"{"?".join([address, *query])}"']
    parts += [] if one.is_open else ['-H "Authorization: Bearer $TOKEN"']
    for media, body in [*one.content.items()][:1]:  # of several, the example has the first
        parts += _sent(media, body["schema"], document)
    return " \\\n  ".join(parts)


def _sent(media: str, schema: Json, document: Json) -> list[str]:
    given = shapes.example(schema, document, needed_only=True)
    if media == "text/csv":
        return [f"-H 'Content-Type: {media}'", "--data-binary @people.csv"]
    if media != "application/json":
        return [f"-d '{name}={value}'" for name, value in given.items()]
    return [f"-H 'Content-Type: {media}'", f"-d '{json.dumps(given)}'"]


def _answers(one: Operation, document: Json, page: Path) -> Iterator[str]:
    refused = []
    for status, answer in one.described["responses"].items():
        if int(status) >= HTTPStatus.BAD_REQUEST:
            refused.append(link(status, OPERATIONS, page, "errors"))
            continue
        schemas = [content["schema"] for content in answer.get("content", {}).values()]
        yield f"Answers **{status} {HTTPStatus(int(status)).phrase}**" + (":" if schemas else ".")
        for schema in schemas:
            yield from _answer(schema, document)
    yield f"Errors: {', '.join(refused)}." if refused else "It has no errors of its own."


def _answer(schema: Json, document: Json) -> Iterator[str]:
    fields = [(f"`{row.name}`", row.kind, _meaning(row)) for row in shapes.rows(schema, document)]
    if fields:
        yield table(("field", "type", "meaning"), fields)
        yield markdown.folded("Example", markdown.as_json(shapes.example(schema, document)))
    else:
        yield shapes.kind(schema, document).capitalize() + "."
