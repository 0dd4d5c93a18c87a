"""What a row of an import brings about, and how an import comes to its end."""

from collections import Counter

import pytest

from services.intake.applications.model.application import ApplicationStatus
from services.intake.applications.model.profile import MatchingProfile
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.importing.model.enrollment import Enrollment, Outcome, Result, Row
from services.intake.importing.model.imports import AlreadyStarted, Import, ImportStatus
from services.intake.importing.model.slices import ImportSlice, RepeatedEmail, SliceStatus, SliceStored
from services.intake.people.model import EmailAddress
from shared.contracts.intake import PersonCorrected
from shared.ids import PersonId
from tests.services.intake.builders import LATER, MENTORS, NOW, row, unknown

APPROVING = MENTORS.model_copy(update={"approve": True})


def enrolled(*rows: Row) -> Enrollment:
    """Somebody whom rows have brought in, as a later message finds them."""
    found = unknown()
    for one in rows:
        found.apply(one, MENTORS, NOW)
        found.person.version += 1
    return found


def stored(*rows: Row, refused: tuple[int, ...] = ()) -> ImportSlice:
    part = ImportSlice(id="i1/00000")
    part.fill(rows, refused, [f"id{number}" for number in range(2 * len(rows))])
    return part


def test_a_new_address_brings_a_person_and_an_application() -> None:
    found = unknown()
    outcome, events = found.apply(row(), MENTORS, NOW)
    assert outcome is Outcome.CREATED
    assert [type(event).__name__ for event in events] == ["ApplicationSubmitted"]
    assert (found.address.person_id, found.slot.application_id) == ("ada", "first")
    assert (found.person.locale, found.person.time_zone) == ("de", "Europe/Berlin")


def test_a_time_zone_that_is_stated_is_that_of_the_person() -> None:
    found = unknown()
    found.apply(row(time_zone="Europe/Rome"), MENTORS, NOW)
    assert found.person.time_zone == "Europe/Rome"


def test_an_import_that_approves_does_so_at_once() -> None:
    found = unknown()
    _, events = found.apply(row(), APPROVING, NOW)
    assert [type(event).__name__ for event in events] == ["ApplicationSubmitted", "ApplicationApproved"]


def test_the_same_row_again_changes_nothing() -> None:
    found = enrolled(row())
    assert found.apply(row(), MENTORS, LATER) == (Outcome.UNCHANGED, [])


def test_another_spelling_of_the_address_changes_nothing() -> None:
    found = enrolled(row())
    assert found.apply(row(email="ADA@example.org"), MENTORS, LATER) == (Outcome.UNCHANGED, [])
    assert found.person.email == "ada@example.org"


def test_a_new_name_is_an_update() -> None:
    found = enrolled(row())
    assert found.apply(row(name="Ada King"), MENTORS, LATER) == (
        Outcome.UPDATED,
        [PersonCorrected(person_id=PersonId("ada"), corrected=("name",))],
    )
    assert found.person.name == "Ada King"


def test_a_richer_profile_is_an_update_and_a_poorer_one_is_not() -> None:
    rich = row(profile=MatchingProfile(years=4.0, areas=("QA",)))
    found = enrolled(row())
    assert found.apply(rich, MENTORS, LATER)[0] is Outcome.UPDATED
    assert found.apply(row(), MENTORS, LATER)[0] is Outcome.UNCHANGED
    assert found.application.profile.years == 4.0


def test_an_import_that_approves_takes_in_who_had_only_applied() -> None:
    outcome, events = enrolled(row()).apply(row(), APPROVING, LATER)
    assert outcome is Outcome.UPDATED
    assert [type(event).__name__ for event in events] == ["ApplicationApproved"]


def test_who_withdrew_stays_withdrawn() -> None:
    found = enrolled(row())
    found.application.withdraw(found.slot, NOW)
    assert found.apply(row(name="Ada King"), APPROVING, LATER) == (Outcome.LEFT, [])
    assert (found.application.status, found.person.name) == (ApplicationStatus.WITHDRAWN, "Ada Lovelace")


def test_who_left_stays_out() -> None:
    found = enrolled(row())
    found.application.approve(NOW)
    found.application.leave(found.slot, NOW)
    assert found.apply(row(name="Ada King"), APPROVING, LATER) == (Outcome.LEFT, [])


def test_a_row_with_other_seats_tells_of_the_capacity() -> None:
    found = enrolled(row())
    found.application.approve(NOW)
    outcome, events = found.apply(row(profile=MatchingProfile(seats=4)), MENTORS, LATER)
    assert outcome is Outcome.UPDATED
    assert [type(event).__name__ for event in events] == ["CapacityChanged"]


