"""An import on the engine, in memory: slice by slice, each in one transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from services.intake.applications.commands import WithdrawApplication
from services.intake.applications.model.application import Application, ApplicationStatus
from services.intake.importing.commands import AddImportSlice, StartImport
from services.intake.importing.model.enrollment import Outcome, Row
from services.intake.importing.model.imports import Import, ImportStatus
from services.intake.importing.model.slices import ImportSlice, SliceStatus
from services.intake.people.model import Person
from services.intake.service import service
from shared.contracts.intake import ApplicationApproved, ApplicationSubmitted, ContactCard, Profile
from shared.engine.authoring.answer import Answer
from tests.scenario import Scenario
from tests.services.intake.builders import MENTORS, open_program, row

APPROVING = MENTORS.model_copy(update={"approve": True})
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def mentors(count: int, first: int = 2) -> list[Row]:
    return [row(line, f"Mentor {line}", f"mentor{line}@example.org") for line in range(first, first + count)]


def hand_in(given: Scenario, *slices: Sequence[Row], import_id: str = "i1", refused: tuple[int, ...] = ()) -> None:
    for number, rows in enumerate(slices):
        given.when(AddImportSlice(import_id=import_id, number=number, rows=tuple(rows), refused=refused))


def start(given: Scenario, slices: int, import_id: str = "i1") -> Answer:
    return given.when(StartImport(import_id=import_id, slices=slices, terms=APPROVING))


def run(given: Scenario, *slices: Sequence[Row], import_id: str = "i1") -> Import:
    """A whole import, to its end."""
    hand_in(given, *slices, import_id=import_id)
    start(given, len(slices), import_id)
    return given.advance(MINUTE).get(Import, import_id)


def test_every_row_becomes_a_person_and_an_approved_application() -> None:
    given = Scenario(service).given(open_program())
    done = run(given, mentors(3), mentors(2, first=5))
    assert (done.status, Counter(done.totals)) == (ImportStatus.COMPLETED, {Outcome.CREATED: 5})
    assert Counter(map(type, given.events())) == {ApplicationSubmitted: 5, ApplicationApproved: 5}
    assert Counter(map(type, given.shared)) == {ContactCard: 5, Profile: 5}
    result = given.get(ImportSlice, "i1/00001").results[0]
    assert given.get(Person, str(result.person_id)).name == "Mentor 5"
    assert given.get(Application, str(result.application_id)).status is ApplicationStatus.APPROVED


def test_nothing_happens_before_the_start() -> None:
    given = Scenario(service).given(open_program())
    hand_in(given, mentors(3))
    given.advance(MINUTE)
    assert (given.events(), given.shared) == ([], [])


def test_rows_of_an_import_that_never_starts_are_forgotten_after_a_day() -> None:
    given = Scenario(service).given(open_program())
    hand_in(given, mentors(3))
    expired = given.advance(DAY).get(ImportSlice, "i1/00000")
    assert (expired.status, expired.rows) == (SliceStatus.EXPIRED, ())
    assert "example.org" not in expired.model_dump_json()
    assert given.planned() == {}


def test_slices_have_their_turn_one_after_the_other_with_a_pause_in_between() -> None:
    given = Scenario(service).given(open_program())
    hand_in(given, mentors(2), mentors(2, first=4))
    start(given, slices=2)
    given.advance(timedelta(0))
    assert given.get(Import, "i1").done == 1
    given.advance(MINUTE)
    assert given.get(Import, "i1").done == 2


def test_rows_are_gone_and_nothing_is_planned_once_all_is_done() -> None:
    given = Scenario(service).given(open_program())
    run(given, mentors(2), mentors(2, first=4))
    assert "example.org" not in given.get(ImportSlice, "i1/00000").model_dump_json()
    assert given.planned() == {}


def test_the_same_file_twice_creates_nothing_anew() -> None:
    given = Scenario(service).given(open_program())
    run(given, mentors(3))
    told, shared = len(given.events()), len(given.shared)
    again = run(given, mentors(3), import_id="i2")
    assert again.totals == {Outcome.UNCHANGED: 3}
    assert (len(given.events()), len(given.shared)) == (told, shared)


def test_an_address_in_two_slices_is_one_person() -> None:
    given = Scenario(service).given(open_program())
    done = run(given, mentors(2), mentors(2))
    assert done.totals == {Outcome.CREATED: 2, Outcome.UNCHANGED: 2}


def test_two_imports_of_one_file_at_once_create_everybody_once() -> None:
    given = Scenario(service).given(open_program())
    for import_id in ("i1", "i2"):
        hand_in(given, mentors(2), mentors(2, first=4), import_id=import_id)
        start(given, 2, import_id)
    given.advance(MINUTE)
    assert given.get(Import, "i1").totals == {Outcome.CREATED: 4}
    assert given.get(Import, "i2").totals == {Outcome.UNCHANGED: 4}


def test_who_withdrew_is_not_brought_back() -> None:
    given = Scenario(service).given(open_program())
    run(given, mentors(1))
    application_id = str(given.get(ImportSlice, "i1/00000").results[0].application_id)
    given.when(WithdrawApplication(application_id=application_id))
    assert run(given, mentors(1), import_id="i2").totals == {Outcome.LEFT: 1}
    assert given.get(Application, application_id).status is ApplicationStatus.WITHDRAWN


def test_refused_lines_are_on_record() -> None:
    given = Scenario(service).given(open_program())
    hand_in(given, [], refused=(2, 3))
    start(given, slices=1)
    done = given.advance(MINUTE).get(Import, "i1")
    assert (done.status, done.totals) == (ImportStatus.COMPLETED, {Outcome.REFUSED: 2})


def test_an_import_whose_rows_have_expired_stops_and_says_so() -> None:
    given = Scenario(service).given(open_program())
    hand_in(given, mentors(1))
    given.advance(DAY)
    start(given, slices=1)
    stopped = given.advance(MINUTE).get(Import, "i1")
    assert stopped.status is ImportStatus.STOPPED
    assert "import the file again" in str(stopped.problem)


def test_an_import_with_a_slice_missing_stops_there() -> None:
    given = Scenario(service).given(open_program())
    hand_in(given, mentors(1))
    start(given, slices=2)
    stopped = given.advance(MINUTE).get(Import, "i1")
    assert (stopped.status, stopped.done) == (ImportStatus.STOPPED, 1)


def test_an_import_into_an_unknown_program_does_not_start() -> None:
    given = Scenario(service)
    hand_in(given, mentors(1))
    assert start(given, slices=1).status == 404


def test_an_import_starts_once() -> None:
    given = Scenario(service).given(open_program())
    run(given, mentors(1))
    assert start(given, slices=1).status == 409
    assert given.planned() == {}
