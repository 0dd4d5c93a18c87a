"""What every service may tell of its own working."""

from shared.contracts.event import Event


class MessageDeadLettered(Event, aggregate="deadletter", subject="dead_letter_id"):
    """A message could not be handled, and waits for an operator. Without its content, which may be personal."""

    dead_letter_id: str
    handler: str
    message_type: str
    reason: str
