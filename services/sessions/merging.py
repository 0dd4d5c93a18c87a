"""What two cards of one person that become one mean for relationships, and all that is in them."""

from services.sessions.actions.model import ActionItem
from services.sessions.meetings.model.calendar import PersonCalendar
from services.sessions.meetings.model.session import Session
from services.sessions.relationships.model import Relationship
from shared.engine.authoring.merged_people import among, follow_merges

MEMBERS = [among("members")]

merging = follow_merges({Relationship: MEMBERS, Session: MEMBERS, ActionItem: MEMBERS}, of_one=[PersonCalendar])
