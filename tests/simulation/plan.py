"""How much goes wrong in a world, and how much is asked of it."""

from dataclasses import dataclass
from random import Random

from shared.engine.coordination.database_time import WRONG


@dataclass(slots=True)
class Plan:
    """How much goes wrong in a run, and how much is asked; all drawn from the seed.

    Clocks are off by up to `skew` seconds; a share `wrong` of them is wrong at first, and then set. At each of the
    `elections`, the database gets a primary with another clock. Deposits are reminded of after so many seconds.
    """

    processes: int
    tenants: int
    accounts: int
    operations: int
    people: int
    looks: int
    unreadable: int
    hostile: float
    poison: bool
    unwritable: bool
    store_faults: float
    bus_faults: float
    handler_faults: float
    crashes: int
    stalls: int
    ambushes: int
    stops: int
    cuts: int
    absences: int
    retention: bool
    skew: float
    wrong: float
    elections: int
    reminded_after: float
    spread: float
    grows: bool
    noisy: bool = False
    slow: float = 0.0

    def calm_down(self) -> None:
        """Let nothing go wrong: how long something takes says something then."""
        self.noisy = True
        self.store_faults = self.bus_faults = self.handler_faults = self.wrong = 0.0
        self.crashes = self.stalls = self.ambushes = self.stops = self.cuts = self.absences = self.elections = 0
        self.poison = self.grows = False
        self.operations = min(self.operations, 4)

    def crowd(self) -> None:
        """Let many ask for the same at the same moments, of several processes."""
        self.processes, self.tenants, self.accounts = 3, 1, 2
        self.operations, self.spread = 20, 3.0

    def slow_down(self) -> None:
        """Let what was decided first be written last, now and then, by processes that are not in each other's way."""
        self.processes, self.tenants, self.accounts = 3, 3, 3
        self.operations, self.people, self.spread, self.slow = 8, 3, 3.0, 0.6

    def draw_out(self) -> None:
        """Let it go on for long, while processes are cut off, and others take over what they look after."""
        self.processes, self.cuts = max(2, self.processes), 2
        self.operations, self.spread = max(9, self.operations), 20.0

    @classmethod
    def draw(cls, seed: int, random: Random) -> "Plan":
        """A plan of a seed: many runs are calm in some respect, so that the other ones are seen clearly."""

        def sometimes(value: float, share: float = 0.6) -> float:
            return value if random.random() < share else 0.0

        def some(most: int, share: float = 0.6) -> int:
            return int(sometimes(random.randint(1, most), share))

        wrong = sometimes(0.5, 0.4)
        retention = seed % 8 == 1
        return cls(
            processes=random.randint(1, 3),
            tenants=random.randint(1, 3),
            accounts=random.randint(1, 3),
            operations=random.randint(3, 12),
            people=some(6),
            looks=some(6, 0.5),
            unreadable=0 if retention else some(4, 0.3),  # nobody would know which of them were read
            hostile=sometimes(0.1, 0.2),
            poison=random.random() < 0.1,
            unwritable=random.random() < 0.1,
            store_faults=sometimes(0.05),
            bus_faults=sometimes(0.08),
            handler_faults=sometimes(0.1),
            crashes=some(3),
            stalls=some(3),
            ambushes=some(1, 0.3),
            stops=some(2, 0.3),
            cuts=some(2, 0.3),
            absences=some(1, 0.2),
            retention=retention,
            skew=sometimes(WRONG * 0.45),
            wrong=wrong,
            elections=some(3, 0.3),
            reminded_after=20.0 if wrong and random.random() < 0.5 else 2.0,
            spread=random.choice([0.05, 1.0, 5.0]),
            grows=seed % 4 == 0,
        )
