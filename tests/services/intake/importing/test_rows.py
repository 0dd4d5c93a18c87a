"""What single cells of a row mean."""

import pytest

from shared.contracts.intake import Role
from shared.vocabulary.findings import Kind
from tests.names import NO_NAMES
from tests.services.intake.importing.files import person, read_one, remarks_on


def test_what_nobody_stated_is_no_data() -> None:
    found = person(location="", time_zone=" ", languages="", format="", seats="", hours_per_month="", years="")
    lists = ("languages", "months_available", "areas", "programming_languages", "goals")
    stated = found.model_dump(exclude={"line", "name", "email", "email_key"}, exclude_none=True)
    assert stated == dict.fromkeys(lists, ())


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("English, Spanish, Portuguese", ("en", "es", "pt")),
        ("English,Ukranian", ("en", "uk")),
        ("English; German", ("en", "de")),
        ("english and DEUTSCH", ("en", "de")),
        ("Inglese e Tedesco", ("en", "de")),
        ("en, de-CH, ita, pt_BR", ("en", "de", "it", "pt")),
        ("English, Filipino, Tagalog", ("en", "fil")),
        ("Chinese (Mandarin), Mandarin, Cantonese", ("zh", "yue")),
        ("Telugu,Tamil, Punjabi, Yoruba, Farsi", ("te", "ta", "pa", "yo", "fa")),
        ("Brazilian Portuguese", ("pt",)),
        ("French (B2)", ("fr",)),
        ("English, Elvish", ("en",)),
    ],
)
def test_languages_become_iso_639_codes(written: str, codes: tuple[str, ...]) -> None:
    assert person(languages=written).languages == codes


@pytest.mark.parametrize(
    ("typo", "language"), [("Ukranian", "Ukrainian"), ("Portugese", "Portuguese"), ("Germna", "German")]
)
def test_a_misspelled_language_is_guessed(typo: str, language: str) -> None:
    assert remarks_on("languages", languages=typo) == [(Kind.GUESSED, language)]


def test_an_unknown_language_is_left_out_with_the_remedy() -> None:
    _, remarks = read_one(languages="English, Elvish", time_zone="Europe/Rome")
    assert [(remark.kind, remark.given, remark.made) for remark in remarks] == [(Kind.LEFT_OUT, "Elvish", None)]
    assert "ISO 639 code" in remarks[0].sentence


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Kotlin, Kotlin, Java, Java, Scala", ("Kotlin", "Java", "Scala")),
        ("Javascript, JavaScript, javascript", ("JavaScript",)),
        ("C#, C++, C, R, Go", ("C#", "C++", "C", "R", "Go")),
        ("HCL (Terraform/OpenTofu), Rego, Python (for scripting)", ("HCL", "Rego", "Python")),
        ("Pyhton; golang", ("Python", "Go")),
        ("Brainfuck, BRAINFUCK", ("Brainfuck",)),
    ],
)
def test_programming_languages_have_one_spelling_and_are_counted_once(written: str, names: tuple[str, ...]) -> None:
    assert person(programming_languages=written).programming_languages == names


def test_areas_and_goals_have_one_spelling() -> None:
    found = person(areas="Quality Assurance; qa; back-end developer; Bee keeping", goals="switch career to it")
    assert found.areas == ("QA", "Backend Developer", "Bee keeping")
    assert found.goals == ("Switch career to IT",)


def test_a_repeated_entry_gets_one_remark() -> None:
    assert remarks_on("areas", areas="QA;QA;DevOps;QA") == [(Kind.UNDERSTOOD, "QA, DevOps")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("long-term", "long_term"), ("Long term", "long_term"), ("ad-hoc", "ad_hoc"), ("adhoc sessions", "ad_hoc"),
     ("both", "both"), ("Either", "both"), ("ad-hoc; long-term", "both"), ("carrier pigeon", None)],
)  # fmt: skip
def test_formats_are_understood_however_they_are_hyphenated(written: str, expected: str | None) -> None:
    assert person(format=written).meeting_format == expected


@pytest.mark.parametrize(
    ("written", "seats"),
    [
        ("2", 2),
        ("2.0", 2),
        ("2 mentees", 2),
        ("2-3", 2),
        ("2.5", 2),
        ("0", 0),
        ("\uff12", 2),
        ("-3", None),
        ("two", None),
        ("999", None),
    ],
)
def test_seats_are_whole_and_believable(written: str, seats: int | None) -> None:
    assert person(seats=written).seats == seats


@pytest.mark.parametrize(
    ("written", "hours"),
    [("4", 4.0), ("1,5", 1.5), ("3h", 3.0), ("2 hours", 2.0), ("5+", 5.0), ("2-4", 2.0), ("0", None), ("1000", None)],
)
def test_hours_are_a_number_and_zero_means_not_stated(written: str, hours: float | None) -> None:
    assert person(hours_per_month=written).hours_per_month == hours


