"""The heads of lanes: all that are asked for at one moment are read with one query."""

import asyncio

from shared.engine.failures import lanes
from shared.engine.failures.lanes import row_id
from shared.engine.ports.store import Document, Id, Store


class LaneHeads:
    """Reads the parked rows at the heads of lanes.

    When thousands of lanes are due at once, a query for each would keep the process from everything else.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked: dict[Id, asyncio.Future[Document | None]] = {}
        self.reading: set[asyncio.Task[None]] = set()

    async def of(self, lane: Document) -> Document | None:
        """Return the row at the head of a lane, if it is there."""
        id = row_id(lane["_id"], lane["state"]["head"])
        if not self.asked:
            task = asyncio.get_running_loop().create_task(self._read())
            self.reading.add(task)
            task.add_done_callback(self.reading.discard)
        return await self.asked.setdefault(id, asyncio.get_running_loop().create_future())

    async def _read(self) -> None:
        asked, self.asked = self.asked, {}
        try:
            rows = await self.store.get(lanes.ROWS, list(asked))
        except BaseException as error:
            for row in asked.values():
                if not row.done():
                    row.set_exception(error)
            return
        for id, row in asked.items():
            if not row.done():
                row.set_result(rows.get(id))
