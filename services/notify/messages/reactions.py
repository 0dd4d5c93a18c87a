"""What other services' events cause in notify: copies are kept, and people are told."""

from collections.abc import Callable, Mapping, Sequence

from services.notify.email.model import SendEmail
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.drafts import (
    about_application,
    about_match,
    about_proposal,
    about_session,
    about_survey,
    stage,
    subject,
)
from services.notify.messages.model.notification import Notification, SendNotification
from services.notify.messages.model.progress import Progress
from services.notify.messages.queue import queue
from services.notify.messages.quiet_hours import send_time
from services.notify.reminders.plan import cancel_reminders, plan_reminders, remind_of_answer
from services.notify.replicas import Card, OrganizationCopy, ProfileCopy, ProgramCopy
from shared.clock import zone
from shared.contracts.evaluation import SurveyAnswered, SurveyInvited, SurveyReminded
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ContactCard,
    OrganizationRegistered,
    ParticipantLeft,
    Profile,
    ProgramPublished,
)
from shared.contracts.matching import (
    MatchAccepted,
    MatchAnswerAwaited,
    MatchDeclined,
    MatchExpired,
    MatchProposed,
    MatchSuperseded,
    MatchUnwound,
    MatchWithdrawn,
)
from shared.contracts.sessions import RelationshipEndedEarly, SessionCancelled, SessionRescheduled, SessionScheduled
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Load, awaits, create, require

reactions = Handlers()
reactions.replicates(ContactCard, Card)
reactions.replicates(Profile, ProfileCopy)


Notifications = Sequence[Notification]


def telling(about: Callable[..., Sequence[Draft]]) -> Mapping[str, Load]:
    """The loads of who tells people of an event: how far its subject has come, and a notification for each draft."""
    return {
        "progress": create(Progress, subject),
        "notifications": create(Notification, lambda event: [draft.id for draft in about(event)]),
    }


def tell(drafts: Sequence[Draft], progress: Progress, notifications: Notifications, ctx: Context) -> bool:
    """Say it, unless something later has been said before; returns whether that is so."""
    if not progress.reach(drafts[0].stage):
        return False
    for draft, notification in zip(drafts, notifications, strict=True):
        queue(draft, notification, ctx.message_id, ctx)
    return True


FOLLOWING = {"progress": create(Progress, subject)}


@reactions.on("follow-organization", loads={"organization": create(OrganizationCopy, lambda _: OrganizationCopy.ID)})
def follow_organization(event: OrganizationRegistered, organization: OrganizationCopy) -> None:
    """Keep its name and locale."""
    organization.follow(event)


@reactions.on("follow-program", loads={"program": create(ProgramCopy, "program_id")})
def follow_program(event: ProgramPublished, program: ProgramCopy) -> None:
    """Keep its title."""
    program.follow(event)


@reactions.on("confirm-application", loads=telling(about_application))
def confirm_application(
    event: ApplicationSubmitted, progress: Progress, notifications: Notifications, ctx: Context
) -> None:
    """It has arrived."""
    tell(about_application(event), progress, notifications, ctx)


@reactions.on("welcome-participant", loads=telling(about_application))
def welcome_participant(
    event: ApplicationApproved, progress: Progress, notifications: Notifications, ctx: Context
) -> None:
    """The person takes part."""
    tell(about_application(event), progress, notifications, ctx)


@reactions.on("note-withdrawn-application", loads=FOLLOWING)
def note_withdrawn_application(event: ApplicationWithdrawn, progress: Progress) -> None:
    """What was still to be said of it is outdated."""
    progress.reach(stage(event))


@reactions.on("note-left-participant", loads=FOLLOWING)
def note_left_participant(event: ParticipantLeft, progress: Progress) -> None:
    """What was still to be said of the application is outdated."""
    progress.reach(stage(event))


@reactions.on("propose-match", loads=telling(about_proposal))
def propose_match(event: MatchProposed, progress: Progress, notifications: Notifications, ctx: Context) -> None:
    """Both are asked, and told why."""
    tell(about_proposal(event), progress, notifications, ctx)


@reactions.on("remind-of-proposal", loads=FOLLOWING)
def remind_of_proposal(event: MatchAnswerAwaited, progress: Progress, ctx: Context) -> None:
    """Who has not answered is asked once more."""
    if progress.reach(stage(event)):
        remind_of_answer(event, ctx)


@reactions.on("announce-match", loads=telling(about_match))
def announce_match(event: MatchAccepted, progress: Progress, notifications: Notifications, ctx: Context) -> None:
    """Both learn how to reach each other."""
    tell(about_match(event), progress, notifications, ctx)


