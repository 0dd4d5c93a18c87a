"""Accounts: every deposit counts once, and everything that follows from it happens once, in order."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel

from shared.contracts.event import Event, State
from shared.engine.authoring.aggregate import Aggregate, Effect, LocalCopy, Outcome, Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import awaits, create
from tests.simulation.ledger.outside import Outside


class Nature(StrEnum):
    """What a deposit does to those who handle it.

    Nothing; or one of them fails; or one ends with its process; or the database refuses whatever names its event.
    """

    CALM = "calm"
    HOSTILE = "hostile"
    POISON = "poison"
    UNWRITABLE = "unwritable"


class Deposited(Event, aggregate="account", subject="account_id", service="ledger"):
    """The `number`-th deposit on an account."""

    account_id: str
    number: int
    nature: Nature = Nature.CALM


class AccountShown(State, aggregate="account", subject="account_id", service="ledger"):
    """How many deposits an account has had."""

    account_id: str
    deposits: int


class Account(Aggregate, name="account"):
    """Counts its deposits, by the operation that asked for them: an operation counts once."""

    operations: list[str] = []

    def deposit(self, operation: str, nature: Nature) -> Deposited:
        """One more."""
        self.operations.append(operation)
        return Deposited(account_id=self.id, number=len(self.operations), nature=nature)

    def shared_state(self) -> AccountShown:
        """See `Aggregate.shared_state`."""
        return AccountShown(account_id=self.id, deposits=len(self.operations))


class AccountSeen(LocalCopy, name="account-seen"):
    """The account, as it comes by the people topic."""

    deposits: int = 0


class Follower(Aggregate, name="follower"):
    """What a reaction has seen of an account, in the order in which it saw it."""

    numbers: list[int] = []


class Deposit(BaseModel):
    """Put something on an account, or on two at once."""

    account_id: str
    other_id: str | None = None
    operation: str
    nature: Nature = Nature.CALM
    reminded_after: float = 2.0

    @property
    def accounts(self) -> list[str]:
        """Where it is put."""
        return [self.account_id, *([self.other_id] if self.other_id else [])]


class Remind(Timer):
    """Look at a deposit again."""

    account_id: str
    number: int


class Send(Effect):
    """Tell somebody outside of a deposit."""

    account_id: str
    number: int


class SentOut(Outcome):
    """Somebody was told."""

    account_id: str
    number: int


class Hostile(Exception):
    """A handler that fails whatever is tried."""


def of_account(name: str) -> Callable[[Deposited | Remind | SentOut], str]:
    """The key of what a reaction has seen of an account."""

    def key(message: Deposited | Remind | SentOut) -> str:
        return f"{name}-{message.account_id}"

    return key


def accounts(outside: Outside) -> Handlers:
    """What happens to accounts, and what follows."""
    handlers = Handlers()
    _deposits(handlers)
    _reactions(handlers, outside)
    _later(handlers, outside)
    handlers.copies(AccountShown, AccountSeen)
    handlers.shares(Account, AccountShown)
    return handlers


def _deposits(handlers: Handlers) -> None:
    @handlers.post("/deposits")
    def deposit(
        command: Deposit,
        first: Annotated[Account, create("account_id")],
        second: Annotated[Account | None, create("other_id")],
        ctx: Context,
    ) -> None:
        for account in (first, *([second] if second else [])):
            event = account.deposit(command.operation, command.nature)
            ctx.emit(event)
            key = f"{account.id}/{event.number}"
            reminder = Remind(account_id=account.id, number=event.number)
            ctx.after(timedelta(seconds=command.reminded_after), reminder, id=f"remind/{key}")
            ctx.perform(Send(account_id=account.id, number=event.number), id=f"send/{key}")


def _reactions(handlers: Handlers, outside: Outside) -> None:
    @handlers.on("mirror")
    def mirror(event: Deposited, follower: Annotated[Follower, create(of_account("mirror"))]) -> None:
        follower.numbers.append(event.number)

    @handlers.on("picky")
    def picky(event: Deposited, follower: Annotated[Follower, create(of_account("picky"))]) -> None:
        follower.numbers.append(event.number)
        if event.nature is Nature.HOSTILE:
            raise Hostile
        outside.perhaps_fail()

    @handlers.on("fragile")
    def fragile(event: Deposited, follower: Annotated[Follower, create(of_account("fragile"))], ctx: Context) -> None:
        if event.nature is Nature.POISON:
            outside.end(f"{ctx.tenant}/{event.account_id}/{event.number}")
        follower.numbers.append(event.number)

    @handlers.on("clerk")
    def clerk(event: Deposited, follower: Annotated[Follower, create(of_account("clerk"))], ctx: Context) -> None:
        if event.nature is Nature.UNWRITABLE:
            outside.refuse(ctx.message_id)
        follower.numbers.append(event.number)

    @handlers.on("waiting")
    def waiting(
        event: Deposited,
        seen: Annotated[AccountSeen, awaits("account_id")],
        follower: Annotated[Follower, create(of_account("waiting"))],
    ) -> None:
        assert seen.deposits > 0
        follower.numbers.append(event.number)


def _later(handlers: Handlers, outside: Outside) -> None:
    @handlers.on("remind")
    def remind(timer: Remind, follower: Annotated[Follower, create(of_account("remind"))]) -> None:
        outside.perhaps_fail()
        follower.numbers.append(timer.number)

    @handlers.on("sent")
    def sent(outcome: SentOut, follower: Annotated[Follower, create(of_account("sent"))]) -> None:
        follower.numbers.append(outcome.number)

    @handlers.performs(attempts=50, timeout=timedelta(seconds=5), longest_pause=timedelta(seconds=2))
    async def send(effect: Send, work: Work) -> SentOut:
        outside.perhaps_fail()
        outside.sent[f"{work.tenant}/{work.key}"] += 1
        return SentOut(account_id=effect.account_id, number=effect.number)
