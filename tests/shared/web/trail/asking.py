"""A choir that is asked, and the lines that this has left."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from shared.engine.batch import outbox
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document, Unavailable, Write
from tests.shared.web.api import Api, running
from tests.shared.web.trail.choir import Singer, choir


class Noting(MemoryStore):
    """A database that keeps the collections of each transaction, and takes none on request."""

    def __init__(self) -> None:
        super().__init__()
        self.transactions: list[list[str]] = []
        self.away = False

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        if self.away:
            raise Unavailable("gone")
        self.transactions.append([write.collection for write in writes])
        await super().transact(writes)


class Choir(Api):
    """Ada and ben sing in the choir `north`."""

    @property
    def lines(self) -> list[Document]:
        """What has been written and is not on its trail yet, with whose trail it is for."""
        rows = self.runner.run(self.store.find(outbox.COLLECTION, {"unchained": True}))
        return [line | {"tenant": row["tenant"]} for row in rows for line in row["lines"]]

    def line(self) -> Document:
        """The one line that there is since the last look."""
        (line,) = self.lines
        self.store.collections[outbox.COLLECTION].clear()
        return line

    def as_(self, sub: str, *roles: str, **claims: Any) -> "Choir":
        self.token = self.issuer.token(sub=sub, roles=list(roles) or None, **claims)
        return self


@contextmanager
def singing() -> Iterator[Choir]:
    """The service, with what made it so forgotten."""
    with running(choir) as found:
        found.__class__ = Choir
        assert isinstance(found, Choir)
        found.token = found.issuer.token(kind="client", sub="hr")
        for person in ("ada", "ben"):
            assert found.post("/v1/programs/north/singers", {"person_id": person}).status_code == 201
        found.store.collections[outbox.COLLECTION].clear()
        yield found


def singers(api: Api) -> list[str]:
    """The ids of ada and ben as singers."""
    rows = api.runner.run(api.store.find(Singer.collection, {}))
    return [row["_id"].partition("/")[2] for row in sorted(rows, key=lambda row: str(row["state"]["person_id"]))]
