"""`Idempotency-Key`: the same command sent twice is done once, and answered twice."""

import hashlib
import re

from pydantic import BaseModel

from shared.engine.batch.message import Idempotency
from shared.errors import Refusal

_KEY = re.compile(rb"[\x21-\x7e]{1,255}")


class IdempotencyKeyUnreadable(Refusal):
    """The key is too long, empty, or has characters that a key may not have."""

    status = 400


def idempotency(key: bytes | None, caller: str, command: BaseModel) -> Idempotency | None:
    """Return what tells a repetition of the command from a new one; None without a key.

    `caller` is the tenant and the actor: nobody can use another's key. The hash covers the command as it was
    understood, with what its path says: neither the order of its fields nor spaces between them make another command.
    """
    if key is None:
        return None
    if _KEY.fullmatch(key) is None:
        raise IdempotencyKeyUnreadable("Idempotency-Key takes 1 to 255 visible ASCII characters, such as a UUID.")
    content = command.model_dump_json(exclude_unset=True).encode()
    id = f"{caller}/{type(command).__name__}/{key.decode()}"
    return Idempotency(id, hashlib.sha256(content).hexdigest())
