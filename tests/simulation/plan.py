"""How much goes wrong in a world, and how much is asked of it."""

from dataclasses import dataclass
from random import Random

from shared.engine.database_time import WRONG


@dataclass(slots=True)
class Plan:
    """How much goes wrong in a run, and how much is asked; all drawn from the seed.

    Clocks are off by up to `skew` seconds; a share `wrong` of them is wrong at first, and then set. At each of the
    `elections`, the database gets a primary with another clock.
    """

    processes: int
    accounts: int
    operations: int
    hostile: float
    store_faults: float
    bus_faults: float
    handler_faults: float
    crashes: int
    stalls: int
    skew: float
    spread: float
    wrong: float
    elections: int
    grows: bool = False

    @classmethod
    def draw(cls, random: Random) -> "Plan":
        """A plan of a seed: many runs are calm in some respect, so that the other ones are seen clearly."""

        def sometimes(value: float) -> float:
            return value if random.random() < 0.6 else 0.0

        return cls(
            processes=random.randint(1, 3),
            accounts=random.randint(1, 3),
            operations=random.randint(3, 12),
            hostile=sometimes(0.1) if random.random() < 0.3 else 0.0,
            store_faults=sometimes(0.05),
            bus_faults=sometimes(0.08),
            handler_faults=sometimes(0.1),
            crashes=int(sometimes(random.randint(1, 3))),
            stalls=int(sometimes(random.randint(1, 3))),
            skew=sometimes(WRONG * 0.45),
            spread=random.choice([0.05, 1.0, 5.0]),
            wrong=sometimes(0.5),
            elections=int(sometimes(random.randint(1, 3))),
        )
