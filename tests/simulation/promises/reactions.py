"""What follows from a deposit happens once for every reaction, and in order where order is promised."""

from collections.abc import Iterator, Sequence

from tests.simulation.ledger.accounts import Deposit, Nature
from tests.simulation.world import World

IN_ORDER = {
    "mirror": (),
    "waiting": (),
    "picky": (Nature.HOSTILE,),
    "fragile": (Nature.POISON,),
    "clerk": (Nature.UNWRITABLE,),
}
"""Reactions, with what they cannot handle."""

IN_ANY_ORDER = ("remind", "sent")


def reactions(world: World) -> Iterator[str]:
    """Every deposit was seen by every reaction, reminded of, sent out and shown."""
    followers = {id: row["state"]["numbers"] for id, row in world.documents("follower").items()}
    for tenant in world.clients.tenants:
        natures = {deposit.operation: deposit.nature for deposit in world.clients.done(Deposit, tenant)}
        for id, row in world.documents("account").items():
            owner, _, account = id.partition("/")
            if owner == tenant:
                deposits = [natures.get(operation, Nature.CALM) for operation in row["state"]["operations"]]
                seen = {name: followers.get(f"{tenant}/{name}-{account}", []) for name in (*IN_ORDER, *IN_ANY_ORDER)}
                yield from (f"{sentence} of {id}" for sentence in _reactions(seen, deposits))
                yield from _effects(world, id, len(deposits))


def _reactions(seen: dict[str, list[int]], deposits: Sequence[Nature]) -> Iterator[str]:
    for name, impossible in IN_ORDER.items():
        wanted = [number for number, nature in enumerate(deposits, 1) if nature not in impossible]
        if seen[name] != wanted:
            yield f"{name} saw {seen[name]}, not {wanted}"
    for name in IN_ANY_ORDER:
        if sorted(seen[name]) != list(range(1, len(deposits) + 1)):
            yield f"{name} saw {seen[name]}, not all {len(deposits)}"


def _effects(world: World, id: str, count: int) -> Iterator[str]:
    tenant, _, account = id.partition("/")
    keys = [f"{tenant}/send/{account}/{number}" for number in range(1, count + 1)]
    if missing := [key for key in keys if not world.outside.sent[key]]:
        yield f"effects {missing} were never performed"
