"""A program is drafted, then published, then takes applications."""

import pytest

from services.intake.programs.model import (
    Cadence,
    Program,
    ProgramIncomplete,
    ProgramNotDraft,
    ProgramNotOpen,
    Rules,
    check_open,
)
from shared.contracts.intake import ProgramPublished, ProgramRules
from shared.errors import NotFound
from shared.ids import ProgramId


def drafted() -> Program:
    program = Program(id="p1")
    program.draft("Women in tech", Cadence.BIWEEKLY, 9, ProgramRules(proposal_days=3))
    return program


def test_publishing_tells_the_others_the_rules() -> None:
    assert drafted().publish() == [
        ProgramPublished(
            program_id=ProgramId("p1"),
            title="Women in tech",
            cadence="biweekly",
            months=9,
            rules=Rules(proposal_days=3),
        )
    ]


def test_a_program_is_published_once() -> None:
    program = drafted()
    program.publish()
    with pytest.raises(ProgramNotDraft, match="open already"):
        program.publish()


def test_rules_of_a_newer_version_are_kept_but_not_published() -> None:
    stored = drafted().model_dump()
    stored["rules"]["chaperone"] = True
    program = Program.model_validate(stored)
    (published,) = program.publish()
    assert program.model_dump()["rules"]["chaperone"] is True
    assert "chaperone" not in published.model_dump_json()


def test_a_draft_takes_no_applications() -> None:
    with pytest.raises(ProgramNotOpen, match="once it is published"):
        check_open(drafted(), "p1")


def test_a_program_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound, match="no program p2"):
        check_open(None, "p2")


def test_an_open_program_takes_applications() -> None:
    program = drafted()
    program.publish()
    check_open(program, "p1")


def test_a_draft_is_changed_until_it_is_published() -> None:
    program = drafted()
    program.design({"months": 3, "rules": ProgramRules(proposal_days=5)})
    assert (program.title, program.months, program.rules.proposal_days) == ("Women in tech", 3, 5)
    program.publish()
    with pytest.raises(ProgramNotDraft, match="people have applied to it as it is"):
        program.design({"months": 6})


def test_what_is_missing_keeps_a_draft_from_being_published() -> None:
    program = Program(id="p1")
    program.draft("", Cadence.MONTHLY, 1, ProgramRules(first_session_days=31, nothing_booked_days=30))
    assert [one.field for one in program.lacks] == ["/title", "/rules/first_session_days"]
    with pytest.raises(ProgramIncomplete) as refused:
        program.publish()
    assert [one["field"] for one in refused.value.problem()["errors"]] == [one.field for one in program.lacks]  # type: ignore[attr-defined]
    program.design({"title": "Short", "months": 2})
    assert program.lacks == []
    assert program.publish()
    assert program.lacks == []
