"""Why messages were given up: the type of the error, and where our own code was. Letters are grouped by it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

FRAME = re.compile(r"(?P<file>\S+):\d+ in (?P<name>\S+)")
ENGINE = "shared/"
"""How the files of the engine begin, through which every message goes."""


@dataclass(slots=True, frozen=True)
class Cause:
    """One cause. `error` is the type of an error, or what was wrong; `where` is empty without a frame."""

    reason: str
    error: str
    where: str

    @classmethod
    def of(cls, reason: str, failure: str) -> Self:
        """Return the cause of a letter with that reason, of which failed like that, as `describe` says it."""
        lines = failure.splitlines()
        frames = [found for line in lines if (found := FRAME.fullmatch(line))]
        wrong = [line for line in lines if not FRAME.fullmatch(line)]
        error = "; ".join(wrong[-1:] if frames else wrong[:3])
        return cls(_uncounted(reason), _uncounted(error), next(_own(frames), ""))

    @property
    def id(self) -> str:
        """By which it is named; the same in every process and version, whatever lines the code is on."""
        return sha256("\0".join((self.reason, self.error, self.where)).encode()).hexdigest()[:16]


def _own(frames: list[re.Match[str]]) -> Iterator[str]:
    """Where it was, from what says most: in our own code the innermost, else in the engine, else anywhere."""
    inward = [(found["file"], f"{found['file']} in {found['name']}") for found in reversed(frames)]
    yield from (frame for file, frame in inward if "/" in file and not file.startswith(ENGINE))
    yield from (frame for file, frame in inward if file.startswith(ENGINE))
    yield from (frame for _, frame in inward)


def _uncounted(words: str) -> str:
    """Words without their numbers, which differ from letter to letter."""
    return re.sub(r"\d+", "#", words)
