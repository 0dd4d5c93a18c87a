"""Messages that the database refuses whatever is done with them: in the end they become unnamed dead letters."""

from dataclasses import replace
from hashlib import sha256

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.batch.message import Message, Origin
from shared.engine.batch.tracked import DocumentKey
from shared.engine.failures.dead_letters import DeadLetter


def unnamed(message: Message) -> tuple[Message, Message]:
    """Return the message under an id that says nothing of it, for a database that refuses whatever names it.

    It leaves no inbox row: its dead letter keeps it from having a second one. The row that it came from is deleted
    with it, if the database allows that; the second of the two leaves that row.
    """
    of = f"{message.tenant}/{message.handler.name}/{message.generation}/{message.source}/{message.id}"
    id = sha256(of.encode(errors="surrogatepass")).hexdigest()[:32]
    lane = id if message.parked_number is None else message.lane
    given = replace(message, id=id, lane=lane, source="", seen="", origin=Origin(), unknown="", named=False)
    return given, replace(given, completion=())


def letter(message: Message) -> dict[DocumentKey, type[Aggregate]]:
    """Return the key of the letter of a message without a name, which may be there already."""
    return {} if message.named else {(DeadLetter.collection, f"{message.tenant}/{message.id}"): DeadLetter}
