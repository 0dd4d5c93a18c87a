"""The inbox: a row for every event that a handler has had, so that a second delivery changes nothing."""

from datetime import datetime, timedelta

from shared.engine.ports.store import Index, Insert, Put

COLLECTION = "inbox"
INDEXES = (Index(("expires",), expires=True),)

DONE, PARKED, DEAD = "done", "parked", "dead"


def row_id(tenant: str, handler: str, source: str, event_id: str) -> str:
    """Return the id of one event's row for one handler. The source is in it: nobody can suppress another's event."""
    return f"{tenant}/{handler}/{source}/{event_id}"


def first_seen(id: str, state: str, expires: datetime | None) -> Insert:
    """Insert the row of an event that was handled or parked: another delivery is dropped. Parked rows do not expire."""
    document = {"_id": id, "state": state}
    return Insert(COLLECTION, document | {"expires": expires} if expires else document)


def updated(id: str, state: str, expires: datetime | None) -> Put:
    """Change the state of what was parked, or dead. It checks nothing: the lane's row says whose turn it was."""
    document = {"_id": id, "state": state}
    return Put(COLLECTION, document | {"expires": expires} if expires else document)


def expiry(now: datetime, keep: timedelta) -> datetime:
    """Return when a row may go: rows must outlive the retention of the topics."""
    return now + keep
