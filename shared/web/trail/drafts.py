"""What the request that is answered will leave on the audit trail.

A draft is begun where it is known what is asked: by the edge for a command, by the check of who may ask for the rest. A
command writes its line in its own transaction; what is left is written before the first byte of the answer leaves, so
that nobody has seen what is not on the trail, and whoever cannot be written down is answered 503.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from fastapi import Request
from pydantic import BaseModel
from starlette.types import Scope

if TYPE_CHECKING:
    from shared.web.commands import CommandSender

from shared.engine.authoring.grants import Grant
from shared.engine.authoring.reader import Reader
from shared.engine.batch.message import Message
from shared.engine.batch.trail import KEEP, Draft, KeepLine, people_in
from shared.engine.ports.store import StoreError
from shared.errors import Refusal
from shared.web.auth import Caller
from shared.web.network import network_of, prefix_of, seen_from

DEPLOYMENT = "-"
"""Whose trail has what operators do in no organization."""

STAFF = ("admin", "manager", "reviewer", "lead", "partner_admin")

NOT_ASKED = frozenset({400, 401, 405, 406, 411, 413, 414, 415, 422, 429, 431, 500, 501, 503})
"""Statuses of what was not understood, or did not come about: nobody has done or seen anything."""

REFUSED = frozenset({400, 401})
"""Those of them by which somebody who wants to get in is refused."""

AmongFew = Callable[[], Awaitable[bool]]

_ID = re.compile(r"[A-Za-z0-9._:/-]{1,200}")
"""What can be an id; what cannot, such as an address, is not kept."""
_OF_SELECTIONS = frozenset({"handler", "id", "kpi", "name", "role", "slug", "status", "tenant", "type"})
"""What says which ones are asked for, beside ids."""


@dataclass(slots=True)
class Slip:
    """The draft of one request, if it leaves a line.

    Of an attempt to get in that has failed it is written behind the answer, whose time tells nobody who is known, and
    only if it `is_among_few`: whoever guesses does not fill the trail.
    """

    scope: Scope
    draft: Draft | None = None
    is_among_few: AmongFew | None = None

    @property
    def is_attempt(self) -> bool:
        """Whether it is of an attempt to get in that has failed."""
        return self.is_among_few is not None

    async def finish(self, status: int) -> Exception | None:
        """Write the line, unless a command has done it that came to the same; returns what prevents it."""
        draft, self.draft = self.draft, None
        if draft is None or not draft.is_due or (status in NOT_ASKED and not (self.is_attempt and status in REFUSED)):
            return None
        if draft.written is not None and (draft.written >= 400) == (status >= 400):
            return None
        if self.is_among_few is not None and not await self._is_among_few(self.is_among_few):
            return None
        send: CommandSender = self.scope["app"].state.send
        message = Message(KEEP, send.new_id(), draft.tenants[0], body=KeepLine(status=status), draft=draft)
        message.origin.actor = draft.actor
        try:
            return (await send.submit(message)).error
        except (Refusal, StoreError) as error:
            return error

    async def _is_among_few(self, counted: AmongFew) -> bool:
        try:
            return await counted()
        except StoreError:
            return False  # the line itself could not be written either


_current: ContextVar[Slip | None] = ContextVar("slip", default=None)


def begin(scope: Scope) -> Slip:
    """Begin to answer a request."""
    slip = Slip(scope)
    _current.set(slip)
    return slip


def draft() -> Draft | None:
    """Return the draft of the request that this task answers, if it leaves a line."""
    slip = _current.get()
    return slip.draft if slip else None


def begin_command(scope: Scope, operation: str, command: BaseModel, on_record: bool) -> None:
    """Begin the draft of a command, about the ids that it names."""
    caller: Caller = scope["caller"]
    if on_record or _is_staff(caller):
        named = {name: value for name in _ids(type(command)) if isinstance(value := getattr(command, name), str)}
        _begin(scope, caller, operation, named, on_record)
        found = draft()
        if found is not None:
            found.show(people_in(command))


def begin_route(request: Request, operation: str, on_record: bool) -> None:
    """Begin the draft of what is no command by itself, about what its path and its query name."""
    caller: Caller | None = request.scope.get("caller")
    if caller is not None and (on_record or _is_staff(caller)):
        _begin(request.scope, caller, operation, {**request.query_params, **request.path_params}, on_record)


def begin_sign_in(operation: str, caller: Caller, people: Iterable[str] = ()) -> None:
    """Begin the draft of somebody's getting in, or of a token that they get for these people."""
    slip = _current.get()
    if slip is not None:
        _begin(slip.scope, caller, operation, {}, on_record=True)
        if slip.draft is not None:
            slip.draft.show(people)


