"""The keys that sign tokens: a JWK Set in a file (RFC 7517).

The last key of the file signs, all of them are published. To rotate, put a key before the others; when every replica
publishes it, make it the last one; take an old one out when the last token that it has signed has expired. The file is
read again when it changes.
"""

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

CURVE = "P-256"


class SigningKeys:
    """The keys in a file, which is made with a first key if it is missing, readable by its owner only."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._keys: list[ECKey] = []
        self._stamp: tuple[int, int] | None = None
        if not file.exists():
            make_keys(file)

    @property
    def newest(self) -> ECKey:
        """The one that signs."""
        return self._current()[-1]

    def published(self) -> dict[str, Any]:
        """The public halves of all, as other services fetch them."""
        return dict(KeySet(list(self._current())).as_dict(private=False, use="sig", alg="ES256"))

    def _current(self) -> list[ECKey]:
        found = self.file.stat()
        stamp = (found.st_ino, found.st_mtime_ns)
        if stamp != self._stamp:
            self._keys, self._stamp = read_keys(self.file), stamp
        return self._keys


def read_keys(file: Path) -> list[ECKey]:
    """The keys in a file; raises ValueError, which says what is wrong with it."""
    try:
        keys = [ECKey.import_key(key) for key in json.loads(file.read_bytes())["keys"]]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, JoseError) as error:
        raise ValueError(f"{file} is no JWK Set with EC keys: {type(error).__name__}") from error
    if not keys or not all(key.is_private and key.curve_name == CURVE for key in keys):
        raise ValueError(f"{file} must hold one private {CURVE} key or more, and no other")
    for key in keys:
        key.ensure_kid()
    return keys


def check_keys(file: Path) -> Path:
    """The file, if it holds keys or can be made; raises ValueError with what to do otherwise."""
    if file.exists():
        read_keys(file)
    elif not os.access(file.parent, os.W_OK):
        raise ValueError(f"{file} does not exist and cannot be made: create its folder, or name another file")
    return file


def make_keys(file: Path) -> None:
    """A file with one new key; if somebody else makes it at the same time, theirs stays."""
    keys = KeySet([ECKey.generate_key(CURVE, auto_kid=True)])
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=file.name) as draft:  # its mode is 600
        json.dump(keys.as_dict(private=True), draft)
        draft.flush()
        os.fsync(draft.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, file)
