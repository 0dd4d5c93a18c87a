"""How tests are dealt out to workers side by side: file by file, what takes longest first, and what needs no
real parts last.

The files of a folder whose tests share a system of their own go to one worker.
"""

import os
from collections.abc import Collection

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # it comes without types

SHARING = ("tests/journeys/one_system",)
"""Folders whose tests share a system."""

LONGEST = (
    *SHARING,
    "tests/services/console/every_page/test_every_page.py",
    "tests/docs/test_change.py",
    "tests/journeys/test_clock.py",
    "tests/deploy/manifests/test_another_service.py",
    "tests/simulation/test_simulation.py",
    "tests/roles/test_walk.py",
)
"""What takes half a minute and more, the longest first: begun late, it would go on when all other workers rest."""


def unit(nodeid: str) -> str:
    """What one worker does as a whole: the file of a test, or its folder."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in SHARING if file.startswith(f"{folder}/")), file)


class Dealing(LoadFileScheduling):  # type: ignore[misc]
    """Deals out units in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Dealing:
    """Deal out tests this way, whatever `--dist` says."""
    config.option.loadscopereorder = False
    return Dealing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the units of a worker into the order in which they are dealt out."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        real = {unit(item.nodeid) for item in items if item.get_closest_marker("real")}
        items.sort(key=lambda item: rank(unit(item.nodeid), real))


def rank(unit: str, real: Collection[str]) -> int:
    """Which of the units come first; `real` are those that wait for real parts."""
    return LONGEST.index(unit) if unit in LONGEST else len(LONGEST) + (unit not in real)
