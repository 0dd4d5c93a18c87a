"""What every service may tell of its own working."""

from shared.contracts.event import Event


class MessageDeadLettered(Event, aggregate="deadletter", subject="dead_letter_id"):
    """A message could not be handled, and waits for an operator. Without its content, which may be personal."""

    dead_letter_id: str
    """The dead letter, by which an operator finds, replays or discards it."""
    handler: str
    """Whose message it was: the reaction's stable name; empty for a record that nobody could read."""
    message_type: str
    """What the message was: an event type, or a service's own message."""
    reason: str
    """Why: `failed`, `waited-too-long`, `refused-by-the-database`, or what of the record could not be read."""
