"""The keys that sign tokens: a JWK Set in a file (RFC 7517).

All keys of the file are published. The last one signs that has been in it for a while, so that a key which was added is
known to everybody before the first token of it is shown: to rotate is to add one. A key without a time has always been
there. The file is read again when it changes; one that cannot be read leaves the keys as they were.
"""

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from shared.observe import access

log = structlog.get_logger()

CURVE = "P-256"
PUBLISHED_FIRST = timedelta(minutes=15)
"""How long a key is published before it signs: so long it may take until every process has the file."""
STAYS = timedelta(hours=1)
"""How long a key stays after another one has begun to sign: twelve times as long as tokens last."""
OLD = timedelta(days=90)
"""From then on a key is to be replaced."""
MADE_AT = "made_at"
"""The member of a JWK that says when it was made, in seconds since the epoch; it is not published."""
EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(slots=True, frozen=True)
class SigningKey:
    """A key, and when it was made."""

    key: ECKey
    made_at: datetime = EPOCH

    @property
    def signs_from(self) -> datetime:
        """When it may sign."""
        return self.made_at + PUBLISHED_FIRST

    def written(self) -> dict[str, Any]:
        """Return it as the file has it."""
        time = {} if self.made_at == EPOCH else {MADE_AT: int(self.made_at.timestamp())}
        return {**self.key.as_dict(private=True), **time}


class SigningKeys:
    """The keys in a file, which is made with a first key if it is missing, readable by its owner only."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._keys: list[SigningKey] = []
        self._stamp: tuple[int, int] | None = None
        self._is_readable = True
        if not file.exists():
            make_keys(file)

    def signing(self, at: datetime) -> ECKey:
        """Return the one that signs at that time."""
        return signing(self._current(), at).key

    def published(self) -> dict[str, Any]:
        """Return the public halves of all, as other services fetch them."""
        keys = KeySet([one.key for one in self._current()]).as_dict(private=False, use="sig", alg="ES256")
        return {"keys": [{name: value for name, value in key.items() if name != MADE_AT} for key in keys["keys"]]}

    def _current(self) -> Sequence[SigningKey]:
        """The keys of the file, or the last that it had; raises ValueError if it never had any."""
        try:
            found = self.file.stat()
            stamp = (found.st_ino, found.st_mtime_ns)
            if stamp != self._stamp:
                self._keys, self._stamp = read_keys(self.file), stamp
            self._note(None)
        except (OSError, ValueError) as error:
            if not self._keys:
                raise
            self._note(error)
        return self._keys

    def _note(self, obstacle: Exception | None) -> None:
        """Say it once when the file cannot be read any more, or can again; what is wrong with it quotes no key."""
        if self._is_readable is (obstacle is None):
            return
        self._is_readable = obstacle is None
        access.keys_readable(self._is_readable)
        if obstacle is not None:
            log.error("keys.unreadable", reason=str(obstacle))


def signing(keys: Sequence[SigningKey], at: datetime) -> SigningKey:
    """Return the one of these that signs: the last that was published long enough; the first, if none was."""
    return next((one for one in reversed(keys) if one.signs_from <= at), keys[0])


def read_keys(file: Path) -> list[SigningKey]:
    """Return the keys in a file; raises ValueError, which says what is wrong with it."""
    try:
        keys = [_read(key) for key in json.loads(file.read_bytes())["keys"]]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, JoseError) as error:
        raise ValueError(f"{file} is no JWK Set with EC keys: {type(error).__name__}") from error
    if not keys or not all(one.key.is_private and one.key.curve_name == CURVE for one in keys):
        raise ValueError(f"{file} must hold one private {CURVE} key or more, and no other")
    for one in keys:
        one.key.ensure_kid()
    if len({one.key.kid for one in keys}) < len(keys):
        raise ValueError(f"{file} has a key twice: each needs a kid of its own")
    return keys


def _read(key: dict[str, Any]) -> SigningKey:
    made_at = datetime.fromtimestamp(key.get(MADE_AT, 0), UTC)
    return SigningKey(ECKey.import_key({name: value for name, value in key.items() if name != MADE_AT}), made_at)


def check_keys(file: Path) -> Path:
    """Return the file, if it holds keys or can be made; raises ValueError with what to do otherwise."""
    if file.exists():
        read_keys(file)
    elif not os.access(file.parent, os.W_OK):
        raise ValueError(f"{file} does not exist and cannot be made: create its folder, or name another file")
    return file


def new_key(at: datetime = EPOCH) -> SigningKey:
    """Make a key."""
    return SigningKey(ECKey.generate_key(CURVE, auto_kid=True), at)


def make_keys(file: Path) -> bool:
    """Make a file with one new key; returns False if somebody else has made it, whose key stays."""
    return _write(file, [new_key()], os.link)


class RotationUnderWay(ValueError):
    """A key that was added does not sign yet."""


def rotate_keys(file: Path, at: datetime) -> list[SigningKey]:
    """Add a key to a file, which signs in a while, and take out what is of no more use; returns those that it has now.

    Raises ValueError if the file cannot be read, and `RotationUnderWay`.
    """
    keys = read_keys(file)
    current = signing(keys, at)
    if keys[-1] is not current:
        raise RotationUnderWay(f"a key was added already, which signs from {keys[-1].signs_from:%H:%M} UTC on")
    retired = keys[:-1] if current.signs_from + STAYS <= at else []
    kept = [one for one in keys if one not in retired]
    _write(file, [*kept, new_key(at)], os.replace)
    return read_keys(file)


def _write(file: Path, keys: Sequence[SigningKey], put: Callable[[str, Path], None]) -> bool:
    """Write a file whole or not at all; returns False if there must be none, and is one."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=file.name, delete=False) as draft:  # its mode is 600
        json.dump({"keys": [one.written() for one in keys]}, draft)
        draft.flush()
        os.fsync(draft.fileno())
    try:
        put(draft.name, file)
    except FileExistsError:
        return False
    finally:
        Path(draft.name).unlink(missing_ok=True)
    return True
