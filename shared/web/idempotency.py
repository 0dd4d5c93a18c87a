"""`Idempotency-Key`: the same command sent twice is done once, and answered twice."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

from shared.engine.batch.message import Idempotency
from shared.errors import IdempotencyKeyReused, Refusal

_BARE = re.compile(rb"[\x21\x23-\x7e][\x21-\x7e]*")
_QUOTED = re.compile(rb'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"')
_ESCAPED = re.compile(rb'\\(["\\])')
LONGEST = 255


class IdempotencyKeyUnreadable(Refusal):
    """The key is too long, empty, or has characters that a key may not have."""

    status = 400


class IdempotencyKeyInUse(Refusal):
    """The same command is being worked on under this key."""

    def __init__(self) -> None:
        super().__init__("The first request with this Idempotency-Key is still at work: send it again in a moment.")
        self.headers = {"Retry-After": "1"}


class UnderWay:
    """The commands with a key that this process works on, so that a repetition does not wait beside the first one."""

    def __init__(self) -> None:
        self.hashes: dict[str, str] = {}

    @contextmanager
    def alone(self, idempotency: Idempotency) -> Iterator[None]:
        """Own the key meanwhile; raises `IdempotencyKeyInUse`, or `IdempotencyKeyReused` for another body."""
        id, body_hash = idempotency
        first = self.hashes.get(id)
        if first is not None:
            raise IdempotencyKeyInUse if first == body_hash else IdempotencyKeyReused
        self.hashes[id] = body_hash
        try:
            yield
        finally:
            del self.hashes[id]


def idempotency(key: bytes | None, caller: str, command: BaseModel) -> Idempotency | None:
    """Return what tells a repetition of the command from a new one; None without a key.

    `caller` is the tenant and the actor: nobody can use another's key. The hash covers the command as it was
    understood, with what its path says: neither the order of its fields nor spaces between them make another command.
    """
    if key is None:
        return None
    content = command.model_dump_json(exclude_unset=True).encode()
    id = f"{caller}/{type(command).__name__}/{_read(key)}"
    return Idempotency(id, hashlib.sha256(content).hexdigest())


def _read(header: bytes) -> str:
    """The key in a header: a string in quotes, as structured fields have it (RFC 9651), or the same without them."""
    stated = header.strip(b" \t")
    quoted = _QUOTED.fullmatch(stated)
    key = _ESCAPED.sub(rb"\1", quoted[1]) if quoted else stated if _BARE.fullmatch(stated) else b""
    if not 0 < len(key) <= LONGEST:
        raise IdempotencyKeyUnreadable(
            "Idempotency-Key takes 1 to 255 visible ASCII characters, such as a UUID, in quotes or without them."
        )
    return key.decode()
