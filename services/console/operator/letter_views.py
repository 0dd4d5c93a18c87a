"""What operators' pages read of dead letters. Their contents are not among it."""

from collections.abc import Sequence
from datetime import datetime

from services.console.api import Shown


class LetterName(Shown):
    """Which dead letter."""

    tenant: str
    id: str


class Letter(LetterName):
    """A dead letter, without its contents."""

    handler: str
    message_type: str
    message_id: str
    reason: str
    error: str
    cause: str
    correlation: str
    at: datetime
    expires: datetime


class Letters(Shown):
    """Some of them."""

    items: Sequence[Letter] = ()


class Cause(Shown):
    """Why letters were given up."""

    id: str
    reason: str
    error: str
    where: str
    count: int
    tenants: int
    handlers: Sequence[str]
    message_types: Sequence[str]
    first_at: datetime
    last_at: datetime


class Causes(Shown):
    """All causes of a service."""

    items: Sequence[Cause]
    letters: int


class RefusedLetter(LetterName):
    """One to which nothing is done, and why."""

    reason: str


class Rehearsed(LetterName):
    """How it would end if a letter were handed to its handler now."""

    outcome: str
    events: Sequence[str]
    detail: str


class Handled(Shown):
    """What was done to letters, or would be."""

    matched: int
    done: Sequence[LetterName]
    refused: Sequence[RefusedLetter]
    rehearsed: Sequence[Rehearsed] = ()
