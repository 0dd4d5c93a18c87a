"""Identifiers: opaque, time-ordered (UUIDv7, RFC 9562), typed so that one is not taken for another."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import NewType

TenantId = NewType("TenantId", str)
PersonId = NewType("PersonId", str)
ProgramId = NewType("ProgramId", str)
ApplicationId = NewType("ApplicationId", str)
MatchRunId = NewType("MatchRunId", str)
MatchId = NewType("MatchId", str)
GroupId = NewType("GroupId", str)
RelationshipId = NewType("RelationshipId", str)
SessionId = NewType("SessionId", str)
ActionItemId = NewType("ActionItemId", str)
InvitationId = NewType("InvitationId", str)
FeedbackId = NewType("FeedbackId", str)
RespondentId = NewType("RespondentId", str)
RiskCaseId = NewType("RiskCaseId", str)
NotificationId = NewType("NotificationId", str)
RoleInvitationId = NewType("RoleInvitationId", str)

TENANT = re.compile(r"[a-z0-9-]{3,40}")
"""What a tenant's id may look like: it is part of keys and of the names of topics and groups."""


SANDBOX = "sandbox-"


def is_sandbox(tenant: str) -> bool:
    """Return whether it is an organization for trying things out, whose clock can be moved. Its id always says so."""
    return tenant.startswith(SANDBOX)


def uuid7(microseconds: int, tail: int) -> str:
    """Return a UUIDv7 whose first 60 free bits order it by time to the microsecond (RFC 9562, method 3).

    `microseconds` since the epoch; `tail` fills the last 62 bits.
    """
    milliseconds, rest = divmod(microseconds, 1000)
    fraction = (rest << 12) // 1000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def moment_of(id: str) -> datetime:
    """Return when an id was made, to the millisecond: by the database's time, whatever the clock of a sandbox shows."""
    return datetime.fromtimestamp(int(id.replace("-", "")[:12], 16) / 1000, UTC)


def microseconds(moment: datetime) -> int:
    """Whole microseconds since the epoch of an aware moment."""
    return round(moment.timestamp() * 1_000_000)


def new_ids(clock: Callable[[], datetime], random: Random) -> Callable[[], str]:
    """Return a source of ids from the given clock and randomness."""
    return lambda: uuid7(microseconds(clock()), random.getrandbits(62))
