"""What to try first, for each role: shown on Today until somebody has seen enough of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.console.frame.capabilities import managers
from services.console.frame.page import Page
from services.console.frame.texts import msgid
from services.console.onboarding.model import Tour
from shared.engine.authoring.reader import Reader
from shared.ids import is_sandbox


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try, and why."""

    title: str
    words: str
    href: str


async def tour(page: Page) -> list[Step]:
    """Return what whoever looks may try first; nothing once they have seen enough."""
    found = await Reader(page.request.app.state.store, page.caller.tenant).many(Tour, [page.person_id])
    return [] if found and found[0].hidden_at else list(_steps(page))


def _steps(page: Page) -> Iterator[Step]:
    is_admin = "admin" in page.caller.roles
    program = next((one for one in page.around.programs if managers(page.caller, one.id)), None)
    if is_admin and program is None:
        yield Step(msgid("Publish a program"), msgid("It says how often pairs meet and for how long"), "/programs")
    if program is not None:
        inside = f"/programs/{program.id}"
        yield Step(msgid("See how a program goes"), msgid("From applying to a match, and what it needs next"), inside)
        yield Step(
            msgid("Bring people in from a table"),
            msgid("Nothing is saved before you have seen what becomes of every row"),
            f"{inside}/import",
        )
        yield Step(
            msgid("Decide who takes part"), msgid("A approves, J and K go through the list"), f"{inside}/applications"
        )
        yield Step(msgid("See who waits, and why"), msgid("Each with a reason in words"), f"{inside}/waiting")
    if is_admin and is_sandbox(page.caller.tenant):
        yield Step(
            msgid("Let a week go by"),
            msgid("With the clock on top: reminders, expiries and surveys happen as they would, and reach nobody"),
            "#clock",
        )
    if program is None and not is_admin:
        yield Step(
            msgid("Apply to a program"), msgid("In your own words; what you leave open counts for nothing"), "/programs"
        )
        yield Step(
            msgid("Answer who was proposed to you"),
            msgid("You see why the two of you, before you say yes"),
            "/proposals",
        )
    yield Step(msgid("Look at your own page"), msgid("Your language, your clock, and where you are signed in"), "/me")
