from deploy.tour.community import names_by_line, sample
from deploy.tour.onboarding import Remark, example_rows


def remark(line: int, kind: str, column: str) -> Remark:
    return Remark(line=line, column=column, kind=kind, given="", made=None, sentence=f"It is {kind}.")


def test_of_the_remarks_on_a_file_one_of_each_kind_and_column_is_told_the_doubtful_ones_first() -> None:
    remarks = [
        remark(2, "understood", "location"),
        remark(3, "guessed", "location"),
        remark(4, "guessed", "location"),
        remark(5, "left_out", "time_zone"),
    ]
    assert [line for line, _ in example_rows(remarks)] == ["line 5", "line 3", "line 2"]


def test_the_lines_of_the_sample_lead_to_the_names_on_them() -> None:
    names = names_by_line(sample("mentor"))
    assert (names[2], names[49], len(names)) == ("Mentor 01", "Mentor 48", 48)
