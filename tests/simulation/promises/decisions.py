"""Whatever was decided, a no as well as a yes, rests on what was true at one moment."""

from collections.abc import Iterator

from shared.engine.authoring.answer import Ending
from tests.simulation.clients import LOOKERS
from tests.simulation.ledger.doctors import ComeBack, GoOff
from tests.simulation.ledger.keys import FindKey, MoveKey
from tests.simulation.world import World


def decisions(world: World) -> Iterator[str]:
    """No decision rests on what another one has changed."""
    yield from _doctors(world)
    yield from _keys(world)


def _doctors(world: World) -> Iterator[str]:
    doctors = world.documents("doctor")
    for id, row in doctors.items():
        done = [one for one in world.clients.done(GoOff) + world.clients.done(ComeBack) if id.endswith(one.doctor_id)]
        if row["state"].get("changes", 0) != len(done):
            yield f"doctor {id} has changed {row['state'].get('changes', 0)} times, {len(done)} were acknowledged"


def _keys(world: World) -> Iterator[str]:
    """The key is in a till at all times, so that everybody who looks finds it."""
    for key, (_, body) in world.clients.asked.items():
        if isinstance(body, FindKey) and world.clients.ending(key) is Ending.REFUSED:
            yield f"{key} was refused for a state that never was"
    seekers = {id.partition("/")[2]: row["state"].get("found", []) for id, row in world.documents("seeker").items()}
    moves = len(world.clients.done(MoveKey))
    for name in ("seek", *(f"find{number}" for number in range(LOOKERS))):
        if len(seekers.get(name, [])) != moves:
            yield f"{name} has found the key {len(seekers.get(name, []))} times, not {moves}"
