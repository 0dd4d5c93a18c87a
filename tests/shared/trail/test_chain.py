"""What somebody has changed in a trail, removed from it or moved in it is found; and what cannot be is said."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from shared.trail.chain import Head, Verification
from shared.trail.line import Line

AT = datetime(2027, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def chain(
    count: int,
    head: Head = Head(),  # noqa: B008 - it is frozen
    service: str = "matching",
    tenant: str = "acme",
) -> tuple[list[Line], Head]:
    """So many lines behind a head, and the head behind them."""
    lines = list[Line]()
    before = head.hash
    for number in range(head.number + 1, head.number + count + 1):
        line = Line(
            id=f"c{number}",
            at=AT,
            actor="person/zoe",
            role="manager",
            operation="list_pool",
            about={"program_id": "north"},
            people=("ada", "ben"),
            count=2,
            network="192.0.2.0/24",
            status=200,
            service=service,
            tenant=tenant,
            number=number,
            hash="",
        )
        before = line.hash_behind(before)
        lines.append(line.model_copy(update={"hash": before}))
    return lines, Head(number=head.number + count, hash=before)


def breaks(lines: Sequence[Line], head: Head, kept: Head | None = None) -> list[str]:
    verification = Verification(head, kept)
    verification.add(lines)
    return verification.end()


def changed(line: Line) -> Line:
    return line.model_copy(update={"actor": "person/ann"})


TAMPERINGS: dict[str, tuple[Callable[[list[Line]], list[Line]], str]] = {
    "changed": (lambda x: [*x[:3], changed(x[3]), *x[4:]], "line 4 was changed"),
    "the first changed": (lambda x: [changed(x[0]), *x[1:]], "line 1 was changed"),
    "the last changed": (lambda x: [*x[:-1], changed(x[-1])], "line 6 was changed"),
    "removed": (lambda x: [*x[:3], *x[4:]], "line 4 is missing"),
    "the first removed": (lambda x: x[2:], "lines 1 to 2 are missing"),
    "the last removed": (lambda x: x[:-2], "lines 5 to 6 are missing at the end"),
    "all removed": (lambda x: x[6:], "lines 1 to 6 are missing at the end"),
    "reordered": (lambda x: [*x[:2], x[3], x[2], *x[4:]], "put in another order"),
    "reordered with their numbers": (
        lambda x: [
            *x[:2],
            x[3].model_copy(update={"number": 3}),
            x[2].model_copy(update={"number": 4}),
            *x[4:],
        ],
        "line 3 was changed, or put in another order",
    ),
    "written twice": (lambda x: [*x[:3], x[2], *x[3:]], "line 3 stands behind line 3"),
    "of another organization": (lambda x: [*x[:3], x[3].model_copy(update={"tenant": "beta"}), *x[4:]], "line 4 was"),
    "of another service": (lambda x: [*x[:3], x[3].model_copy(update={"service": "notify"}), *x[4:]], "line 4 was"),
}


def test_a_trail_as_it_was_written_verifies() -> None:
    lines, head = chain(6)
    assert breaks(lines, head) == []
    assert breaks([], Head()) == []


def test_lines_that_came_after_the_head_was_read_are_of_the_next_time() -> None:
    lines, head = chain(4)
    later, _ = chain(2, head)
    assert breaks([*lines, *later], head) == []


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_was_done_to_a_trail_is_found(tampering: str) -> None:
    tamper, said = TAMPERINGS[tampering]
    lines, head = chain(6)
    assert said in "; ".join(breaks(tamper(lines), head))


def test_each_field_of_a_line_counts() -> None:
    (line,), _ = chain(1)
    others = {"about": {}, "people": ("ada",), "at": AT.replace(second=1), "count": 3, "status": 404, "hash": "0" * 64}
    for name in set(Line.model_fields) - {"number"}:
        other = line.model_copy(update={name: others.get(name, "other")})
        assert breaks([other], Head(number=1, hash=line.hash)), name


def test_one_sentence_stands_for_each_break_and_what_follows_is_checked_again() -> None:
    lines, head = chain(9)
    found = breaks([*lines[:1], *lines[2:5], changed(lines[5]), *lines[6:]], head)
    assert [one.partition(":")[0] for one in found] == [
        "line 2 is missing",
        "line 6 was changed, or put in another order",
    ]


def test_whoever_writes_a_whole_trail_anew_with_its_head_is_found_by_a_head_that_was_kept() -> None:
    lines, kept = chain(4)
    forged_head, before = Head(), ""
    forged = []
    for line in lines:
        other = changed(line)
        before = other.hash_behind(before)
        forged.append(other.model_copy(update={"hash": before}))
    forged_head = Head(number=4, hash=before)
    assert breaks(forged, forged_head) == []
    assert breaks(forged, forged_head, kept) == [
        "line 4 is another one than when its head was kept: the trail was written anew"
    ]


def test_a_tail_that_was_removed_with_the_head_set_back_is_found_by_a_head_that_was_kept() -> None:
    lines, kept = chain(6)
    shorter = Head(number=4, hash=lines[3].hash)
    assert breaks(lines[:4], shorter) == []
    (found,) = breaks(lines[:4], shorter, kept)
    assert "had 6 lines when its head was kept: the last ones were removed" in found


def test_lines_that_were_removed_for_their_age_are_not_missing() -> None:
    lines, head = chain(6)
    shorter = head.model_copy(update={"first": 4, "before": lines[2].hash})
    assert breaks(lines[3:], shorter) == []
    assert breaks(lines[4:], shorter) == ["line 4 is missing: removed"]


def test_a_line_can_be_checked_with_nothing_but_json_and_sha_256() -> None:
    (first, second), _ = chain(2)
    said = json.loads(second.model_dump_json())
    claimed = said.pop("hash")
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(f"{first.hash}\n{text}".encode()).hexdigest() == claimed


def test_a_line_with_what_a_later_version_says_beside_it_verifies_here() -> None:
    (line,), _ = chain(1)
    later = Line(**line.model_dump(exclude={"hash"}), reason="asked by the person", hash="")
    later = later.model_copy(update={"hash": later.hash_behind("")})
    read = Line.model_validate_json(later.model_dump_json())
    assert breaks([read], Head(number=1, hash=later.hash)) == []