def test_zero_seats_are_understood_from_who_meets_ad_hoc_and_a_guess_from_others() -> None:
    assert remarks_on("seats", seats="0", format="ad-hoc") == [(Kind.UNDERSTOOD, "0")]
    assert remarks_on("seats", seats="0", format="both") == [(Kind.GUESSED, "0")]


@pytest.mark.parametrize(
    ("written", "mentors"),
    [("1", 1), ("3", 3), ("2 mentors", 2), ("4", None), ("0", None), ("two", None), ("-1", None)],
)
def test_a_mentee_looks_for_one_to_three_mentors(written: str, mentors: int | None) -> None:
    found, remarks = read_one(Role.MENTEE, mentors=written, time_zone="UTC")
    assert found
    assert found.mentors == mentors
    assert [remark.column for remark in remarks if remark.kind is Kind.LEFT_OUT] == ["mentors"] * (mentors is None)


def test_mentors_are_left_out_of_a_mentor_s_row_with_the_remedy() -> None:
    found, remarks = read_one(Role.MENTOR, mentors="2", time_zone="UTC")
    assert found
    assert found.mentors is None
    assert [(remark.kind, "seats" in remark.sentence) for remark in remarks] == [(Kind.LEFT_OUT, True)]


def test_zero_years_are_an_answer() -> None:
    assert person(years="0").years == 0


@pytest.mark.parametrize(
    ("written", "months"),
    [("5;6;7", (5, 6, 7)), ("11, 9,10,9", (9, 10, 11)), ("May; june;Sept.", (5, 6, 9)), ("5-7", (5, 6, 7)),
     ("Nov-Feb", (1, 2, 11, 12)), ("13;0;x;2", (2,)), ("", ())],
)  # fmt: skip
def test_months_are_numbers_names_or_ranges(written: str, months: tuple[int, ...]) -> None:
    assert person(months_available=written).months_available == months


@pytest.mark.parametrize(
    ("written", "band"),
    [("2-4 Years", "2-4 years"), ("1 -2 Years", "1-2 years"), ("16+ Years", "16+ years"), ("5 to 7", "5-7 years"),
     ("7-5 years", None), ("ages", None)],
)  # fmt: skip
def test_experience_is_a_band_of_years(written: str, band: str | None) -> None:
    assert person(experience=written).experience == band


def test_a_zone_that_was_stated_wins_over_the_location() -> None:
    assert person(location="Berlin, Germany", time_zone="Asia/Kolkata").time_zone == "Asia/Kolkata"


def test_a_zone_from_the_location_is_marked_as_a_guess() -> None:
    assert remarks_on("time_zone", location="Berlin, Germany") == [(Kind.GUESSED, "Europe/Berlin")]


def test_a_zone_that_nothing_tells_is_left_out() -> None:
    assert remarks_on("time_zone", location="Spain") == [(Kind.LEFT_OUT, None)]


@pytest.mark.parametrize("stated", ["Mars/X", "CST", "UTC+2", "Europe/Berln"])
def test_a_zone_that_cannot_be_read_is_left_out_and_the_location_may_tell_another(stated: str) -> None:
    assert remarks_on("time_zone", time_zone=stated) == [(Kind.LEFT_OUT, None)]
    assert person(time_zone=stated, location="Vienna, Austria").time_zone == "Europe/Vienna"


def test_a_formula_is_kept_as_text_with_a_remark() -> None:
    found, remarks = read_one(name="=1+1", time_zone="UTC")
    assert found
    assert found.name == "=1+1"
    assert [(remark.column, remark.kind) for remark in remarks] == [("name", Kind.UNDERSTOOD)]


@pytest.mark.parametrize(
    ("column", "cell"),
    [("name", ""), ("name", " \u200b"), ("name", "x" * 201), ("email", ""), ("email", "ann")],
)
def test_a_row_without_a_name_or_an_address_is_refused(column: str, cell: str) -> None:
    found, remarks = read_one(Role.MENTOR, **{column: cell})
    assert found is None
    assert (column, Kind.REFUSED) in [(remark.column, remark.kind) for remark in remarks]


def test_other_over_long_cells_are_left_out() -> None:
    found = person(location="x" * 201, areas="y" * 2_001)
    assert (found.location, found.areas) == (None, ())


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_row_without_a_name_to_call_somebody_by_is_refused(name: str) -> None:
    found, remarks = read_one(name=name)
    assert found is None
    assert [remark.kind for remark in remarks if remark.column == "name"][-1] is Kind.REFUSED


def test_a_name_in_two_lines_of_a_cell_is_one() -> None:
    assert person(name="Ada\nLovelace \u202e").name == "Ada Lovelace"
