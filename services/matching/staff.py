"""What those who run a program may read."""

from fastapi import Depends

from shared.errors import NotAllowed
from shared.web.auth import CurrentCaller


async def check_runs_programs(caller: CurrentCaller) -> None:
    """Raises `NotAllowed` for people: pools and runs are for clients and operators."""
    if caller.kind == "person":
        raise NotAllowed("This is shown to those who run the program; see your own at /people/<your id>/matches.")


ForStaff = [Depends(check_runs_programs)]
