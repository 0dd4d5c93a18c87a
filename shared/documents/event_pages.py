"""The page of an event: all that somebody needs who sends or receives it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from inspect import getdoc
from pathlib import Path

from shared.contracts.catalog import every_contract, golden
from shared.contracts.event import Contract, Event, State
from shared.contracts.schemas import Schema, portable, schema_path
from shared.documents import markdown, shapes
from shared.documents.flow import OF_EVERY_SERVICE, Step, after, before, own, summary, topic, versions
from shared.documents.markdown import fence, link, table
from shared.documents.places import EVENTS, event_page, http_page, service_page
from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.service import Service

OPEN = "Pass over fields that are not listed here: a later release may add some."
ENGINE = "The engine of a service, by itself."
NOBODY = "No service reacts to it: it is there for whoever else listens."


def event_document(contract: type[Contract], schema: Schema, services: Sequence[Service]) -> str:
    """Return the page, in Markdown."""
    causing, caused = list(before(contract, services)), list(after(contract, services))
    page = event_page(contract)
    parts = [
        f"# {contract.about.name}",
        getdoc(contract) or "",
        _facts(contract, schema, services),
        "## What causes it",
        _causes(causing, page) or ENGINE,
        "## What it causes",
        _effects(caused, page) or NOBODY,
        *_diagram(contract, causing, caused),
        "## Fields",
        f"{_fields(schema)}\n\n{OPEN}",
        "## Example",
        _example(contract),
        "## JSON Schema",
        f"Draft 2020-12, also as {link('a file', schema_path(contract), page)}.",
        markdown.as_json(portable(schema)),
        "## Related events",
        _related(contract, page),
    ]
    return "\n\n".join(parts) + "\n"


def linked(contract: type[Contract], page: Path) -> str:
    """Return the name of an event, which leads to its page."""
    return link(contract.about.name, event_page(contract), page)


def published(step: Step, page: Path) -> str:
    """Return the events that may come of a handler."""
    return ", ".join(linked(event, page) for event in step.publishes) or "-"


def trigger(step: Step, page: Path) -> tuple[str, str]:
    """Return what makes a handler run, and in which words."""
    handled, handler = step.handler.takes, step.handler
    if issubclass(handled, Contract):
        return (
            f"event {linked(handled, page)}",
            f"{summary(handled)} Reaction `{handler.name}`: {summary(handler.function)}",
        )
    if handler.http is None:
        kind = "time" if issubclass(handled, Timer) else "outcome"
        return (
            f"{kind} `{handled.__name__}`",
            f"{summary(handled)} Reaction `{handler.name}`: {summary(handler.function)}",
        )
    if not handler.http.path:
        return f"command `{handled.__name__}`", summary(handled)
    anchor = handled.__name__.lower()
    command = link(f"`{handled.__name__}`", http_page(step.service), page, anchor)
    return f"command {command}", f"{summary(handled)} `POST /v1{handler.http.path}`"


def _facts(contract: type[Contract], schema: Schema, services: Sequence[Service]) -> str:
    about, page = contract.about, event_page(contract)
    senders = ", ".join(link(one.name, service_page(one), page) for one in services if contract in own(one))
    is_common = contract in OF_EVERY_SERVICE
    kept = "state, on a compacted topic: the highest `ce_sequence` counts" if issubclass(contract, State) else "event"
    facts = {
        "Type": f"`{contract.type_name}`",
        "Kind": kept,
        "Sent by": "every service" if is_common else senders,
        "Topic": f"`{topic(contract, '{service}' if is_common else about.service)}`",
        "About": f"{about.aggregate}, whose id is `{about.subject_field}`",
        "Record key": f"`{{tenant}}/{about.aggregate}/{{{about.subject_field}}}`",
        "Versions": ", ".join(_version(one, page) for one in versions(contract)),
        "Since": str(schema["x-since"]),
    }
    return table(("", ""), [(f"**{name}**", fact) for name, fact in facts.items()])


def _version(contract: type[Contract], page: Path) -> str:
    name = f"v{contract.about.version}"
    return f"{name} (this page)" if event_page(contract) == page else link(name, event_page(contract), page)


def _causes(causing: Sequence[Step], page: Path) -> str:
    return table(("what", "in words"), [trigger(step, page) for step in causing]) if causing else ""


def _effects(caused: Sequence[Step], page: Path) -> str:
    rows = [
        (step.service.name, f"`{step.handler.name}`", summary(step.handler.function), published(step, page))
        for step in caused
    ]
    return table(("service", "reaction", "what it does", "may publish"), rows) if rows else ""


def _diagram(contract: type[Contract], causing: Sequence[Step], caused: Sequence[Step]) -> Iterator[str]:
    """What comes before and after it, as a picture; none where there is nothing to see."""
    lines = [*_before(causing), *_after(caused)]
    if lines:
        yield fence("\n".join(["flowchart TB", f'  event[["{contract.about.name}"]]', *lines]), "mermaid")


def _before(causing: Sequence[Step]) -> Iterator[str]:
    if causing:
        yield f'  causes["{_stacked(step.handler.takes.__name__ for step in causing)}"] --> event'


def _after(caused: Sequence[Step]) -> Iterator[str]:
    """A box for each service that reacts, and one below it for what that publishes: side by side, they stay narrow."""
    for name in dict.fromkeys(step.service.name for step in caused):
        steps = [step for step in caused if step.service.name == name]
        yield f'  event --> {name}("{_stacked([f"<b>{name}</b>", *(step.handler.name for step in steps)])}")'
        if published := [event.about.name for step in steps for event in step.publishes]:
            yield f'  {name} --> {name}_events[["{_stacked(published)}"]]'


def _stacked(names: Iterable[str]) -> str:
    """Each once, one below the other."""
    return "<br/>".join(dict.fromkeys(names))


def _fields(schema: Schema) -> str:
    rows = [
        (f"`{row.name}`", row.kind, row.meaning, "no" if row.missing is None else f"yes, then {row.missing}")
        for row in shapes.rows(schema, schema)
    ]
    return table(("field", "type", "meaning", "may be missing"), rows)


def _example(contract: type[Contract]) -> str:
    event = golden(contract)
    headers = "\n".join(f"{name}: {value.decode()}" for name, value in event.headers())
    parts = [
        "A record on Kafka. Its key:",
        fence(event.partitionkey, "text"),
        f"Its headers ({link('what they mean', EVENTS / 'README.md', event_page(contract), 'headers')}):",
        fence(headers, "text"),
        "Its value:",
        markdown.as_json(json.loads(event.data)),
    ]
    return "\n\n".join(parts)


def _related(contract: type[Contract], page: Path) -> str:
    """The other events about the same kind of aggregate."""
    about = (contract.about.service, contract.about.aggregate)
    others = [one for one in every_contract() if (one.about.service, one.about.aggregate) == about and one != contract]
    if not others:
        return f"It is the only one about a {contract.about.aggregate}."
    rows = [(linked(one, page), "event" if issubclass(one, Event) else "state", summary(one)) for one in others]
    return f"About the same {contract.about.aggregate}, under the same key:\n\n{table(('', '', 'what it says'), rows)}"
