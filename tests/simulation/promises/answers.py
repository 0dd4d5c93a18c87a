"""What was answered is so, once, and is answered again when the same is asked again."""

from collections.abc import Iterator

from tests.simulation.ledger.accounts import Deposit
from tests.simulation.ledger.people import EditPerson, ErasePerson
from tests.simulation.world import World


def answers(world: World) -> Iterator[str]:
    """Every acknowledged operation has been done, once; an answer is remembered under its key."""
    yield from (f"{key} was answered in two ways" for key in world.clients.changed)
    for id, operations in _expected(world).items():
        collection, _, document = id.partition(" ")
        state = world.documents(collection).get(document, {"state": {}})["state"]
        done = state.get("operations") or state.get("edits") or []
        if sorted(done) != sorted(operations):
            yield f"{id} has done {sorted(done)}, acknowledged were {sorted(operations)}"


def _expected(world: World) -> dict[str, list[str]]:
    """The operations that were acknowledged, by what they have changed."""
    expected: dict[str, list[str]] = {}
    for tenant in world.clients.tenants:
        for deposit in world.clients.done(Deposit, tenant):
            for account in deposit.accounts:
                expected.setdefault(f"account {tenant}/{account}", []).append(deposit.operation)
        for kind in (EditPerson, ErasePerson):
            for change in world.clients.done(kind, tenant):
                expected.setdefault(f"person {tenant}/{change.person_id}", []).append(change.operation)
    return expected
