import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from deploy.local.folders import LOOPBACK, AlreadyRunning
from deploy.local.mongo import Mongo, version_at
from deploy.local.mongod import NOTE
from tests.deploy.local.endings import Ending, kill_one_that_runs
from tests.deploy.local.programs import without_curl

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongo]:
    with Mongo(tmp_path_factory.mktemp("home")) as mongo:
        yield mongo


def write_in_a_transaction(url: str) -> None:
    with MongoClient[dict[str, str]](url) as client, client.start_session() as session:
        session.with_transaction(
            lambda own: client.test.letters.replace_one({"_id": "first"}, {}, upsert=True, session=own)
        )


def letters(url: str) -> list[dict[str, str]]:
    with MongoClient[dict[str, str]](url) as client:
        return list(client.test.letters.find())


def test_a_transaction_survives_a_restart_on_another_port(database: Mongo) -> None:
    write_in_a_transaction(database.url)
    before = database.address
    ending = Ending(database.child.pid)
    database.stop()
    assert ending.comes_within(0)
    with socket.socket() as somebody:
        somebody.bind((LOOPBACK, int(before.partition(":")[2])))
        database.start()
    assert database.address != before
    assert letters(database.url) == [{"_id": "first"}]


def test_no_database_is_left_when_the_process_that_started_it_is_killed_and_no_transaction_is_lost(
    database: Mongo,
) -> None:
    write_in_a_transaction(database.url)
    database.stop()
    assert kill_one_that_runs(Mongo, database.home).comes_within(5)
    database.start()
    assert letters(database.url) == [{"_id": "first"}]


def test_an_abandoned_transaction_lives_for_five_seconds(database: Mongo) -> None:
    with MongoClient[dict[str, int]](database.url) as client:
        limit = client.admin.command("getParameter", 1, transactionLifetimeLimitSeconds=1)
    assert limit["transactionLifetimeLimitSeconds"] == 5


def test_the_version_that_runs_is_known_and_noted_beside_its_data(database: Mongo) -> None:
    version = version_at(database.url)
    assert version.startswith(f"{(database.folder / NOTE).read_text()}.")


def test_a_database_that_does_not_answer_tells_no_version() -> None:
    assert version_at("mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100") == ""


def test_a_second_database_in_the_same_folder_is_refused(database: Mongo) -> None:
    with pytest.raises(AlreadyRunning, match=r"MongoDB already runs in"):
        Mongo(database.home).start()


def test_suites_use_a_given_server_and_fail_when_another_cannot_start(tmp_path: Path) -> None:
    suite = tmp_path / "test_suite.py"
    suite.write_text(
        "def test_given(kafka_bootstrap): assert kafka_bootstrap == 'given:9092'\ndef test_started(mongo_url): pass\n"
    )
    environment = os.environ | {"KAFKA_BOOTSTRAP": "given:9092", "LD_LIBRARY_PATH": without_curl(tmp_path)}
    environment.pop("MONGO_URL", None)
    run = [sys.executable, "-m", "pytest", "-p", "tests.real", "--rootdir", str(tmp_path), str(suite)]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
    assert "apt-get install libcurl4" in done.stdout
    assert "1 passed, 1 error" in done.stdout
