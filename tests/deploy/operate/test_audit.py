"""`ithaca audit` shows a trail, writes it to a file, and names what was done to it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response
from typer.testing import Result

from deploy.operate import audit
from shared.clock import rfc3339, system_clock
from shared.trail.chain import Head
from shared.trail.line import Line
from tests.deploy.operate.speaking import NAMES, Asked, Speaking
from tests.shared.trail.test_chain import chain, changed


def say(services: Speaking, name: str, lines: Sequence[Line], head: Head) -> None:
    """Let a service have that trail of acme; of others, none."""

    def export(asked: Asked) -> Response:
        assert asked.parameters["tenant"] == "acme"
        behind = (one for one in lines if one.number > int(asked.parameters.get("after", "0")))
        return Response("".join(f"{one.model_dump_json()}\n" for one in behind), media_type="application/x-ndjson")

    services.say(name, "/audit/export", export)
    services.say(name, "/audit/head", head.model_dump())
    latest = [json.loads(one.model_dump_json()) for one in reversed(lines)]
    services.say(name, "/audit", {"items": latest, "next": None})


@pytest.fixture
def services(services: Speaking) -> Speaking:
    """Each has six lines of acme."""
    for name in NAMES:
        say(services, name, *chain(6, service=name))
    return services


def verify(services: Speaking, *words: str) -> Result:
    return services.run(audit.app, "verify", "--organization", "acme", *words, width=200)


def test_a_trail_as_it_was_written_verifies_in_each_service(services: Speaking) -> None:
    result = verify(services)
    assert result.output.splitlines() == [f"{name}: 6 lines, all as they were written" for name in NAMES]
    assert result.exit_code == 0


def test_what_was_done_to_a_trail_is_named_and_ends_with_one(services: Speaking) -> None:
    lines, head = chain(6, service="matching")
    say(services, "matching", [*lines[:2], changed(lines[2]), *lines[4:]], head)
    result = verify(services, "--service", "matching")
    assert result.output.splitlines() == [
        "matching: NOT as it was written",
        "  line 3 was changed, or put in another order",
        "  line 4 is missing: removed",
    ]
    assert result.exit_code == 1


def test_a_head_that_was_kept_tells_of_a_tail_that_was_removed_with_the_head(
    services: Speaking, tmp_path: Path
) -> None:
    heads = tmp_path / "heads.json"
    assert verify(services, "--heads", str(heads)).exit_code == 0
    kept = json.loads(heads.read_text())
    assert (sorted(kept), sorted(kept["acme"]), kept["acme"]["intake"]["number"]) == (["acme"], sorted(NAMES), 6)
    say(services, "intake", *chain(4, service="intake"))
    assert verify(services).exit_code == 0
    result = verify(services, "--heads", str(heads))
    assert "intake: NOT as it was written" in result.output
    assert "had 6 lines when its head was kept: the last ones were removed" in result.output
    assert (result.exit_code, json.loads(heads.read_text())) == (1, kept)


@pytest.mark.parametrize(
    ("seal", "said"),
    [
        ({"state": "wrong"}, "lines at the end, or all of them, were removed or are others"),
        ({"state": "missing"}, "the head has no seal"),
        (
            {"state": "good", "at": "2027-01-01T00:00:00Z", "since": 1},
            "the head was sealed last at 2027-01-01T00",
        ),
    ],
)
def test_an_end_that_the_service_has_not_left_so_is_named_though_the_chain_is_whole(
    services: Speaking, monkeypatch: pytest.MonkeyPatch, seal: dict[str, Any], said: str
) -> None:
    monkeypatch.setattr(audit, "system_clock", lambda: datetime(2027, 1, 2, tzinfo=UTC))
    lines, head = chain(6, service="matching")
    say(services, "matching", lines, head)
    services.say("matching", "/audit/head", head.model_dump() | {"seal": seal})
    result = verify(services, "--service", "matching")
    assert ("matching: NOT as it was written" in result.output, said in result.output) == (True, True)
    assert result.exit_code == 1


def test_a_trail_from_before_there_were_seals_says_from_where_on_it_is_sealed(services: Speaking) -> None:
    _, head = chain(6, service="matching")
    sealed = {"state": "good", "at": rfc3339(system_clock()), "since": 4}
    services.say("matching", "/audit/head", head.model_dump() | {"seal": sealed})
    assert verify(services, "--service", "matching").output == (
        "matching: 6 lines, all as they were written, sealed from line 4 on\n"
    )


def test_heads_go_on_with_the_trail(services: Speaking, tmp_path: Path) -> None:
    heads = tmp_path / "heads.json"
    verify(services, "--heads", str(heads))
    lines, head = chain(6, service="intake")
    more, later = chain(3, head, service="intake")
    say(services, "intake", [*lines, *more], later)
    assert verify(services, "--heads", str(heads)).exit_code == 0
    assert json.loads(heads.read_text())["acme"]["intake"]["number"] == 9


def test_a_file_of_something_else_is_not_written_over(services: Speaking, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("remember the milk")
    result = verify(services, "--heads", str(tmp_path / "notes.txt"))
    assert (result.exit_code, "holds no heads" in result.output) == (1, True)
    assert (tmp_path / "notes.txt").read_text() == "remember the milk"


def test_lines_that_go_for_their_age_while_they_are_read_are_not_missed(services: Speaking) -> None:
    lines, head = chain(6, service="intake")
    shorter = head.model_copy(update={"first": 3, "before": lines[1].hash})
    say(services, "intake", lines[2:], shorter)
    answers: list[dict[str, Any]] = [head.model_dump(), shorter.model_dump(), shorter.model_dump()]
    services.say("intake", "/audit/head", lambda _: answers.pop(0) if answers else shorter.model_dump())
    result = verify(services, "--service", f"intake={services.address}/intake")
    assert result.output == "intake: 4 lines, all as they were written, those before 3 were removed for their age\n"


def test_a_service_that_refuses_is_told_and_the_others_are_verified(services: Speaking) -> None:
    services.refuse("matching", "/audit/head", 403, "list_trail is for others.")
    result = verify(services)
    assert "matching: list_trail is for others." in result.output
    assert "intake: 6 lines, all as they were written" in result.output
    assert result.exit_code == 1


def test_the_latest_lines_are_shown_with_who_as_what_and_from_where(services: Speaking) -> None:
    result = services.run(
        audit.app,
        "show",
        "--organization",
        "acme",
        "--person",
        "ada",
        "--limit",
        "5",
        "--service",
        f"intake={services.address}/intake",
        width=200,
    )
    assert result.output.splitlines()[1].split() == [
        *("2027-03-01", "12:00:00", "person/zoe", "manager", "intake", "list_pool", "2", "192.0.2.0/24", "200"),
    ]
    (asked,) = services.asked
    assert asked.parameters == {"tenant": "acme", "person_id": "ada", "limit": "5"}


def test_an_export_is_what_the_service_gives_line_by_line(services: Speaking) -> None:
    lines, _ = chain(6, service="intake")
    result = services.run(audit.app, "export", "intake", "--organization", "acme", "--after", "4")
    assert [Line.model_validate_json(text) for text in result.output.splitlines()] == lines[4:]
    services.say("intake", "/audit/export", Response("number,at\r\n1,now\r\n", media_type="text/csv"))
    result = services.run(audit.app, "export", "intake", "--organization", "acme", "--csv")
    assert result.output.splitlines() == ["number,at", "1,now"]
    assert services.asked[-1].parameters["format"] == "csv"