def begin_attempt(operation: str, tenant: str, account: str, is_among_few: AmongFew) -> None:
    """Begin the draft of an attempt to get in as somebody who is known: who it was nobody knows.

    `is_among_few` counts it, and says whether it is still written.
    """
    slip = _current.get()
    if slip is None:
        return
    kind, _, id = account.partition("/")
    slip.is_among_few = is_among_few
    slip.draft = Draft(
        tenants=[tenant or DEPLOYMENT],
        actor="anyone",
        role="anyone",
        operation=operation,
        about={"account": account},
        network=_network(slip.scope),
        is_staff=False,
        whoever=True,
        people=[id] if kind == "person" else [],
    )


def grant(granted: Grant) -> None:
    """Note by which grant somebody may ask."""
    if (found := draft()) is not None:
        found.granted = granted


def claim(caller: Caller, tenant: str) -> Draft | None:
    """Return the draft for the first command that a request sends for who asks; its trail is the one of the command."""
    found = draft()
    if found is None or found.claimed or found.actor != caller.actor:
        return None
    found.claimed, found.tenants = True, [tenant]
    return found


def name_tenant(tenant: str) -> None:
    """Put the request on the trail of an organization, too, about which an operator asks without acting in it."""
    found = draft()
    if found is not None and tenant and tenant not in found.tenants:
        found.tenants = [one for one in found.tenants if one != DEPLOYMENT] + [tenant]


def reader() -> Reader | None:
    """Return what the organization has of the request that this task answers."""
    slip = _current.get()
    if slip is None or slip.draft is None:
        return None
    return Reader(slip.scope["app"].state.store, slip.draft.tenants[0])


def _begin(scope: Scope, caller: Caller, operation: str, named: Mapping[str, str], on_record: bool) -> None:
    slip = _current.get()
    if slip is None:
        return
    about = {name: value for name, value in named.items() if _is_id(name) and _ID.fullmatch(value)}
    tenant = caller.tenant or named.get("tenant") or DEPLOYMENT
    slip.draft = Draft(
        tenants=[tenant],
        actor=caller.actor,
        role=_role(caller),
        operation=operation,
        about=about,
        network=_network(scope),
        is_staff=_is_staff(caller),
        whoever=on_record,
    )


def _is_id(name: str) -> bool:
    return name.endswith("_id") or name in _OF_SELECTIONS


@cache
def _ids(command: type[BaseModel]) -> tuple[str, ...]:
    """The fields of a command that say what it is about."""
    return tuple(filter(_is_id, command.model_fields))


def _is_staff(caller: Caller) -> bool:
    return caller.kind in ("client", "operator") or bool(caller.roles)


def _role(caller: Caller) -> str:
    if caller.kind != "person":
        return caller.kind
    names = {role.partition(":")[0] for role in caller.roles}
    return next((role for role in STAFF if role in names), caller.kind)


def _network(scope: Scope) -> str:
    hops = scope["app"].state.settings.forwarded_hops
    return _prefix(*seen_from(scope, hops), hops)


@lru_cache(maxsize=1000)
def _prefix(peer: str, forwarded: tuple[str, ...], hops: int) -> str:
    return prefix_of(network_of(peer, forwarded, hops))
