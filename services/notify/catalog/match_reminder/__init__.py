"""A proposed match still lacks an answer."""

from services.notify.catalog.message import Choice, reminder
from services.notify.catalog.recipients import to_pair
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import MatchStage
from shared.contracts.matching import MatchAnswerAwaited
from shared.contracts.members import MemberRole
from shared.engine.authoring.links import Purpose


@reminder(opens=Purpose.PROPOSAL, choice=Choice.PROPOSAL_REMINDERS)
def match_reminder(event: MatchAnswerAwaited) -> list[Draft]:
    """Remind whoever has not answered, without saying whether the other one has."""
    awaited = {MemberRole(role) for role in event.awaited}
    drafts = to_pair(event, MatchStage.PROPOSED, times=(event.expires_at,))
    return [draft for draft in drafts if draft.role in awaited]
