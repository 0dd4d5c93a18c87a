"""What pages read of what is one's own: passkeys, and who has looked at one."""

from collections.abc import Sequence
from datetime import datetime

from services.console.api import ServiceAway, Shown, at
from services.console.frame.page import Page
from services.console.frame.texts import msgid

KEEPING = ("intake", "matching", "sessions", "evaluation", "notify")
"""The services that keep a trail of who has seen and changed what of people."""


class Passkey(Shown):
    """A passkey of one's own."""

    id: str
    name: str
    added_at: datetime
    used_at: datetime | None = None
    is_synced: bool = False
    is_backed_up: bool = False


class Passkeys(Shown):
    """All of them."""

    items: Sequence[Passkey] = ()


class Looked(Shown):
    """Somebody has seen or changed one's data."""

    at: datetime
    actor: str
    role: str
    operation: str
    status: int

    @property
    def who(self) -> str:
        """The id of who it was."""
        return self.actor.partition("/")[2]


async def looks(page: Page, limit: int) -> tuple[list[Looked], list[str]]:
    """Return who has lately looked at whoever asks, the latest first, and which services do not say now."""

    seen, away = list[Looked](), list[str]()
    for service in KEEPING:
        try:
            rows = await page.api.page(Looked, service, at("/v1/people/{}/audit", page.person_id), limit=limit)
            seen += rows.items
        except ServiceAway:
            away.append(service)
    return sorted(seen, key=lambda one: one.at, reverse=True)[:limit], away


def sides(page: Page, here: str) -> list[dict[str, object]]:
    """Return the pages about oneself, of which one is looked at."""
    found = (
        ("/me", msgid("Your card")),
        ("/me/signing-in", msgid("Signing in")),
        ("/me/seen", msgid("Who looked at you")),
    )
    return [{"words": page.say(words), "href": href, "is_current": href == here} for href, words in found]
