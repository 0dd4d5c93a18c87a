"""What waits for somebody in what they do with others: sessions to plan and to tell of, and what they agreed to do."""

from collections.abc import Iterator
from datetime import timedelta

from services.console.api import at
from services.console.frame.capabilities import Urgency, Waiting
from services.console.frame.page import Page
from services.console.frame.texts import msgid
from services.console.relationships.views import Agenda, Relationship, others_called

SOON = timedelta(days=2)
"""So long before its time, an action item is on Today."""


async def waits(page: Page) -> list[Waiting]:
    """Return the sessions that are to be planned, or told of, and what is to be done soon: by one request."""
    agenda = await page.api.one(Agenda, "sessions", at("/v1/people/{}/agenda", page.person_id))
    found = [waiting for one in agenda.relationships for waiting in _of_relationship(page, one)]
    return found + list(_to_do(page, agenda))


def _of_relationship(page: Page, one: Relationship) -> Iterator[Waiting]:
    name, here, meetings = others_called(page, one), at("/relationships/{}", one.id), one.meetings
    if not meetings.held and not meetings.next and not meetings.untold:
        due = page.say(msgid("By %(day)s"), day=page.day(one.first_session_due))
        headline = page.say(msgid("Plan your first session with %(name)s"), name=name)
        yield Waiting(Urgency.NOW, headline, due, here, page.say(msgid("Plan it")), since=one.started_at)
    for session in meetings.untold:
        yield Waiting(
            Urgency.SOON,
            page.say(msgid("Did you and %(name)s meet?"), name=name),
            page.moment(session.starts_at),
            here,
            page.say(msgid("Say so")),
            since=session.ends_at,
        )


def _to_do(page: Page, agenda: Agenda) -> Iterator[Waiting]:
    going_on = {one.id for one in agenda.relationships}
    for action in agenda.to_do:
        if action.relationship_id in going_on and action.due_at <= page.now + SOON:
            yield Waiting(
                Urgency.SOON,
                action.task or "",
                page.say(msgid("Until %(day)s"), day=page.day(action.due_at)),
                at("/relationships/{}", action.relationship_id) + "#actions",
                page.say(msgid("Open it")),
                since=action.due_at,
            )
