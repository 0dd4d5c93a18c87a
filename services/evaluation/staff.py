"""What those who run a program may read."""

from fastapi import Depends

from shared.errors import NotAllowed
from shared.web.auth import CurrentCaller


async def check_runs_programs(caller: CurrentCaller) -> None:
    """Refuse people: figures and risks are for clients and operators; raises `NotAllowed`."""
    if caller.kind == "person":
        raise NotAllowed("This is shown to those who run the program.")


ForStaff = [Depends(check_runs_programs)]
