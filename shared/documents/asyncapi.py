"""What a service sends and receives, as an AsyncAPI 3 document.

FastStream writes it, from a broker that is only declared. To FastStream every handler is a channel, and a message is
its payload; here a channel is a topic, and messages have headers, keys and examples as well.
"""

import json
import warnings
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

from faststream.kafka import KafkaBroker
from faststream.specification import AsyncAPI

from shared.contracts.catalog import golden
from shared.contracts.envelope import HEADERS, REQUIRED
from shared.contracts.event import Contract
from shared.contracts.schemas import opened
from shared.documents.flow import received, sent, summary, topic
from shared.documents.topics import TOPICS
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.service import Service
from shared.settings import Settings

Json = dict[str, Any]  # parts of an AsyncAPI document

CELL = {"description": "The deployment", "default": Settings.model_fields["cell"].default}
KEY = {"type": "string", "description": "<tenant>/<aggregate>/<id>: what one service tells under one key is in order"}
ATTRIBUTES: Json = {
    "type": "object",
    "description": "CloudEvents 1.0.2, in the binary mode of its Kafka binding",
    "properties": {"ce_specversion": {"const": "1.0"}} | {header: {"type": "string"} for header in HEADERS.values()},
    "required": ["ce_specversion", *(HEADERS[name] for name in REQUIRED)],
}


def asyncapi(service: Service) -> Json:
    """Return the document: an operation for each event that it sends, and for each reaction."""
    broker = KafkaBroker(Settings.model_fields["kafka_bootstrap"].default, description="A broker on a laptop")
    for contract in sent(service):
        where = topic(contract, service.name)
        broker.publisher(where, title=contract.type_name, description=summary(contract), schema=contract)
    for contract, handlers in received(service).items():
        for handler in handlers:
            where = topic(contract, contract.about.service)
            broker.subscriber(where, title=_title(handler, service), description=summary(handler.function))(
                _taking(contract)
            )
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # FastStream only warns of two operations or schemas with one name
        document = AsyncAPI(broker, title=service.title, version=version("ithaca")).to_specification().to_jsonable()
    contracts = {contract.__name__: contract for contract in [*sent(service), *received(service)]}
    return _completed(document, contracts)


def _title(handler: Handler, service: Service) -> str:
    """The name of a reaction; one that takes several events has an operation for each."""
    is_only = sum(one.name == handler.name for one in service.handlers) == 1
    return handler.name if is_only else f"{handler.name}.{handler.takes.__name__}"


def _taking(contract: type[Contract]) -> Callable[..., Awaitable[None]]:
    """A function as FastStream reads it."""

    async def handle(message: Contract) -> None:
        """Never called."""

    handle.__annotations__["message"] = contract
    return handle


def _completed(document: Json, contracts: dict[str, type[Contract]]) -> Json:
    """The document with topics for channels, in an order of its own: FastStream's changes from run to run."""
    channels, operations, messages = dict[str, Json](), dict[str, Json](), dict[str, Json]()
    for name, operation in sorted(document["operations"].items()):
        handled = document["channels"][name]
        contract = contracts[_payload_name(document, handled)]
        topic_name = handled["address"].rpartition(".")[2]
        channel = channels.setdefault(topic_name, _topic(handled))
        channel["messages"][contract.type_name] = _reference("components/messages", contract.type_name)
        messages[contract.type_name] = _message(contract)
        operations[name] = {
            "action": operation["action"],
            "channel": _reference("channels", topic_name),
            "description": handled["description"],
            "messages": [_reference(f"channels/{topic_name}/messages", contract.type_name)],
        }
    schemas = {"CloudEvent": ATTRIBUTES} | dict(sorted(opened(document["components"]["schemas"]).items()))
    parts = {"messages": dict(sorted(messages.items())), "schemas": schemas}
    return document | {"channels": dict(sorted(channels.items())), "operations": operations, "components": parts}


def _payload_name(document: Json, channel: Json) -> str:
    """The name of the only schema that travels on what FastStream takes for a channel."""
    (reference,) = channel["messages"].values()
    message = document["components"]["messages"][reference["$ref"].rpartition("/")[2]]
    return str(message["payload"]["$ref"].rpartition("/")[2])


def _topic(handled: Json) -> Json:
    """A channel without messages."""
    name = handled["address"].rpartition(".")[2]
    described = {"description": TOPICS.get(name, f"What {name} tells, in the order of each record key.")}
    kept = {key: handled[key] for key in ("address", "servers", "bindings")}
    return described | kept | {"parameters": {"cell": CELL}, "messages": {}}


def _message(contract: type[Contract]) -> Json:
    event = golden(contract)
    headers = {name: value.decode() for name, value in event.headers()}
    return {
        "name": contract.type_name,
        "title": contract.about.name,
        "summary": summary(contract),
        "contentType": headers.pop("content-type"),
        "headers": _reference("components/schemas", "CloudEvent"),
        "payload": _reference("components/schemas", contract.__name__),
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": KEY, "bindingVersion": "0.5.0"}},
        "examples": [{"name": "golden", "headers": headers, "payload": json.loads(event.data)}],
    }


def _reference(section: str, name: str) -> Json:
    return {"$ref": f"#/{section}/{name}"}
