"""A group in memory: who is in it, who reads what, how far they have come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.engine.ports.bus import Partition

if TYPE_CHECKING:
    from shared.engine.memory.consumer import MemoryConsumer


@dataclass(slots=True)
class Group:
    """Who shares the partitions of some topics, and how far they have come."""

    name: str
    topics: Sequence[str]
    members: list["MemoryConsumer"] = field(default_factory=list)
    joined: set[int] = field(default_factory=set)
    committed: dict[Partition, int] = field(default_factory=dict)
    generation: int = 0
    shares: dict[int, list[Partition]] = field(default_factory=dict)

    def reads(self, topic: str) -> bool:
        """Return whether the topic's records are wanted, or were read."""
        return bool(self.members and topic in self.topics) or any(name == topic for name, _ in self.committed)

    def rebalance(self) -> None:
        """Make every member join again."""
        self.generation += 1
        self.joined.clear()
        self.shares.clear()

    def share_out(self, partitions: Sequence[Partition]) -> None:
        """Decide once for a generation who reads what, among those who have joined in time."""
        if self.shares:
            return
        self.members = [member for member in self.members if id(member) in self.joined]
        for index, member in enumerate(self.members):
            self.shares[id(member)] = list(partitions[index :: len(self.members)])
