"""A released version of a contract only ever gains fields with defaults; everything else is refused by name."""

import json
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest
from pydantic import BaseModel, Field, create_model

from shared.contracts.catalog import GOLDEN, every_contract
from shared.contracts.compatibility import PROVISIONAL, altered, breaks, every_break, grown, released_baseline
from shared.contracts.event import Contract, Event
from shared.contracts.schemas import SCHEMAS, schema

ROOT = SCHEMAS.parents[2]


class Size(StrEnum):
    """What a field may be."""

    SMALL = "small"
    LARGE = "large"


class Part(BaseModel):
    """What a field may hold."""

    code: str
    weight: float = 1.0


Fields = dict[str, Any]  # the definitions that pydantic's `create_model` takes

RELEASED: Fields = {
    "box_id": (str, ...),
    "count": (int, Field(ge=1, le=60)),
    "size": (Size, ...),
    "label": (str, Field(default="none", pattern="^[a-z]+$", max_length=40)),
    "parts": (tuple[Part, ...], ()),
    "lid": (Part | None, None),
}


def boxed(fields: Fields, **about: Any) -> type[Contract]:  # what a class of an event is declared with
    """An event with these fields; those that are None are left out."""
    usual = {"service": "trial", "name": "BoxPacked", "aggregate": "box", "subject": "box_id"}
    kept = {name: definition for name, definition in fields.items() if definition is not None}
    return create_model("Packed", __base__=Event, __cls_kwargs__=usual | about, **kept)


def part(**fields: Any) -> type[BaseModel]:
    """Another `Part`; fields that are None are left out."""
    whole: Fields = {"code": (str, ...), "weight": (float, 1.0)} | fields
    return create_model("Piece", **{name: one for name, one in whole.items() if one is not None})


