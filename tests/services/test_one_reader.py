"""Whoever reads what people write, the same is read: an application over HTTP, an import, and matching from a file."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.applications.model.profile import MatchingProfile
from services.intake.applications.profile_form import FieldRemark, ProfileForm
from services.matching.file.person_fields import PersonFields
from shared.contracts.intake import Role
from shared.text import one_line
from shared.vocabulary.findings import Kind
from tests.examples import examples
from tests.services.intake.importing.files import read_one
from tests.services.readings import LISTS, NO_ANSWERS, READINGS

CASES = [(field, written, meant) for field, readings in READINGS.items() for written, meant in readings]
OF_FORMS = {"format": "meeting_format"}


def role_of(field: str) -> Role:
    return Role.MENTEE if field == "mentors" else Role.MENTOR


def by_form(field: str, written: str) -> tuple[MatchingProfile, tuple[FieldRemark, ...]]:
    return ProfileForm.model_validate({OF_FORMS.get(field, field): written}).read(role_of(field))


def by_import(field: str, written: str) -> tuple[object, list[tuple[Kind, str | None]]]:
    found, remarks = read_one(role_of(field), **{field: written})
    assert found, remarks
    if field == "location":
        return (found.country, found.time_zone), [(one.kind, one.made) for one in remarks if one.column == field]
    value = getattr(found, OF_FORMS.get(field, field))
    return value, [(one.kind, one.made) for one in remarks if one.column == field]


def by_file(field: str, written: str) -> dict[str, Any]:
    return PersonFields({"id": "A1", field: written}, "row 2, ", {}, is_table=True).read(role_of(field))


def test_there_are_hundreds_of_them() -> None:
    assert len(CASES) > 350
    assert len(NO_ANSWERS) > 75


@pytest.mark.parametrize(("field", "written", "meant"), CASES)
def test_an_import_reads_what_is_meant_and_says_what_it_left_out(field: str, written: str, meant: object) -> None:
    value, remarks = by_import(field, written)
    assert value == meant
    if meant in (None, (), (None, None)):
        assert remarks


@pytest.mark.parametrize(("field", "written", "meant"), [case for case in CASES if case[0] != "location"])
def test_a_form_reads_the_same_with_the_same_remarks(field: str, written: str, meant: object) -> None:
    profile, remarks = by_form(field, written)
    assert getattr(profile, OF_FORMS.get(field, field)) == meant
    in_file = by_import(field, written)[1]
    is_code = field == "languages" and [one.made for one in remarks] != [made for _, made in in_file]
    assert is_code or [(one.kind, one.made) for one in remarks] == in_file


OF_PEOPLE = {"languages": "languages", "areas": "skills", "programming_languages": "skills", "goals": "goals",
             "years": "years", "seats": "capacity", "mentors": "capacity"}  # fmt: skip


@pytest.mark.parametrize(("field", "written", "meant"), [case for case in CASES if case[0] in OF_PEOPLE])
def test_matching_from_a_file_compares_the_same(field: str, written: str, meant: object) -> None:
    found = by_file(field, written).get(OF_PEOPLE[field])
    assert (tuple(found or ()) if field in LISTS else found) == meant


@pytest.mark.parametrize(
    ("written", "meant"), [(written, meant) for field, written, meant in CASES if field == "location"]
)
def test_matching_from_a_file_knows_the_clock_of_the_same_place(written: str, meant: tuple[object, object]) -> None:
    assert by_file("location", written).get("time_zone") == meant[1]


@pytest.mark.parametrize("written", NO_ANSWERS)
def test_no_answer_is_no_data_for_every_reader_in_every_field(written: str) -> None:
    for field in READINGS:
        nothing: object = () if field in LISTS else (None, None) if field == "location" else None
        value, remarks = by_import(field, written)
        assert (value, remarks) == (nothing, [(Kind.UNDERSTOOD, "not stated")]), field
        if field != "location":
            assert by_form(field, written)[0].stated() == {}, field
        assert by_file(field, written).keys() - {"id"} <= {"place", *OF_PEOPLE.values()}, field
        assert not any(by_file(field, written).get(name) for name in {"place", *OF_PEOPLE.values()}), field


@pytest.mark.parametrize(
    "field", ["interests", "roles", "organization", "industry", "style", "region", "place", "location"]
)
def test_no_answer_is_compared_by_no_criterion_of_a_file(field: str) -> None:
    for written in NO_ANSWERS:
        assert not any(value for name, value in by_file(field, written).items() if name != "id"), written


@pytest.mark.parametrize("code", ["to", "RS", "it", "DE", "is", "so", "NO", "na", "In", "ba", "js", "uk", "US", "ml"])
def test_two_letters_are_never_understood(code: str) -> None:
    for field in READINGS:
        _, remarks = by_import(field, code)
        assert [made for kind, made in remarks if kind is Kind.UNDERSTOOD and made != "not stated"] == [], field


@examples(150)
@given(
    st.sampled_from(sorted(READINGS.keys() - {"location"})),
    st.text(max_size=30) | st.sampled_from([written for _, written, _ in CASES]).flatmap(
        lambda written: st.text("-\u2013,;/ ()xN0129", max_size=3).map(lambda more: f"{written}{more}")
    ),
)  # fmt: skip
def test_whatever_is_written_all_readers_agree(field: str, written: str) -> None:
    if not one_line(written):  # a form says so at once
        return
    value, _ = by_import(field, written)
    profile, _ = by_form(field, written)
    assert getattr(profile, OF_FORMS.get(field, field)) == value
    if field in OF_PEOPLE:
        found = by_file(field, written).get(OF_PEOPLE[field])
        assert (tuple(found or ()) if field in LISTS else found) == value
