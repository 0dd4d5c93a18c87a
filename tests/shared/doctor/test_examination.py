"""A deployment in order has nothing said against it; each planted fault is found, and nothing else."""

import asyncio
from datetime import timedelta

import pytest

from shared.doctor.finding import Level, Part
from shared.engine.ports.bus import Topic
from shared.engine.ports.store import Delete, Put
from shared.engine.process import obstacles as starting
from shared.engine.process.obstacles import obstacles
from tests.shared.doctor.trial import Trial
from tests.shared.engine.conftest import Run

NO_WORKER = "wrong replicas: no worker runs (nor anything else): nothing is published, nothing is read"
NOBODY = "warning leases: nobody has any of the shards: what is in them is not published"


def test_a_deployment_in_order_is_well_in_every_part(trial: Trial, run: Run) -> None:
    async def look() -> None:
        async with trial.working() as engine:
            assert await obstacles(engine) == []
            found = await trial.look()
            assert await trial.complaints() == []
            assert {one.part for one in found.findings} == set(Part)
            assert not found.is_wrong

    run(look())


def test_what_is_not_there_yet_is_told_with_how_to_make_it(trial: Trial, run: Run) -> None:
    found = run(trial.look())
    missing = [one for one in found.findings if one.level is Level.WRONG and "missing" in one.found]
    assert {one.part for one in missing} == {Part.BROKER, Part.DATABASE}
    assert all("migrate" in one.remedy for one in missing)


@pytest.mark.parametrize(
    ("planted", "sentence"),
    [
        (Topic(2), "has 2 partitions, not 3"),
        (Topic(3, retention=timedelta(hours=1)), "keeps records for 1 h, not 168 h: set retention.ms"),
        (Topic(3, batch_bytes=1000), "takes 1000 bytes at once, not 1048588: set max.message.bytes"),
        (Topic(3, compacted=True), "is compacted, and should be the opposite"),
    ],
)
def test_a_topic_that_is_not_as_required_is_found_and_nothing_starts(
    planted: Topic, sentence: str, trial: Trial, run: Run
) -> None:
    async def look() -> None:
        async with trial.engine(planted=planted) as engine:
            complaints = [line for line in await trial.complaints() if line.startswith("wrong topic")]
            assert complaints == [f"wrong topic: {engine.topic()} {sentence}"]
            assert f"topic {engine.topic()} {sentence}" in await obstacles(engine)

    run(look())


def test_an_index_that_was_dropped_is_found_and_nothing_starts(trial: Trial, run: Run) -> None:
    async def look() -> None:
        async with trial.engine() as engine:
            await engine.store.drop("timers")
            assert "wrong indexes: collection timers is missing" in await trial.complaints()
            assert "collection timers is missing" in await obstacles(engine)

    run(look())


def test_without_a_worker_nothing_is_published_which_is_said(trial: Trial, run: Run) -> None:
    async def look() -> None:
        async with trial.engine():
            assert await trial.complaints() == [NOBODY, NO_WORKER]

    run(look())


def test_another_number_of_shards_than_the_cell_has_is_found(trial: Trial, run: Run) -> None:
    async def look() -> None:
        async with trial.working():
            found = await trial.complaints(SHARDS="2")
            assert found == ["wrong shards: ITHACA_SHARDS is 2, and the cell has 4"]

    run(look())


def test_two_cells_with_one_prefix_on_one_broker_are_found_by_the_group(
    trial: Trial, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "LEAVING_SECONDS", 0.0)

    async def look() -> None:
        async with trial.engine() as ours, trial.working("stranger", f"{ours.store.database.name}_too"):  # type: ignore[attr-defined]
            (refusal,) = await obstacles(ours)
            assert "has members that do not work on this database: ithaca-stranger@" in refusal
            assert "let ITHACA_CELL differ, or ITHACA_MONGO_URL be the same" in refusal
            assert f"wrong prefix: {refusal}" in await trial.complaints()

    run(look())


def test_two_cells_in_one_database_on_two_brokers_are_found_by_their_replicas(trial: Trial, run: Run) -> None:
    async def look() -> None:
        async with trial.working("stranger", broker="elsewhere"), trial.engine("two") as ours:
            (refusal,) = await obstacles(ours)
            assert refusal.startswith("the replica stranger works on this database with another broker.")
            assert await trial.complaints() == [f"wrong prefix: {refusal}"]

    run(look())


def test_a_replica_of_another_version_is_told(trial: Trial, run: Run) -> None:
    async def look() -> None:
        async with trial.working() as engine:
            (row,) = (await engine.store.get("replicas", ["one"])).values()
            await engine.store.transact([Put("replicas", row | {"_id": "old", "version": "0.0.9"})])
            assert await trial.complaints() == ["warning version: 0.0.9, 0.1.0 run, and this image is 0.1.0"]
            await engine.store.transact([Delete("replicas", "old")])

    run(look())


def test_a_replica_whose_clock_is_off_is_told(trial: Trial, run: Run) -> None:
    async def look() -> None:
        async with trial.working() as engine:
            (row,) = (await engine.store.get("replicas", ["one"])).values()
            late, far = (
                row | {"_id": "late", "clock_offset_seconds": -3.0},
                row | {"_id": "far", "clock_offset_seconds": 9.0},
            )
            await engine.store.transact([Put("replicas", late), Put("replicas", far)])
            assert await trial.complaints() == [
                "wrong clock: that of far is +9.0 s off the database's",
                "warning clock: that of late is -3.0 s off the database's",
            ]
            await engine.store.transact([Delete("replicas", "late"), Delete("replicas", "far")])

    run(look())


def test_a_database_that_is_away_does_not_keep_the_broker_from_being_looked_at(trial: Trial, run: Run) -> None:
    found = run(trial.look({"MONGO_URL": "mongodb://127.0.0.1:9/?replicaSet=ithaca&serverSelectionTimeoutMS=500"}))
    wrong = {(one.part, one.name) for one in found.findings if one.level is Level.WRONG}
    assert (Part.DATABASE, "reachable") in wrong
    assert ("version", Level.OK) in {(one.name, one.level) for one in found.findings if one.part is Part.BROKER}


def test_a_broker_that_is_away_does_not_keep_the_database_from_being_looked_at(trial: Trial, run: Run) -> None:
    found = run(trial.look({"KAFKA_BOOTSTRAP": "127.0.0.1:9"}))
    assert [one.found for one in found.findings if one.part is Part.BROKER] == [
        "127.0.0.1:9 does not answer (Connect call failed ('127.0.0.1', 9))"
    ]
    assert ("reachable", Level.OK) in {(one.name, one.level) for one in found.findings if one.part is Part.DATABASE}


def test_somebody_else_at_the_brokers_address_is_told_from_nobody(trial: Trial, run: Run) -> None:
    async def look() -> list[str]:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            return await trial.complaints(KAFKA_BOOTSTRAP=f"127.0.0.1:{server.sockets[0].getsockname()[1]}")

    assert any("takes connections, but does not answer as a broker" in line for line in run(look()))


def test_a_part_that_takes_too_long_is_given_up_and_the_others_are_told(trial: Trial, run: Run) -> None:
    async def look() -> list[str]:
        async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        found = await trial.look({"KAFKA_BOOTSTRAP": address}, patience=5)
        server.close()
        return [one.found for one in found.findings if one.part is Part.BROKER]

    assert run(look()) == ["gave no answer in 5 s"]
