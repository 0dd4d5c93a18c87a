"""Defects in what time it is."""

from datetime import datetime

import pytest

from shared.engine.coordination.database_time import DatabaseTime


def machine_decides(patch: pytest.MonkeyPatch) -> None:
    """A process goes by its machine's clock, and takes it for right."""

    def machine(self: DatabaseTime) -> datetime:
        return self.machine()

    patch.setattr(DatabaseTime, "__call__", machine)
    patch.setattr(DatabaseTime, "is_right", True)


DEFECTS = {
    "the machine's clock decides": (machine_decides, range(30)),
}
