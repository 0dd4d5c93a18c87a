"""What a message of the catalog declares: the event that gives reason for it, and the drafts that come of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import UnionType
from typing import Any, get_args, get_type_hints

from pydantic import JsonValue

import services.notify.catalog
from services.notify.calendar.model import Method
from services.notify.messages.model.draft import Draft
from shared.contracts.event import Event
from shared.engine.authoring.links import Purpose

FOLDER = Path(__file__).parent

Compose = Callable[[Any], Sequence[Draft]]  # each takes its own events


class Occasion(Enum):
    """When a message is queued: as soon as its event arrives, or when the reminders say so.

    One about the organization's rest goes out at once: what waits in the queue rests, too.
    """

    EVENT = auto()
    REST = auto()
    REMINDER = auto()


class Choice(StrEnum):
    """A kind of letters that nobody needs to get: people may stop it."""

    SESSION_REMINDERS = "session_reminders"
    PROPOSAL_REMINDERS = "proposal_reminders"
    FEEDBACK_REQUESTS = "feedback_requests"


class Miscatalogued(TypeError):
    """A folder of the catalog without a message of its name; says what to write."""


@dataclass(slots=True, frozen=True)
class Message:
    """A message to people. Its name is that of its folder; `calendar` is what it does to the recipient's calendar.

    Where it leads to something that can be done without signing in, it says by `opens` what its link is for; and where
    people may stop it, by `choice` with what else.
    """

    name: str
    summary: str
    events: tuple[type[Event], ...]
    occasion: Occasion
    calendar: Method | None
    opens: Purpose | None
    choice: Choice | None
    compose: Compose

    @property
    def example(self) -> dict[str, JsonValue]:
        """The values of its example, which stands beside its texts."""
        example: dict[str, JsonValue] = json.loads((FOLDER / self.name / "example.json").read_text())
        return example

    def drafts(self, event: Event) -> list[Draft]:
        """Draft the message to everybody whom the event concerns."""
        return [draft.model_copy(update={"template": self.name}) for draft in self.compose(event)]


def announcement(
    calendar: Method | None = None, opens: Purpose | None = None, choice: Choice | None = None
) -> Callable[[Compose], Message]:
    """Declare a message that is queued as soon as its event arrives; the type of the parameter says which events."""
    return lambda compose: _message(compose, Occasion.EVENT, calendar, opens, choice)


def announcement_of_rest() -> Callable[[Compose], Message]:
    """Declare a message about the organization's rest, which goes out at once, however late it is for its readers."""
    return lambda compose: _message(compose, Occasion.REST)


def reminder(opens: Purpose, choice: Choice) -> Callable[[Compose], Message]:
    """Declare a message that the reminders queue; the type of the parameter says of which events."""
    return lambda compose: _message(compose, Occasion.REMINDER, opens=opens, choice=choice)


def _message(
    compose: Compose,
    occasion: Occasion,
    calendar: Method | None = None,
    opens: Purpose | None = None,
    choice: Choice | None = None,
) -> Message:
    name, summary = compose.__name__, (compose.__doc__ or "").partition("\n")[0]
    (hint, *_) = get_type_hints(compose).values()
    events = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return Message(name, summary, events, occasion, calendar, opens, choice, compose)


@cache
def every_message() -> Mapping[str, Message]:
    """Find every message of the catalog, by name."""
    package = services.notify.catalog
    folders = sorted(found.name for found in iter_modules(package.__path__) if found.ispkg)
    return {name: find_message(f"{package.__name__}.{name}", name) for name in folders}


def find_message(folder: str, name: str) -> Message:
    """Find the message in a folder of the catalog; raises `Miscatalogued` if it has none of its own name."""
    message = getattr(import_module(folder), name, None)
    if not isinstance(message, Message):
        raise Miscatalogued(f"{folder} has no message {name}: write a function {name} under @announcement()")
    return message


@cache
def announcements() -> Mapping[type[Event], Sequence[Message]]:
    """List the messages that are queued as soon as an event arrives, by the type of the event."""
    found: dict[type[Event], list[Message]] = {}
    for message in every_message().values():
        if message.occasion is not Occasion.REMINDER:
            for event in message.events:
                found.setdefault(event, []).append(message)
    return found


def announce(event: Event) -> list[Draft]:
    """Draft every message that an event is announced by."""
    return [draft for message in announcements()[type(event)] for draft in message.drafts(event)]