def parts(**fields: Any) -> Fields:
    """A list of another `Part`."""
    one: Any = part(**fields)
    return {"parts": (tuple[one, ...], ())}


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A folder with the schema of the event as it was released."""
    before = boxed(RELEASED)
    (tmp_path / f"{before.type_name}.json").write_text(json.dumps(schema(before)))
    return tmp_path


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param({"count": None}, "count is removed or renamed", id="a field is removed"),
        pytest.param({"count": None, "number": (int, 0)}, "count is removed or renamed", id="a field is renamed"),
        pytest.param({"count": (str, ...)}, "count has another type", id="another type"),
        pytest.param({"box_id": (str | None, ...)}, "box_id has another anyOf", id="a field may be null now"),
        pytest.param({"extra": (str, ...)}, "extra is added without a default", id="added without a default"),
        pytest.param({"parts": (tuple[Part, ...], ...)}, "parts is required now", id="required now"),
        pytest.param({"size": (Size, Size.SMALL)}, "size is no longer required", id="no longer required"),
        pytest.param({"size": (StrEnum("Size", "small"), ...)}, "size has another enum", id="a value less"),
        pytest.param({"size": (StrEnum("Size", "small large huge"), ...)}, "size has another enum", id="a value more"),
        pytest.param({"count": (int, Field(ge=2, le=60))}, "count has another minimum: 1 before, 2 now", id="narrower"),
        pytest.param({"count": (int, Field(ge=1, le=99))}, "count has another maximum: 60 before, 99 now", id="wider"),
        pytest.param({"count": (int, Field(ge=1))}, "count has another maximum: 60 before, null now", id="unbounded"),
        pytest.param(
            {"label": (str, Field(default="none", pattern="^[a-z]+$", max_length=20))}, "maxLength", id="shorter"
        ),
        pytest.param(
            {"label": (str, Field(default="none", pattern="^[a-f]+$", max_length=40))}, "pattern", id="pattern"
        ),
        pytest.param({"parts": (tuple[str, ...], ())}, "parts has another type", id="a list of something else"),
        pytest.param(parts(code=None), "parts.code is removed", id="removed within"),
        pytest.param(parts(one=(int, ...)), "parts.one is added", id="added within"),
        pytest.param(parts(weight=(float, 2.0)), "weight has another default", id="default"),
        pytest.param(
            {"lid": (part(code=None) | None, None)}, "lid.code is removed", id="removed within what may be null"
        ),
    ],
)
def test_a_change_that_breaks_a_reader_is_refused(released: Path, change: Fields, complaint: str) -> None:
    found = breaks([boxed(RELEASED | change)], released)
    assert any(complaint in line for line in found), found
    assert all(line.startswith("ithaca.trial.BoxPacked.v1: ") for line in found)
    assert all(line.endswith('with version=2 and name="BoxPacked".') for line in found)


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        pytest.param({"aggregate": "crate"}, 'x-aggregate: "box" before, "crate" now', id="aggregate"),
        pytest.param({"subject": "label"}, 'x-subject: "box_id" before, "label" now', id="subject"),
        pytest.param({"name": "BoxFilled"}, "ithaca.trial.BoxPacked.v1: the event is removed or renamed", id="name"),
        pytest.param({"service": "depot"}, "ithaca.trial.BoxPacked.v1: the event is removed or renamed", id="service"),
    ],
)
def test_what_an_event_is_called_and_about_does_not_change(
    released: Path, names: dict[str, str], complaint: str
) -> None:
    assert complaint in "\n".join(breaks([boxed(RELEASED, **names)], released))


@pytest.mark.parametrize(
    "contracts",
    [
        pytest.param([boxed(RELEASED)], id="nothing changed"),
        pytest.param([boxed(RELEASED | {"color": (str | None, None)})], id="a field with a default"),
        pytest.param([boxed(RELEASED | {"lid": (part(color=(str, "red")) | None, None)})], id="one within another"),
        pytest.param([boxed(RELEASED | parts())], id="a model has another name in code"),
        pytest.param([boxed(RELEASED), boxed({"box_id": (str, ...)}, version=2)], id="a new version beside the old"),
        pytest.param([boxed(RELEASED), boxed(RELEASED, name="BoxSent")], id="a new event"),
    ],
)
def test_what_readers_do_not_notice_is_allowed(released: Path, contracts: list[type[Contract]]) -> None:
    assert breaks(contracts, released) == []


def test_every_contract_is_compatible_with_what_is_released() -> None:
    assert every_break() == []


def test_the_baseline_has_every_version_but_those_that_are_not_settled_yet() -> None:
    assert released_baseline().keys() == {one.type_name for one in every_contract()} - PROVISIONAL


def test_a_new_version_is_added_to_the_baseline_and_nothing_in_it_is_changed() -> None:
    baseline = {"ithaca.notify.ReminderFired.v1": "as it was released", "ithaca.gone.SomethingHappened.v1": "and gone"}
    assert baseline.items() <= grown(baseline, every_contract()).items()
    assert grown(baseline, every_contract()).keys() == released_baseline().keys() | baseline.keys()


FIRED = "ithaca.notify.ReminderFired.v1"


def test_a_golden_example_that_is_drawn_anew_is_refused(tmp_path: Path) -> None:
    golden = tmp_path / "golden"
    copytree(GOLDEN, golden)
    example = golden / "notify" / "ReminderFired.v1.json"
    example.write_text(example.read_text().replace('"due_at"', '"due"'))
    (found,) = altered(released_baseline(), golden)
    assert found.startswith(f"{FIRED}: its golden example is not the one that was released. Restore it;")
    example.unlink()
    assert list(altered(released_baseline(), golden)) == [found]


def test_a_schema_that_is_taken_away_to_be_made_anew_is_refused(tmp_path: Path) -> None:
    copytree(SCHEMAS, tmp_path / "schemas")
    (tmp_path / "schemas" / f"{FIRED}.json").unlink()
    (found,) = altered(released_baseline(), released=tmp_path / "schemas")
    assert found.startswith(f"{FIRED}: its released schema is gone. Restore it;")


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A copy of the tree in which a field of an event is renamed."""
    for folder in ("services", "shared", "docs/events"):
        copytree(ROOT / folder, tmp_path / folder, ignore=ignore_patterns("__pycache__"))
    module = tmp_path / "shared" / "contracts" / "notify.py"
    module.write_text(module.read_text().replace("due_at:", "due:"))
    return tmp_path


COMMANDS = [["shared.contracts.compatibility"], ["shared.documents"]]


@pytest.mark.real
@pytest.mark.parametrize("command", COMMANDS)
def test_a_contract_cannot_be_drawn_anew_with_its_schema_and_its_example(changed: Path, command: list[str]) -> None:
    schema_of_it = changed / "docs" / "events" / "schemas" / f"{FIRED}.json"
    example = changed / "shared" / "contracts" / "golden" / "notify" / "ReminderFired.v1.json"
    for path in (schema_of_it, example):
        path.write_text(path.read_text().replace('"due_at"', '"due"'))
    ran = subprocess.run([sys.executable, "-m", *command], cwd=changed, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert f"{FIRED}: its golden example is not the one that was released." in ran.stderr


@pytest.mark.real
@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_name_the_change_and_write_nothing(changed: Path, command: list[str]) -> None:
    before = {path: path.read_bytes() for path in (changed / "docs").rglob("*.json")}
    ran = subprocess.run([sys.executable, "-m", *command], cwd=changed, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "ithaca.notify.ReminderFired.v1: due_at is removed or renamed." in ran.stderr
    assert "ithaca.notify.ReminderFired.v1: due is added without a default." in ran.stderr
    assert {path: path.read_bytes() for path in (changed / "docs").rglob("*.json")} == before
