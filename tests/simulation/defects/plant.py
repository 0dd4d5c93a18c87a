"""How a defect gets into an engine: by a patch of one of its parts, or of what the store is asked to do."""

from collections.abc import Callable, Sequence

import pytest

from shared.engine.ports.store import Write
from tests.simulation.database import FaultyStore

Plant = Callable[[pytest.MonkeyPatch], None]


def written_first(patch: pytest.MonkeyPatch, is_first: Callable[[Write], bool]) -> None:
    """Some writes of every transaction are a transaction of their own, before the others."""
    original = FaultyStore.transact

    async def apart(self: FaultyStore, writes: Sequence[Write]) -> None:
        first = [write for write in writes if is_first(write)]
        rest = [write for write in writes if not is_first(write)]
        for some in (first, rest):
            if some:
                await original(self, some)

    patch.setattr(FaultyStore, "transact", apart)
