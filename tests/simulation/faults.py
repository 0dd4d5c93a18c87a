"""How often something goes wrong with a database or a broker, and for how long it is away."""

import asyncio
from random import Random

from tests.simulation.loop import PROCESS, Absence, VirtualLoop


class Faults:
    """What a store or a bus does wrong: pauses of any length, strikes at a `rate`, absences.

    Of what is written, a part that is `slow` takes long.
    """

    def __init__(self, random: Random, loop: VirtualLoop) -> None:
        self.random = random
        self.loop = loop
        self.rate = self.slow = 0.0
        self.away = Absence()

    def absence(self, writing: bool) -> Absence | None:
        """Why the process that runs now is not answered, if it is not: all are away from it, or it is cut off."""
        process = PROCESS.get()
        for absence in (self.away, process.cut_off if process and writing else None):
            if absence is not None and absence.until > self.loop.now:
                return absence
        return None

    async def pause(self) -> None:
        """Take a moment: usually a short one, sometimes a long one."""
        drawn = self.random.random()
        if drawn < self.rate / 3:
            await asyncio.sleep(self.random.uniform(0, 2.0))
        elif drawn < 0.3:
            await asyncio.sleep(self.random.uniform(0, 0.1 if drawn < 0.1 else 0.01))
        else:
            await asyncio.sleep(0)

    def is_slow(self) -> bool:
        """Whether something takes long now, though nothing is wrong."""
        return self.slow > 0 and self.random.random() < self.slow

    def strikes(self) -> bool:
        """Whether something goes wrong now."""
        return self.rate > 0 and self.random.random() < self.rate
