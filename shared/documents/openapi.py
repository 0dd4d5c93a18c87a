"""What a service can be asked for, as an OpenAPI document: the one that it shows at /openapi.json."""

from typing import Any

from shared.engine.authoring.answer import Answer
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.memory.store import MemoryStore
from shared.settings import Settings
from shared.web.app import create_app

Json = dict[str, Any]  # an OpenAPI document


def openapi(service: Service) -> Json:
    """Return the document of an app that is never started."""
    return create_app(service, _unasked, MemoryStore(), Settings.model_construct()).openapi()


async def _unasked(message: Message) -> Answer:
    raise AssertionError(f"{message.id}: an app that is only described is not asked for anything")
