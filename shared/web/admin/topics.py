"""The topics of a service: what should be, what is, and more partitions."""

from typing import Literal

from pydantic import BaseModel, Field

from shared.engine.authoring.grants import OPERATOR
from shared.engine.authoring.service import PEOPLE
from shared.engine.ports.bus import Topic
from shared.engine.ports.store import Document
from shared.errors import NotAllowed, TryLater
from shared.web.admin.access import CurrentOperator, Operator
from shared.web.admin.lists import Moment
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)

MOST_PARTITIONS = 1000


class TopicView(BaseModel):
    """A topic that the service reads or writes. What was not found is null; `differences` are sentences."""

    name: str
    partitions: int = Field(description="How many it should have: those it was made with, or what it has grown to")
    compacted: bool = Field(description="Whether it should keep the last record of each key for ever")
    found_partitions: int | None
    found_compacted: bool | None
    differences: list[str]


class Topics(BaseModel):
    """All topics that the service reads or writes."""

    items: list[TopicView]


class GrowTopic(BaseModel, extra="forbid"):
    """More partitions for the service's own topic. There can never be fewer again."""

    partitions: int = Field(ge=1, le=MOST_PARTITIONS, description="How many it is to have")
    topic: str | None = Field(None, max_length=200, description="Its whole name; no other than the service's own grows")


class Growth(BaseModel):
    """How far a topic is on its way to more partitions, or how that has ended.

    Publication halts from `stopping` to the end, ten minutes at most; commands go on meanwhile.
    """

    topic: str
    before: int = Field(serialization_alias="from")
    to: int
    state: Literal["stopping", "draining", "altering", "done", "failed"]
    sentence: str
    started_at: Moment
    ended_at: Moment | None


@routes.get("/topics")
async def list_topics(operator: CurrentOperator) -> Topics:
    """The topics that the service reads or writes, as they should be and as they are."""
    engine = operator.engine
    wanted = engine.topics()
    try:
        found = await engine.bus.found(list(wanted))
    except ConnectionError as error:
        raise _away() from error
    return Topics(items=[_view(name, topic, found.get(name)) for name, topic in sorted(wanted.items())])


@routes.get("/topics/grow")
async def show_growth(operator: CurrentOperator) -> Growth:
    """How far the topic is on its way to more partitions."""
    return _growth(await operator.engine.growth.state())


@routes.post("/topics/grow", status_code=202)
async def grow_topic(asked: GrowTopic, operator: CurrentOperator) -> Growth:
    """Give the service's topic more partitions, when all that was published before has been read."""
    engine = operator.engine
    _check(asked, operator)
    line = operator.line("topics.grow", engine.topic(), details={"partitions": asked.partitions})
    try:
        row = await engine.growth.begin(asked.partitions, line)
    except ConnectionError as error:
        raise _away() from error
    engine.growing.bell.ring()
    return _growth(row)


def _check(asked: GrowTopic, operator: Operator) -> None:
    """Raises `NotAllowed` for any topic but the service's own."""
    engine = operator.engine
    own = engine.topic()
    if asked.topic in (None, own):
        return
    if asked.topic == engine.topic(PEOPLE):
        raise NotAllowed(
            f"{asked.topic} never grows: what is erased later would stay in the partition that it was in before."
        )
    raise NotAllowed(f"{engine.service.name} grows its own topic, {own}: ask the service that publishes {asked.topic}.")


def _view(name: str, wanted: Topic, found: Topic | None) -> TopicView:
    return TopicView(
        name=name,
        partitions=max(wanted.partitions, found.partitions if found else 0),
        compacted=wanted.compacted,
        found_partitions=found.partitions if found else None,
        found_compacted=found.compacted if found else None,
        differences=wanted.compare(name, found),
    )


def _growth(row: Document) -> Growth:
    return Growth(topic=row["_id"], before=row["from"], **row)


def _away() -> TryLater:
    return TryLater("The broker does not answer: look at ITHACA_KAFKA_BOOTSTRAP and whether it runs, and ask again.")
