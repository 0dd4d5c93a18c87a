"""The pages above those of the events: one of all events, and one for each service."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from shared.contracts.event import Contract, State
from shared.documents.event_pages import linked, published, trigger
from shared.documents.flow import OF_EVERY_SERVICE, after, before, own, received, summary
from shared.documents.markdown import fence, link, table
from shared.documents.places import OVERVIEW, asyncapi_path, http_page, service_page
from shared.documents.topics import TOPICS
from shared.engine.authoring.service import Service

HEAD = """\
# Events

What the services tell each other, and whoever else listens. Made by `make contracts`: do not edit.

Every event is a [CloudEvent](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) on Kafka in binary
mode: the value is the data as JSON, the attributes are headers. Each event has a page with its meaning, fields, JSON
Schema (Draft 2020-12), an example, what causes it and what it causes; each service has one of what it sends and
receives, with an AsyncAPI 3 document. [How to take part](../guides/integrate.md) has programs to begin with.

- The record key is `{tenant}/{aggregate}/{id}`: all that is about one aggregate is in order.
- An event may come twice: `ce_source` and `ce_id` together tell that it is the same one.
- Pass over fields that you do not know. A version only ever gains fields with defaults. Any other change is a new
  version with a type of its own, sent beside the old one until that is no longer in use.
- `{cell}` is the name of the deployment; on a laptop it is `local`.
"""

SHARED = """\
## Topics of several services

Each service has a topic of its own; its page says what is on it. Two are shared.
"""

HEADERS = (
    ("`ce_specversion`", "`1.0`: CloudEvents 1.0.2.", "yes"),
    ("`ce_id`", "The event's own id, unique together with `ce_source`. UUIDv7: ids rise with time.", "yes"),
    ("`ce_source`", "Which service has published it, such as `ithaca/matching`.", "yes"),
    ("`ce_type`", "Which event it is, with its version: `ithaca.<service>.<name>.v<version>`.", "yes"),
    ("`ce_time`", "When it happened: RFC 3339, UTC.", "yes"),
    ("`ce_tenant`", "The organization that it belongs to.", "yes"),
    ("`ce_subject`", "What it is about: `<aggregate>/<id>`.", "no"),
    ("`ce_partitionkey`", "The record key.", "no"),
    ("`ce_program`", "The program in which it happened.", "no"),
    ("`ce_actor`", "Who caused it: `person/<id>`, `client/<id>`, `operator/<id>` or `service/<name>`.", "no"),
    ("`ce_correlationid`", "The same for all that one request has caused.", "no"),
    ("`ce_causationid`", "The id of the command or event that has caused it.", "no"),
    ("`ce_sequence`", "Rises with every event of one source about the same aggregate.", "no"),
    ("`ce_traceparent`", "The trace that it belongs to (W3C Trace Context).", "no"),
    ("`content-type`", "`application/json`.", "no"),
)


def overview(services: Sequence[Service]) -> str:
    """Return the page of all events."""
    sections = [_section(service.name.capitalize(), _intro(service), own(service), services) for service in services]
    common = _section("Every service", "What its engine tells, on its topic.", OF_EVERY_SERVICE, services)
    headers = "## Headers\n\n" + table(("header", "meaning", "always there"), HEADERS) + "\n"
    flow = f"## Who listens to whom\n\n{_picture(services)}\n"
    topics = f"{SHARED}\n{table(('topic', 'what it is, and what to do'), _topics())}\n"
    return "\n".join([HEAD, topics, flow, headers, *sections, common])


def service_document(service: Service, services: Sequence[Service]) -> str:
    """Return what a service sends, why, and what it does about what it receives."""
    page = service_page(service)
    parts = [
        f"# {service.title}",
        "What it sends and receives. Made by `make contracts`: do not edit.",
        f"{link('AsyncAPI 3', asyncapi_path(service), page)}, for programs. "
        + link("What it can be asked for.", http_page(service), page),
        f"It publishes to `{{cell}}.{service.name}`{_people(service)}, and reads {_sources(service)}.",
        "## What it sends",
        table(("event", "what it says", "what causes it"), _sent(service, services, page)),
        "## What it receives",
        table(("event", "reaction", "what it does", "may publish"), _received(service, page)),
    ]
    return "\n\n".join(parts) + "\n"


def _topics() -> Iterator[tuple[str, str]]:
    for name, words in TOPICS.items():
        yield f"`{{cell}}.{name}`", re.sub(r"\bce_\w+", r"`\g<0>`", words)


def _intro(service: Service) -> str:
    files = f"{link('AsyncAPI', asyncapi_path(service), OVERVIEW)}, {link('HTTP', http_page(service), OVERVIEW)}"
    return f"{link(service.title, service_page(service), OVERVIEW)}. Topic `{{cell}}.{service.name}`. {files}"


def _section(title: str, intro: str, contracts: Iterable[type[Contract]], services: Sequence[Service]) -> str:
    rows = (_row(contract, services) for contract in contracts)
    return f"## {title}\n\n{intro}\n\n{table(('event', 'what it says', 'about', 'who reacts'), rows)}\n"


def _row(contract: type[Contract], services: Sequence[Service]) -> tuple[str, ...]:
    name = f"{linked(contract, OVERVIEW)} v{contract.about.version}{' (state)' if issubclass(contract, State) else ''}"
    reacting = ", ".join(dict.fromkeys(step.service.name for step in after(contract, services)))
    return name, summary(contract), contract.about.aggregate, reacting or "-"


def _picture(services: Sequence[Service]) -> str:
    """An arrow for each two services of which one reacts to the other, with how many events it takes."""
    senders = {contract: service.name for service in services for contract in own(service)}
    pairs = [(senders[one], service.name) for service in services for one in received(service) if one in senders]
    arrows = [f'  {source} -- "{pairs.count((source, to))}" --> {to}' for source, to in dict.fromkeys(pairs)]
    return fence("\n".join(["flowchart TB", *arrows]), "mermaid")


def _people(service: Service) -> str:
    return " and `{cell}.people`" if service.shared else ""


def _sources(service: Service) -> str:
    return ", ".join(f"`{{cell}}.{source}`" for source in service.sources) or "no topic"


def _sent(service: Service, services: Sequence[Service], page: Path) -> Iterator[tuple[str, ...]]:
    for contract in own(service):
        causing = "<br>".join(trigger(step, page)[0] for step in before(contract, services))
        yield linked(contract, page), summary(contract), causing


def _received(service: Service, page: Path) -> Iterator[tuple[str, ...]]:
    for contract in received(service):
        for step in after(contract, [service]):
            name = f"`{step.handler.name}`"
            yield linked(contract, page), name, summary(step.handler.function), published(step, page)
