"""The one system of these tests, started from nothing: on a broker and a database of its own, or on those that
KAFKA_BOOTSTRAP and MONGO_URL name. One worker runs all files of this folder, in the order of their names.
"""

import json
from collections.abc import Iterator

import pytest

from deploy.local.processes import Child
from tests.journeys.one_system.place import Place, Summary


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def up(place: Place) -> Iterator[Child]:
    """A system that has started from nothing, with the tour's data."""
    with place.up("--with-tour", until="Ithaca runs") as child:
        yield child


@pytest.fixture(scope="session")
def summary(place: Place, up: Child) -> Summary:
    """What the tour says that starts a system on the same data, and stops it."""
    up.stop()
    toured = place.run("tour", "--json")
    assert toured.returncode == 0, toured.stdout + toured.stderr
    summary: Summary = json.loads(toured.stdout)
    return summary
