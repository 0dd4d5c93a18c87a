"""Messages that the database refuses whatever is done with them: the last that can be done is to bury them unnamed."""

from dataclasses import replace
from hashlib import sha256

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.batch.message import Message, Origin
from shared.engine.batch.tracked import Place
from shared.engine.failures.dead_letters import DeadLetter


def unnamed(message: Message) -> tuple[Message, Message]:
    """The message under an id that says nothing of it, to be buried where the database refuses whatever names it.

    It leaves no inbox row, so that its letter is what makes a second one needless. The row that it came from goes with
    it, if the database lets it; the second of the two leaves that row.
    """
    of = f"{message.tenant}/{message.handler.name}/{message.generation}/{message.source}/{message.id}"
    id = sha256(of.encode(errors="surrogatepass")).hexdigest()[:32]
    lane = id if message.place is None else message.lane
    given = replace(message, id=id, lane=lane, source="", seen="", origin=Origin(), unknown="", named=False)
    return given, replace(given, settles=())


def letter(message: Message) -> dict[Place, type[Aggregate]]:
    """Where the letter is of a message without a name, which may have been buried before."""
    return {} if message.named else {(DeadLetter.collection, f"{message.tenant}/{message.id}"): DeadLetter}