def test_a_person_who_is_known_without_an_application_gets_one() -> None:
    found = unknown()
    found.address.claim("ada")
    found.person.introduce("Ada Lovelace", "ada@example.org", "en", "Europe/London")
    found.person.version = 1
    assert found.apply(row(), MENTORS, NOW)[0] is Outcome.CREATED
    assert found.person.time_zone == "Europe/London"


def test_a_slice_is_stored_once() -> None:
    with pytest.raises(SliceStored):
        stored(row()).fill([row()], (), ["a", "b"])


def test_an_address_that_is_twice_in_a_slice_is_refused_with_its_line() -> None:
    with pytest.raises(RepeatedEmail) as refusal:
        stored(row(line=2), row(line=3, email="ADA@example.org"))
    assert refusal.value.members == {"line": 3}


def test_a_slice_names_the_known_person_of_an_address_and_a_new_one_otherwise() -> None:
    part = stored(row(line=2), row(line=3, email="grace@example.org"))
    known = EmailAddress(id=EmailAddress.key("grace@example.org"), person_id="grace")
    assert part.person_ids([EmailAddress(id=EmailAddress.key("ada@example.org")), known]) == ["id0", "grace"]


def test_a_slice_wants_what_is_known_for_each_of_its_rows() -> None:
    part = stored(row(line=2), row(line=3, email="grace@example.org"))
    with pytest.raises(ValueError, match="shorter"):
        part.person_ids([EmailAddress()])
    with pytest.raises(ValueError, match="shorter"):
        part.application_ids([ParticipantSlot()])
    with pytest.raises(ValueError, match="shorter"):
        part.enroll([unknown()], MENTORS, NOW)


def test_an_enrolled_slice_keeps_results_and_no_personal_data() -> None:
    part = stored(row(line=2), row(line=4, email="grace@example.org"), refused=(3,))
    events = part.enroll([unknown("ada", "first"), unknown("grace", "second")], MENTORS, NOW)
    assert len(events) == 2
    assert part.results == (
        Result(line=2, outcome=Outcome.CREATED, person_id="ada", application_id="first"),
        Result(line=3, outcome=Outcome.REFUSED),
        Result(line=4, outcome=Outcome.CREATED, person_id="grace", application_id="second"),
    )
    assert "example.org" not in part.model_dump_json()
    assert part.refused == ()


def test_rows_that_expire_are_gone() -> None:
    part = stored(row(), refused=(3,))
    part.expire()
    assert (part.status, part.rows, part.refused) == (SliceStatus.EXPIRED, (), ())


def test_a_slice_that_is_done_does_not_expire() -> None:
    part = stored(row())
    part.enroll([unknown()], MENTORS, NOW)
    part.expire()
    assert part.status is SliceStatus.DONE


def test_an_import_counts_its_rows_and_ends_with_its_last_slice() -> None:
    running = Import(id="i1")
    running.start(MENTORS, slices=2, at=NOW)
    running.complete_slice([Result(line=2, outcome=Outcome.CREATED), Result(line=3, outcome=Outcome.REFUSED)], at=NOW)
    assert running.is_next(1)
    running.complete_slice([Result(line=4, outcome=Outcome.CREATED)], at=LATER)
    assert (running.status, running.started_at, running.ended_at) == (ImportStatus.COMPLETED, NOW, LATER)
    assert Counter(running.totals) == {Outcome.CREATED: 2, Outcome.REFUSED: 1}


def test_an_import_starts_once() -> None:
    running = Import(id="i1")
    running.start(MENTORS, slices=1, at=NOW)
    with pytest.raises(AlreadyStarted):
        running.start(MENTORS, slices=1, at=LATER)


def test_it_is_the_turn_of_no_slice_before_the_start_twice_or_after_the_end() -> None:
    running = Import(id="i1")
    assert not running.is_next(0)
    running.start(MENTORS, slices=1, at=NOW)
    running.complete_slice([], at=NOW)
    assert not running.is_next(0)
    assert not running.is_next(1)


def test_an_import_that_stops_says_why() -> None:
    running = Import(id="i1")
    running.start(MENTORS, slices=2, at=NOW)
    running.stop("Slice 0 has expired.", at=LATER)
    assert (running.status, running.problem) == (ImportStatus.STOPPED, "Slice 0 has expired.")
    assert running.ended_at == LATER
