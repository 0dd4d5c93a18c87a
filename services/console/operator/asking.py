"""What operators' pages ask all services at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.console.api import ServiceProblem
from services.console.frame.page import Page
from services.console.frame.texts import msgid
from services.console.operator.views import S

ADMIN = "/v1/admin"
UNITS = ((86400, msgid("%(n)s d")), (3600, msgid("%(n)s h")), (60, msgid("%(n)s min")))
MOST_COUNTED = 10_000
"""The services count no further: a count of this is a floor."""

T = TypeVar("T")


@dataclass(frozen=True)
class Answers(Generic[T]):
    """What each service has answered, and which ones have not."""

    of: Mapping[str, T]
    away: list[str]


async def of_each(page: Page, shape: type[S], path: str, **params: str | int | None) -> Answers[S]:
    """Ask all services for the same; who does not answer, or does not know it yet, is away."""
    found = await page.api.of_each(shape, page.api.settings.service_names, path, **params)
    answered = {name: answer for name, answer in found.items() if not isinstance(answer, ServiceProblem)}
    return Answers(answered, [name for name in found if name not in answered])


def lasting(page: Page, seconds: float) -> str:
    """Write how long: 0.4 s, 12 s, 3 min, 2 h, 5 d."""
    for size, words in UNITS:
        if seconds >= 2 * size:
            return page.say(words, n=page.texts.number(int(seconds // size)))
    rounded = round(seconds, 1) if seconds < 10 else round(seconds)
    return page.say(msgid("%(n)s s"), n=page.texts.number(rounded))


def counted(page: Page, number: int) -> str:
    """Write a count, with a plus where it was not counted further."""
    return page.texts.number(number) + ("+" if number >= MOST_COUNTED else "")


def away_words(page: Page, away: list[str]) -> str:
    """Say who does not answer; nothing if all do."""
    return page.say(msgid("Without %(names)s, which does not answer."), names=", ".join(away)) if away else ""


def bare(type: str) -> str:
    """Return a type of message without namespace and version: MatchAccepted."""
    parts = type.split(".")
    return parts[-2] if len(parts) > 1 else type


def short(subject: str) -> str:
    """Return what an event is about with the end of its id: match/bb4576."""
    kind, slash, id = subject.partition("/")
    return f"{kind}{slash}{id[-6:]}"
