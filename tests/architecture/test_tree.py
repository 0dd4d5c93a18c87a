"""What no linter looks for in the files of the project. Each check is seen to find what it looks for."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
RUFF = Path(sys.executable).with_name("ruff")
OURS = ("services/", "shared/", "deploy/")
LONGEST = 300
"""Lines."""

VAGUE = {"base", "common", "data", "helper", "helpers", "impl", "manager", "misc", "util", "utils"}


class Check(NamedTuple):
    """Files whose path matches `where` must not be found; `planted` is the text of one that is."""

    what: str
    where: str
    finds: Callable[[str], object]
    planted: str


def look_for(*patterns: str) -> Callable[[str], object]:
    """Whether a text has one of these regular expressions in it."""
    return re.compile("|".join(patterns), re.MULTILINE).search


CHECKS = [
    Check(
        "a file is longer than a reader can hold in mind",
        r"\.py$",
        lambda text: text.count("\n") > LONGEST,
        "pass\n" * (LONGEST + 1),
    ),
    Check("work is left for later", r".", look_for(r"\bTODO\b", r"\bFIXME\b"), "# TODO: the rest"),
    Check(
        "a path of one machine",
        r".",
        look_for(r"(?<![\w./~-])/(home|root|Users|work)/\w"),
        'LOG = "/home/ann/log"',
    ),
    Check(
        "the host of a package index",
        r".",
        look_for(r"pypi\.org", r"pythonhosted", r"npmjs\.", r"yarnpkg", r"maven\.org|maven\.apache", r"ghcr\.io"),
        "the mirror of pythonhosted",
    ),
    Check(
        "a model reads the clock, chance or its surroundings",
        r"^services/\w+/(\w+/)?model(\.py|/.*)$",
        look_for(
            r"\b(now|utcnow|today)\(\)",
            r"\bnow\(UTC\)",
            "system_clock",
            r"^import (os|random|secrets|time|uuid)$",
            "environ",
        ),
        "    self.at = datetime.now(UTC)",
    ),
    Check(
        "a service has another time than the database's",
        r"^services/.*\.py$",
        look_for("system_clock", r"\btime\.time\(", r"\b(now|utcnow|today)\((UTC)?\)"),
        "    return clock.show(system_clock())",
    ),
    Check(
        "a service author names a topic",
        r"^services/.*\.py$",
        look_for(r"settings\.(topic|cell|database)\b"),
        'settings.topic("intake")',
    ),
    Check(
        "a test mocks",
        r"^tests/.*\.py$",
        look_for(r"unittest\.mock", r"unittest import mock"),
        "from unittest.mock import patch",
    ),
]


def files() -> list[str]:
    """What belongs to the project, committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("check", CHECKS, ids=[check.what for check in CHECKS])
def test_there_is_nowhere(check: Check) -> None:
    wanted = [name for name in files() if re.search(check.where, name) and ROOT / name != Path(__file__)]
    assert wanted
    assert [name for name in wanted if check.finds((ROOT / name).read_text(errors="replace"))] == []


@pytest.mark.parametrize("check", CHECKS, ids=[check.what for check in CHECKS])
def test_it_would_be_found(check: Check) -> None:
    assert check.finds(check.planted)


def undocumented(paths: Sequence[str | Path]) -> str:
    """What ruff says of public modules, classes, functions and methods without a docstring."""
    rules = "D100,D101,D102,D103,D104"
    command = [
        RUFF,
        "check",
        "--isolated",
        "--no-cache",
        "--quiet",
        "--output-format=concise",
        f"--select={rules}",
        *paths,
    ]
    ran: subprocess.CompletedProcess[str] = subprocess.run(
        list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False
    )
    return ran.stdout


def test_all_that_is_public_says_what_it_is_for() -> None:
    assert undocumented(OURS) == ""


def test_a_public_function_that_does_not_say_what_it_is_for_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text('"""A module."""\n\ndef start() -> None:\n    pass\n')
    assert "D103" in undocumented([planted])


def vague(names: Sequence[str]) -> list[str]:
    """The modules and folders whose name says nothing."""
    return [name for name in names if VAGUE & set(Path(name).with_suffix("").parts)]


def test_the_name_of_a_module_says_what_it_holds() -> None:
    assert vague([name for name in files() if name.startswith((*OURS, "tests/")) and name.endswith(".py")]) == []
    assert vague(["services/intake/utils.py", "shared/common/times.py"])


ROOM = {
    "__init__",
    "__main__",
    "by_link",
    "commands",
    "model",
    "queries",
    "reactions",
    "routes",
    "service",
    "settings",
    "views",
}
"""What the files of a service and of its rooms are called everywhere."""


def ambiguous(names: Sequence[str]) -> list[str]:
    """The modules and folders of a service that are called like another one: a search for the name finds two things."""
    parts = {
        Path(*path.parts[:end]).with_suffix("") for path in map(Path, names) for end in range(3, len(path.parts) + 1)
    }
    times = Counter((part.parts[1], part.name) for part in parts)
    return sorted(str(part) for part in parts if part.name not in ROOM and times[part.parts[1], part.name] > 1)


def test_no_two_modules_of_a_service_have_one_name() -> None:
    assert ambiguous([name for name in files() if name.startswith("services/") and name.endswith(".py")]) == []


def test_two_modules_of_one_name_are_found_and_rooms_may_have_the_same_files() -> None:
    shop = ["services/shop/sales/model.py", "services/shop/tills/model.py", "services/shop/sales/prices.py"]
    assert ambiguous([*shop, "services/mall/prices.py"]) == []
    assert ambiguous([*shop, "services/shop/tills/prices/coins.py"]) == [
        "services/shop/sales/prices",
        "services/shop/tills/prices",
    ]
