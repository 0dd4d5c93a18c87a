"""What an applicant writes over HTTP is read as in a file, and the answer says what was made of it."""

import json
from typing import Any

import pytest

from services.intake.applications.model.application import Application
from services.intake.applications.model.profile import MatchingProfile
from services.intake.applications.profile_form import ProfileForm
from shared.contracts.intake import Role
from tests.services.intake.builders import add_ada, id_of, scenario, submit


def applied(as_role: str = "mentor", /, **profile: Any) -> tuple[MatchingProfile, list[dict[str, Any]]]:
    """The profile of somebody who has applied with this one, and the remarks in the answer."""
    given = scenario()
    answer = submit(given, id_of(add_ada(given)), role=as_role, profile=profile)
    return given.get(Application, id_of(answer)).profile, json.loads(answer.body)["remarks"]


def test_what_is_typed_over_http_is_kept_as_a_file_would_be() -> None:
    profile, remarks = applied(areas=["Backend", "qa"], goals="switch career to it", hours_per_month="90 min")
    assert (profile.areas, profile.goals) == (("Backend Developer", "QA"), ("Switch career to IT",))
    assert profile.hours_per_month == 1.5
    assert [(one["field"], one["kind"], one["made"]) for one in remarks] == [
        ("hours_per_month", "understood", "1.5"),
        ("areas", "understood", "Backend Developer"),
        ("areas", "understood", "QA"),
        ("goals", "understood", "Switch career to IT"),
    ]


def test_values_need_no_remark() -> None:
    stated = {"languages": ["en", "it"], "seats": 2, "years": 2.5, "months_available": [5], "time_zone": "Europe/Rome"}
    profile, remarks = applied(meeting_format="long_term", experience="2-4 years", areas=["QA"], **stated)
    assert profile.model_dump(include={*stated}) == stated | {"languages": ("en", "it"), "months_available": (5,)}
    assert remarks == []


def test_a_list_may_be_one_text_and_what_is_unknown_is_left_out_with_a_remark() -> None:
    profile, remarks = applied(languages="German (B2), Elvish; English", months_available="May - July")
    assert (profile.languages, profile.language_levels) == (("de", "en"), {"de": "B2"})
    assert profile.months_available == (5, 6, 7)
    assert [(one["kind"], one["given"]) for one in remarks if one["field"] == "languages"] == [
        ("understood", "German (B2)"),
        ("left_out", "Elvish"),
    ]


@pytest.mark.parametrize("nothing", ["N/A", "k. A.", "nessuna", "-", "?", "none", "prefer not to say", "#N/A", "nan"])
def test_no_answer_is_no_data_in_any_field(nothing: str) -> None:
    texts = {"meeting_format", "seats", "experience", "years", "hours_per_month", "time_zone"}
    fields = set(ProfileForm.model_fields) - {"mentors"}
    profile, remarks = applied(**{name: nothing if name in texts else [nothing] for name in fields})
    assert profile.stated() == {"time_zone": "Europe/London"}
    assert {one["field"] for one in remarks} == fields
    assert {one["made"] for one in remarks} == {"not stated"}


def test_a_person_s_zone_is_that_of_the_profile_unless_it_states_another() -> None:
    assert applied()[0].time_zone == "Europe/London"
    assert applied(time_zone="Asia/Kolkata")[0].time_zone == "Asia/Kolkata"


@pytest.mark.parametrize(
    ("written", "mentors"), [("2 mentors", 2), ("two mentors", 2), ("2 hours", None), ("7", None), (3, 3)]
)
def test_how_many_mentors_is_read_or_left_out(written: object, mentors: int | None) -> None:
    profile, remarks = applied("mentee", mentors=written)
    assert profile.mentors == mentors
    assert bool(remarks) == isinstance(written, str)


def test_a_profile_that_was_read_is_read_as_itself() -> None:
    form = ProfileForm(areas=("Backend",), languages=("Deutsch (C1)",), years="18 months", seats="2 Plätze")
    profile, _ = form.read(Role.MENTOR)
    again, remarks = ProfileForm.model_validate(profile.model_dump(exclude={"language_levels"})).read(Role.MENTOR)
    assert again == profile.model_copy(update={"language_levels": None})
    assert remarks == ()