@reactions.on("tell-of-declined-match", loads=telling(about_match))
def tell_of_declined_match(
    event: MatchDeclined, progress: Progress, notifications: Notifications, ctx: Context
) -> None:
    """It did not come about."""
    tell(about_match(event), progress, notifications, ctx)


@reactions.on("tell-of-expired-match", loads=telling(about_match))
def tell_of_expired_match(event: MatchExpired, progress: Progress, notifications: Notifications, ctx: Context) -> None:
    """It did not come about in time."""
    tell(about_match(event), progress, notifications, ctx)


@reactions.on("tell-of-unwound-match", loads=telling(about_match))
def tell_of_unwound_match(event: MatchUnwound, progress: Progress, notifications: Notifications, ctx: Context) -> None:
    """It has ended early, and it is nobody's fault."""
    tell(about_match(event), progress, notifications, ctx)


@reactions.on("note-superseded-match", loads=FOLLOWING)
def note_superseded_match(event: MatchSuperseded, progress: Progress) -> None:
    """Nobody need answer the proposal any more."""
    progress.reach(stage(event))


@reactions.on("note-withdrawn-match", loads=FOLLOWING)
def note_withdrawn_match(event: MatchWithdrawn, progress: Progress) -> None:
    """Nobody need answer the proposal any more."""
    progress.reach(stage(event))


@reactions.on("invite-to-session", loads=telling(about_session))
def invite_to_session(event: SessionScheduled, progress: Progress, notifications: Notifications, ctx: Context) -> None:
    """Send all members an invitation for their calendars, and plan reminders."""
    if tell(about_session(event), progress, notifications, ctx):
        plan_reminders(event, ctx)


@reactions.on("move-session", loads=telling(about_session))
def move_session(event: SessionRescheduled, progress: Progress, notifications: Notifications, ctx: Context) -> None:
    """Send all members an update for their calendars; reminders of the old time are off."""
    if tell(about_session(event), progress, notifications, ctx):
        plan_reminders(event, ctx)


@reactions.on("call-session-off", loads=telling(about_session))
def call_session_off(event: SessionCancelled, progress: Progress, notifications: Notifications, ctx: Context) -> None:
    """Send all members an update that takes it out of their calendars; no reminder is left."""
    if tell(about_session(event), progress, notifications, ctx):
        cancel_reminders(event, ctx)


@reactions.on("note-ended-relationship", loads=FOLLOWING)
def note_ended_relationship(event: RelationshipEndedEarly, progress: Progress) -> None:
    """Remember that its members no longer work together, for what is said of their sessions."""
    progress.reach(stage(event))


@reactions.on("ask-for-feedback", loads=telling(about_survey))
def ask_for_feedback(event: SurveyInvited, progress: Progress, notifications: Notifications, ctx: Context) -> None:
    """Ask the person about the session."""
    tell(about_survey(event), progress, notifications, ctx)


@reactions.on("remind-of-feedback", loads=telling(about_survey))
def remind_of_feedback(event: SurveyReminded, progress: Progress, notifications: Notifications, ctx: Context) -> None:
    """Ask the person once more."""
    tell(about_survey(event), progress, notifications, ctx)


@reactions.on("note-feedback", loads=FOLLOWING)
def note_feedback(event: SurveyAnswered, progress: Progress) -> None:
    """Who has answered is asked no more."""
    progress.reach(stage(event))


@reactions.on(
    "send-notification",
    loads={
        "notification": require(Notification, "notification_id"),
        "cards": awaits(Card, lambda _, notification: notification.draft.people),
        "program": awaits(ProgramCopy, lambda _, notification: notification.draft.program_id, stale=True),
        "organization": awaits(OrganizationCopy, lambda _: OrganizationCopy.ID, stale=True),
    },
)
def send_notification(
    timer: SendNotification,
    notification: Notification,
    cards: Sequence[Card],
    program: ProgramCopy,
    organization: OrganizationCopy,
    ctx: Context,
) -> None:
    """Now, or when the quiet hours of the recipient end. It waits for all that the mail will name."""
    when = send_time(ctx.now, zone(cards[0].time_zone), notification.draft.urgent_by(ctx.now))
    notification.schedule(when)
    if when > ctx.now:
        ctx.at(when, timer, id=f"send/{notification.id}/{when.isoformat()}")
    else:
        ctx.perform(SendEmail(notification_id=notification.id), id=notification.id)
