"""Fields that many events have, each with its meaning."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.contracts.members import Member
from shared.ids import (
    ActionItemId,
    ApplicationId,
    GroupId,
    InvitationId,
    MatchId,
    MatchRunId,
    NotificationId,
    PersonId,
    ProgramId,
    RelationshipId,
    SessionId,
)

Program = Annotated[ProgramId, Field(description="The program that it belongs to.")]
Person = Annotated[PersonId, Field(description="The person; the contact card is on the people topic.")]
Mentor = Annotated[PersonId, Field(description="The person who is the mentor.")]
Mentee = Annotated[PersonId, Field(description="The person who is the mentee.")]
Application = Annotated[ApplicationId, Field(description="The application: one person, in one program and role.")]
Run = Annotated[MatchRunId, Field(description="The computation over the program's pool.")]
Match = Annotated[MatchId, Field(description="The match, from its proposal to its end.")]
Group = Annotated[
    GroupId | None, Field(description="The group that the mentee joins by this match; none if the two are a pair.")
]
Relationship = Annotated[RelationshipId, Field(description="The relationship; its id is its own, not a match's.")]
Members = Annotated[
    tuple[Member, ...], Field(description="Whom it concerns: who belongs to the relationship, and in which role.")
]
Session = Annotated[SessionId, Field(description="The meeting.")]
Action = Annotated[ActionItemId, Field(description="The action item.")]
Invitation = Annotated[InvitationId, Field(description="The request for feedback: one person, about one session.")]
Notification = Annotated[NotificationId, Field(description="The message to one person.")]

Starts = Annotated[AwareDatetime, Field(description="When the meeting begins.")]
Ends = Annotated[AwareDatetime, Field(description="When the meeting ends.")]
MeetingZone = Annotated[str, Field(description="The IANA time zone in which it was planned, such as `Europe/Berlin`.")]
Revision = Annotated[int, Field(description="The calendar's SEQUENCE (RFC 5545): it rises with every change.")]
Template = Annotated[str, Field(description="Which message, such as `session_scheduled` or `feedback_reminder`.")]
Channel = Annotated[str, Field(description="How it reaches the person: `email`.")]
About = Annotated[str, Field(description="The id of the event that the message is about.")]
