"""What is missing in the topics that the service reads, and what an operator decides about it."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from shared.engine.authoring.grants import OPERATOR
from shared.engine.consuming.gaps import Gaps, begun_again, closed, gaps_in
from shared.engine.ports.store import Conflict, Document, Insert, Write
from shared.errors import NotFound, TryLater
from shared.web.admin.access import CurrentOperator, Operator
from shared.web.admin.lists import Moment
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)


class PartitionGap(BaseModel):
    """Records that the service has not read and that are on the topic no more."""

    partition: int
    first: int = Field(description="The first offset that is missing")
    next: int | None = Field(description="The first offset behind it that is there; null if nobody knows how many lack")
    since: Moment | None = Field(description="What is missing was published after this; null if that is not known")
    found_at: Moment
    reason: str


class TopicGap(BaseModel):
    """A topic in which something is missing. Its partitions stand still until that has come, or is given up.

    While it is `running`, the publishers are asked to publish again what is missing. One that has `failed` says why in
    `error`, and waits for an operator.
    """

    topic: str
    state: Literal["running", "failed"]
    error: str | None
    started_at: Moment
    partitions: list[PartitionGap]


class TopicGaps(BaseModel):
    """All topics in which something is missing for the service."""

    items: list[TopicGap]


class RepairTopic(BaseModel, extra="forbid"):
    """The topic that is to be repaired, by its whole name."""

    topic: str = Field(max_length=200)


class SkipGap(RepairTopic):
    """What is to be given up."""

    partition: int | None = Field(None, ge=0, description="Only in this partition; in all of the topic without it")


@routes.get("/gaps")
async def list_gaps(operator: CurrentOperator) -> TopicGaps:
    """The topics in which something is missing that the service should have read."""
    return TopicGaps(items=views(await _gaps(operator).open()))


@routes.post("/gaps/repair", status_code=202)
async def repair_gap(asked: RepairTopic, operator: CurrentOperator) -> TopicGaps:
    """Ask the publishers once more for what is missing."""
    row = await _gaps(operator).find(asked.topic)
    await _write(operator, [begun_again(row)], operator.line("gaps.repair", asked.topic))
    return await list_gaps(operator)


@routes.post("/gaps/skip")
async def skip_gap(asked: SkipGap, operator: CurrentOperator) -> TopicGaps:
    """Go on without what is missing: its partitions are read from their beginning. What has not come is lost here."""
    engine, row = operator.engine, await _gaps(operator).find(asked.topic)
    numbers = [int(number) for number in row["partitions"]] if asked.partition is None else [asked.partition]
    given_up = [str(gap) for gap in gaps_in(row) if gap.partition[1] in numbers]
    if not given_up:
        raise NotFound(f"Nothing is missing in partition {asked.partition} of {asked.topic}.")
    try:
        extents = await engine.bus.extents([asked.topic], engine.group)
    except (ConnectionError, LookupError) as error:
        raise TryLater("The broker does not answer, or has no such topic: look at it, and ask again.") from error
    line = operator.line("gaps.skip", asked.topic, details={"given_up": given_up})
    await _write(operator, closed(row, numbers, extents, engine.executor.clock()), line)
    return await list_gaps(operator)


def views(rows: Sequence[Document]) -> list[TopicGap]:
    """Return the topics of these documents."""
    return [
        TopicGap(
            topic=row["_id"],
            state=row["state"],
            error=row["error"] or None,
            started_at=row["started_at"],
            partitions=[
                PartitionGap(
                    partition=gap.partition[1],
                    first=gap.first,
                    next=gap.next,
                    since=gap.since,
                    found_at=gap.found_at,
                    reason=gap.reason,
                )
                for gap in gaps_in(row)
            ],
        )
        for row in rows
    ]


def _gaps(operator: Operator) -> Gaps:
    executor = operator.engine.executor
    return Gaps(executor.store, executor.clock)


async def _write(operator: Operator, writes: Sequence[Write], line: Insert) -> None:
    try:
        await operator.engine.store.transact([*writes, line])
    except Conflict as error:
        raise TryLater("It has changed at the same moment: look how it is, and ask again.") from error
