"""What must be true at the end of a run, whatever went wrong in it."""

from collections.abc import Iterator

from tests.simulation.world import TENANT, World


def broken_promises(world: World) -> Iterator[str]:
    """A sentence for each promise that the run has broken; none for a good engine."""
    yield from _deposits(world)
    yield from _reactions(world)
    yield from _journal(world)
    yield from _growth(world)
    if not world.someone_on_call:
        yield "both doctors are off call: two decisions rested on what the other one changed"


def _expected(world: World) -> dict[str, set[str]]:
    accounts: dict[str, set[str]] = {}
    for deposit in world.acknowledged.values():
        for account in (deposit.account_id, deposit.other_id):
            if account:
                accounts.setdefault(account, set()).add(deposit.operation)
    return accounts


def _deposits(world: World) -> Iterator[str]:
    """Every acknowledged operation has been done, once."""
    documents = world.documents("account")
    for account, operations in _expected(world).items():
        done = documents.get(f"{TENANT}/{account}", {"state": {"operations": []}})["state"]["operations"]
        if sorted(done) != sorted(operations):
            yield f"{account} has done {sorted(done)}, acknowledged were {sorted(operations)}"


def _reactions(world: World) -> Iterator[str]:
    """Every deposit was seen by every reaction, once and in order where order is promised."""
    followers = {id.partition("/")[2]: row["state"]["numbers"] for id, row in world.documents("follower").items()}
    shown = {id.partition("/")[2]: row["state"]["deposits"] for id, row in world.documents("account-seen").items()}
    letters = list(world.documents("deadletter").values())
    for id, row in world.documents("account").items():
        account, count = id.partition("/")[2], len(row["state"]["operations"])
        every = list(range(1, count + 1))
        hostile = [n for n, op in enumerate(row["state"]["operations"], 1) if world.acknowledged[op].hostile]
        for name in ("mirror", "waiting"):
            if followers.get(f"{name}-{account}", []) != every:
                yield f"{name} of {account} saw {followers.get(f'{name}-{account}')}, not {every}"
        calm = [number for number in every if number not in hostile]
        if followers.get(f"picky-{account}", []) != calm:
            yield f"picky of {account} saw {followers.get(f'picky-{account}')}, not {calm}"
        for name in ("remind", "sent"):
            if sorted(followers.get(f"{name}-{account}", [])) != every:
                yield f"{name} of {account} saw {followers.get(f'{name}-{account}')}, not all of {every}"
        missing = [n for n in every if not world.outside.sent[f"send/{account}/{n}"]]
        if missing:
            yield f"effects {missing} of {account} were never performed"
        if shown.get(account) != count:
            yield f"the people topic shows {shown.get(account)} deposits of {account}, not {count}"
    wanted = sum(d.hostile * (2 if d.other_id else 1) for d in world.acknowledged.values())
    buried = sum(letter["state"]["handler"] == "picky" for letter in letters)
    if (len(letters), buried) != (wanted, wanted):
        yield f"{buried} of {len(letters)} dead letters are of the picky handler, {wanted} should be"


def _growth(world: World) -> Iterator[str]:
    """A topic that was asked to grow has grown."""
    for row in world.documents("growths").values():
        if (row["state"], len(world.bus.topics[row["_id"]])) != ("done", row["to"]):
            yield f"{row['_id']} should have {row['to']} partitions: {row['sentence']}"


def _journal(world: World) -> Iterator[str]:
    """The journal holds every event once, and positions follow the order of each aggregate."""
    chunks = sorted(world.documents("outbox").values(), key=lambda chunk: (chunk["shard"], chunk["position"]))
    last: dict[str, int] = {}
    seen: set[str] = set()
    for chunk in chunks:
        for event in chunk["events"]:
            if event["id"] in seen:
                yield f"event {event['id']} is in the journal twice"
            seen.add(event["id"])
            if (sequence := int(event["sequence"])) != last.get(event["partitionkey"], 0) + 1:
                before = last.get(event["partitionkey"], 0)
                yield f"{event['partitionkey']} has {sequence} after {before} in the journal"
            last[event["partitionkey"]] = sequence
