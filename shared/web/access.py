"""Who may ask for what, by who they are: the one place where commands and reads decide it.

A command says it by `allow` where it is declared, a read by `dependencies=allowed(CLIENTS, OPERATORS)`, or by a
parameter of type `OwnPersonId`. What only an aggregate knows, such as who its members are, it decides itself.
"""

from collections.abc import Collection
from typing import Annotated

from fastapi import Depends, params

from shared.engine.authoring.handlers import Grant
from shared.errors import NotAllowed
from shared.web.auth import Caller, CurrentCaller


def check_allowed(what: str, allow: Collection[Grant], caller: Caller) -> None:
    """Refuse who has none of the grants; without any grant, everybody with a token may. Raises `NotAllowed`."""
    if allow and caller.kind not in allow:
        kinds = " or ".join(sorted(allow))
        raise NotAllowed(f"{what} needs a token of kind {kinds}: this one is of kind {caller.kind}.")


def allowed(*grants: Grant) -> list[params.Depends]:
    """The dependency of a read that only these callers may ask for."""

    async def check(caller: CurrentCaller) -> None:
        check_allowed("This", grants, caller)

    return [Depends(check)]


def check_own(caller: Caller, person_id: str) -> None:
    """Refuse a person who asks for what is somebody else's; raises `NotAllowed`."""
    if caller.kind == "person" and caller.person_id != person_id:
        raise NotAllowed("This is another person's: people see only what is their own.")


async def own_person_id(person_id: str, caller: CurrentCaller) -> str:
    """The person of the path, for themselves and for those who run programs; raises `NotAllowed`."""
    check_own(caller, person_id)
    return person_id


OwnPersonId = Annotated[str, Depends(own_person_id)]
