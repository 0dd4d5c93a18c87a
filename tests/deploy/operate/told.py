"""What services tell operators, for tests that change a detail of it."""

from typing import Any

Json = dict[str, Any]


def replica(name: str = "host-12-0badcafe", **changed: Any) -> Json:
    """A process that does a little."""
    told = {
        "name": name,
        "role": "all",
        "started_at": "2027-01-19T19:00:00.000Z",
        "seen_at": "2027-01-19T19:22:54.000Z",
        "version": "0.1.0",
        "events_in_per_second": 12.4,
        "events_out_per_second": 1250.0,
        "commands_per_second": 3.0,
        "command_p50_ms": 4.2,
        "command_p95_ms": 12.0,
        "batch_size": 50.0,
        "clock_offset_seconds": 0.001,
        "partitions": 8,
        "paused_handlers": [],
    }
    return told | changed


def status(service: str, **changed: Any) -> Json:
    """A service that is well."""
    told = {
        "service": service,
        "cell": "garden",
        "at": "2027-01-19T19:22:54.000Z",
        "version": "0.1.0",
        "database": "ok",
        "broker": "ok",
        "replicas": [replica()],
        "lag": {"total": 0, "partitions": []},
        "outbox": {"chunks": 0, "oldest_seconds": None},
        "timers": {"planned": 3, "due": 0, "oldest_due_seconds": None},
        "effects": {"waiting": 0, "failing": 0},
        "lanes": {"parked": 0, "messages": 0},
        "dead_letters": 0,
        "gaps": [],
    }
    return told | changed


def gap(**changed: Any) -> Json:
    """A topic in which something is missing."""
    partition = {
        "partition": 3,
        "first": 120,
        "next": 480,
        "since": "2027-01-12T19:00:00.000Z",
        "found_at": "2027-01-19T19:22:54.000Z",
        "reason": "records were removed before they were read",
    }
    told = {
        "topic": "garden.intake",
        "state": "running",
        "error": None,
        "started_at": "2027-01-19T19:22:54.000Z",
        "partitions": [partition],
    }
    return told | changed


def event(number: int, type: str = "matching.MatchAccepted", seconds: float = 0, **changed: Any) -> Json:
    """An event of a moment; its id ends with the number."""
    told = {
        "id": event_id(number),
        "type": f"ithaca.{type}.v1",
        "time": f"2027-01-19T19:22:{seconds:06.3f}Z",
        "tenant": "northlight",
        "subject": f"match/01a327d0-c2cb-70d4-bbea-{number:012}",
        "sequence": "2",
        "program": "01a2e51f-3f23-79a1-9db3-075eed52c2b2",
        "actor": "person/01a2ef97-7bcb-7239-a9ee-9e4b0378f603",
        "correlationid": COMMAND,
        "causationid": COMMAND,
        "data": {"match_id": "01a327d0", "note": "[bold] is no markup"},
    }
    return told | changed


COMMAND = "01a32f66-23c0-7293-8d23-743a4dab43fd"
"""A command of the moment at which `event` happens."""


def event_id(number: int) -> str:
    """The id of the event with that number."""
    return f"01a32f66-f6dd-709b-9929-{number:012}"


def letter(id: str = "letter-1", **changed: Any) -> Json:
    """A dead letter."""
    told = {
        "id": id,
        "tenant": "northlight",
        "handler": "enter_pool",
        "message_type": "ithaca.intake.ApplicationApproved.v1",
        "message_id": event_id(1),
        "reason": "failed",
        "error": "reactions.py:42 in enter_pool\nKeyError",
        "at": "2027-01-19T19:22:54.090Z",
        "expires": "2027-02-18T19:22:54.090Z",
        "topic": "garden.intake",
        "partition": 3,
        "offset": 1204,
        "bytes": 318,
    }
    return told | changed


def page(*items: Json, next: str | None = None) -> Json:
    """Some of a list."""
    return {"items": list(items), "next": next}
