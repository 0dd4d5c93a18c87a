"""Answers to commands, kept under their idempotency keys in the transaction of their effect, to be given again."""

import json
from datetime import datetime

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.batch.batch import Batch
from shared.engine.batch.message import Message
from shared.engine.execution.loader import IDEMPOTENCY
from shared.engine.ports.store import Insert
from shared.errors import IdempotencyKeyReused, Refusal


def kept(batch: Batch, message: Message) -> Answer | None:
    """Return what was answered to the same command before, in the database or in this batch."""
    if message.idempotency is None:
        return None
    row = batch.rows.get((IDEMPOTENCY, message.idempotency.id))
    if row is None:
        return None
    if row["hash"] != message.idempotency.body_hash:
        return refused(IdempotencyKeyReused())
    return Answer(Ending[row["ending"]], row["status"], row["body"], row["version"])


def keep(batch: Batch, message: Message, answer: Answer, expires: datetime) -> None:
    """Write down what is answered, if the command has a key."""
    if message.idempotency is None:
        return
    row = {
        "_id": message.idempotency.id,
        "hash": message.idempotency.body_hash,
        "ending": answer.ending.name,
        "status": answer.status,
        "body": answer.body,
        "version": answer.version,
        "expires": expires,
    }
    batch.remember(Insert(IDEMPOTENCY, row), message.idempotency.id)


def refused(refusal: Refusal) -> Answer:
    """Return a rule's no, as a problem."""
    return Answer(Ending.REFUSED, refusal.status, json.dumps(refusal.problem()).encode(), error=refusal)
