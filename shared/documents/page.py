"""The page that lists all events: what each means, who sends it, and what it causes."""

from collections.abc import Iterable, Iterator, Sequence
from os.path import relpath
from pathlib import Path

from shared.contracts.catalog import golden_path
from shared.contracts.event import Contract, State
from shared.contracts.schemas import SCHEMAS, schema_path
from shared.documents.flow import OF_EVERY_SERVICE, received, summary
from shared.engine.service import Service

PLACE = SCHEMAS.parent

HEAD = """\
# Events

What the services tell each other, and whoever else listens. Made by `make contracts`: do not edit.

Every event is a [CloudEvent](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) on Kafka in binary
mode: the value is the data as JSON, the attributes are headers that begin with `ce_`. Besides the attributes of the
specification there are `ce_tenant` (whose it is), `ce_program`, `ce_actor` (who caused it), `ce_correlationid` (the
same for all that one request caused), `ce_causationid` (the id of what caused it), `ce_sequence` (rises with every
event about an aggregate) and `ce_traceparent`.

- The record key is `<tenant>/<aggregate>/<id>`: all that is about one aggregate is in order.
- An event may come twice: `ce_source` and `ce_id` together tell that it is the same one.
- Pass over fields that you do not know. A version only ever gains fields with defaults. Any other change is a new
  version with a type of its own, sent beside the old one until that is no longer in use.
- A state is on the compacted topic `{cell}.people`; personal data is there and nowhere else. The one with the highest
  `ce_sequence` counts, and a record without a value says that it is gone.
- `{cell}` is the name of the deployment.

For each event there is a JSON Schema (Draft 2020-12) and an example as it travels, in structured mode; for each
service an AsyncAPI 3 document of what it sends and receives.
"""

COLUMNS = ("event", "what it says", "about", "what it causes", "files")


def page(services: Sequence[Service]) -> str:
    """The page, in Markdown: a section for each service, and one for what they all send."""
    sections = [
        _section(service.name, _intro(service), [*service.emits, *service.shared.values()], services)
        for service in services
    ]
    common = _section("Every service", "What its engine tells, on its topic.", OF_EVERY_SERVICE, services)
    return "\n".join([HEAD, *sections, common])


def row(contract: type[Contract], services: Sequence[Service]) -> tuple[str, ...]:
    """All about one event, a text for each column."""
    about = contract.about
    name = f"**{about.name}** v{about.version}" + (" (state)" if issubclass(contract, State) else "")
    causes = ", ".join(_causes(contract, services)) or "-"
    files = f"{_link('schema', schema_path(contract))}, {_link('example', golden_path(contract))}"
    return name, summary(contract), about.aggregate, causes, files


def asyncapi_path(service: Service) -> Path:
    """Where the document of a service is."""
    return PLACE / "asyncapi" / f"{service.name}.json"


def _intro(service: Service) -> str:
    return f"{service.title}. Topic `{{cell}}.{service.name}`. {_link('AsyncAPI', asyncapi_path(service))}"


def _section(title: str, intro: str, contracts: Iterable[type[Contract]], services: Sequence[Service]) -> str:
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(row(contract, services) for contract in contracts)]
    return "\n".join([f"## {title}\n\n{intro}\n", *(_line(cells) for cells in rows), ""])


def _causes(contract: type[Contract], services: Sequence[Service]) -> Iterator[str]:
    for service in services:
        if handlers := received(service).get(contract):
            yield f"{service.name} ({', '.join(handler.name for handler in handlers)})"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _link(text: str, path: Path) -> str:
    return f"[{text}]({Path(relpath(path, PLACE)).as_posix()})"
