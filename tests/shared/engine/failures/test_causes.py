"""Dead letters are grouped by the type of error and the first frame of our own code, whatever else differs."""

import pytest

from shared.engine.failures.causes import Cause
from shared.observe.failures import describe

ENGINE = "shared/engine/batch/batch.py:163 in _handle"
OWN = "services/matching/pool/reactions.py:31 in enter"
PACKAGE = "main.py:253 in __init__"


def test_the_innermost_frame_of_a_service_is_where_it_was() -> None:
    told = "\n".join([ENGINE, "services/matching/pool/reactions.py:9 in begin", OWN, PACKAGE, "KeyError"])
    assert Cause.of("failed", told) == Cause("failed", "KeyError", "services/matching/pool/reactions.py in enter")


@pytest.mark.parametrize(
    ("frames", "where"),
    [
        ([PACKAGE, ENGINE, PACKAGE], "shared/engine/batch/batch.py in _handle"),
        ([PACKAGE], "main.py in __init__"),
        ([], ""),
    ],
)
def test_without_a_frame_of_a_service_it_is_the_next_that_says_something(frames: list[str], where: str) -> None:
    assert Cause.of("failed", "\n".join([*frames, "KeyError"])).where == where


def test_a_cause_is_the_same_on_other_lines_and_counts() -> None:
    one = Cause.of("12 more could not be read: offsets 3 to 40", f"{OWN}\nKeyError")
    other = Cause.of("9 more could not be read: offsets 50 to 61", f"{OWN.replace('31', '77')}\nKeyError")
    assert (one, one.id) == (other, other.id)


def test_another_error_at_one_place_is_another_cause() -> None:
    assert Cause.of("failed", f"{OWN}\nKeyError").id != Cause.of("failed", f"{OWN}\nTypeError").id


def test_what_was_wrong_with_a_message_is_told_by_field() -> None:
    assert (
        Cause.of("undecodable", "till_id: missing\nnumber: int_parsing").error
        == "till_id: missing; number: int_parsing"
    )


def test_what_an_error_tells_names_files_of_ours_by_their_path_and_no_others() -> None:
    with pytest.raises(ValueError, match="invalid literal") as raised:
        _ours()
    frame, error = describe(raised.value).splitlines()[-2:]
    assert frame.startswith("tests/shared/engine/failures/test_causes.py:")
    assert (frame.endswith(" in _ours"), error) == (True, "ValueError")


def _ours() -> int:
    return int("no number")
