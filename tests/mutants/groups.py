"""What is changed, and which tests must notice."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Group(NamedTuple):
    """Files whose functions are changed, as patterns below the root, and where their tests are."""

    name: str
    patterns: Sequence[str]
    tests: Sequence[str]

    def files(self) -> list[str]:
        """Relative to the root."""
        found = {path for pattern in self.patterns for path in ROOT.glob(pattern)}
        return sorted(str(path.relative_to(ROOT)) for path in found)


def groups() -> list[Group]:
    """The models of every service, and the engine's batch and lanes."""
    services = sorted(path.parent.name for path in ROOT.glob("services/*/service.py"))
    models = ("services/{}/**/model.py", "services/{}/**/model/*.py")
    found = [Group(name, [model.format(name) for model in models], [f"tests/services/{name}"]) for name in services]
    return [
        *found,
        Group("engine", ["shared/engine/batch/*.py", "shared/engine/failures/lanes.py"], ["tests/shared/engine"]),
    ]
