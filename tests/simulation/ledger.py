"""A small service in which every promise of the engine can be seen to be kept or broken."""

from collections import Counter
from datetime import timedelta

from pydantic import BaseModel

from shared.contracts.event import Event, State
from shared.engine.aggregate import Aggregate, Effect, Outcome, Replica, Timer
from shared.engine.context import Context
from shared.engine.handlers import Handlers, Work
from shared.engine.loads import awaits, create
from shared.engine.service import Service
from shared.errors import Refusal


class Deposited(Event, aggregate="account", subject="account_id", service="ledger"):
    """The `number`-th deposit on an account; `hostile` ones cannot be handled by the picky reaction."""

    account_id: str
    number: int
    hostile: bool = False


class AccountShown(State, aggregate="account", subject="account_id", service="ledger"):
    """How many deposits an account has had."""

    account_id: str
    deposits: int


class Account(Aggregate, name="account"):
    """Counts its deposits, by the operation that asked for them: an operation counts once."""

    operations: list[str] = []

    def deposit(self, operation: str, hostile: bool) -> Deposited:
        """One more."""
        self.operations.append(operation)
        return Deposited(account_id=self.id, number=len(self.operations), hostile=hostile)

    def shared_state(self) -> AccountShown:
        """See `Aggregate.shared_state`."""
        return AccountShown(account_id=self.id, deposits=len(self.operations))


class AccountSeen(Replica, name="account-seen"):
    """The account, as it comes by the people topic."""

    deposits: int = 0


class Doctor(Aggregate, name="doctor"):
    """One of two doctors, of whom one must be on call: a rule over two aggregates."""

    off: bool = False
    changes: int = 0


class Follower(Aggregate, name="follower"):
    """What a reaction has seen of an account, in the order in which it saw it."""

    numbers: list[int] = []


class NobodyOnCall(Refusal):
    """The other doctor is off already."""


class Deposit(BaseModel):
    """Put something on an account, or on two at once."""

    account_id: str
    other_id: str | None = None
    operation: str
    hostile: bool = False


class GoOff(BaseModel):
    """A doctor wants to be off call."""

    doctor_id: str
    other_id: str


class ComeBack(BaseModel):
    """A doctor is on call again."""

    doctor_id: str


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


def ledger(outside: "Outside") -> Service:  # noqa: C901 - a service in one place
    """The service; `outside` is where effects are seen, and says which handlers fail now and then."""
    handlers = Handlers()

    @handlers.post("/deposits", loads={"accounts": create(Account, _accounts)})
    def deposit(command: Deposit, accounts: list[Account], ctx: Context) -> None:
        for account in accounts:
            event = account.deposit(command.operation, command.hostile)
            ctx.emit(event)
            key = f"{account.id}/{event.number}"
            ctx.after(timedelta(seconds=2), Remind(account_id=account.id, number=event.number), id=f"remind/{key}")
            ctx.perform(Send(account_id=account.id, number=event.number), id=f"send/{key}")

    @handlers.post("/off", loads={"doctor": create(Doctor, "doctor_id"), "other": create(Doctor, "other_id")})
    def go_off(command: GoOff, doctor: Doctor, other: Doctor) -> None:
        if other.off:
            raise NobodyOnCall(f"{command.other_id} is off already: somebody must be on call.")
        doctor.off, doctor.changes = True, doctor.changes + 1

    @handlers.post("/back", loads={"doctor": create(Doctor, "doctor_id")})
    def come_back(command: ComeBack, doctor: Doctor) -> None:
        doctor.off, doctor.changes = False, doctor.changes + 1

    @handlers.on("mirror", loads={"follower": create(Follower, lambda e: f"mirror-{e.account_id}")})
    def mirror(event: Deposited, follower: Follower) -> None:
        follower.numbers.append(event.number)

    @handlers.on("picky", loads={"follower": create(Follower, lambda e: f"picky-{e.account_id}")})
    def picky(event: Deposited, follower: Follower) -> None:
        follower.numbers.append(event.number)
        if event.hostile:
            raise Hostile
        outside.perhaps_fail()

    @handlers.on(
        "waiting",
        loads={
            "seen": awaits(AccountSeen, "account_id"),
            "follower": create(Follower, lambda e: f"waiting-{e.account_id}"),
        },
    )
    def waiting(event: Deposited, seen: AccountSeen, follower: Follower) -> None:
        assert seen.deposits > 0
        follower.numbers.append(event.number)

    @handlers.on("remind", loads={"follower": create(Follower, lambda t: f"remind-{t.account_id}")})
    def remind(timer: Remind, follower: Follower) -> None:
        outside.perhaps_fail()
        follower.numbers.append(timer.number)

    @handlers.on("sent", loads={"follower": create(Follower, lambda o: f"sent-{o.account_id}")})
    def sent(outcome: SentOut, follower: Follower) -> None:
        follower.numbers.append(outcome.number)

    @handlers.performs(attempts=50, timeout=timedelta(seconds=5), longest_pause=timedelta(seconds=2))
    async def send(effect: Send, work: Work) -> SentOut:
        outside.perhaps_fail()
        outside.sent[work.key] += 1
        return SentOut(account_id=effect.account_id, number=effect.number)

    handlers.replicates(AccountShown, AccountSeen)
    handlers.shares(Account, AccountShown)
    return Service("ledger", "Ledger", [Deposited], [handlers])


def _accounts(command: Deposit) -> list[str]:
    return [command.account_id, *([command.other_id] if command.other_id else [])]


class Outside:
    """The world beyond the engine."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()

    def perhaps_fail(self) -> None:
        """A simulation makes this raise now and then."""
