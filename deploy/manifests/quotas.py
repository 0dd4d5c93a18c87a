"""How much a cell of each tier may use: what its scalers may ask for, and a little more."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # it comes without types

from deploy.deployment import Memory
from deploy.manifests.described import Described
from deploy.manifests.made import part

SPARE = 1.05
MEBIBYTES = {"Mi": 1, "Gi": 1024}

Object = dict[str, Any]
"""What YAML gives."""


@dataclass(slots=True, frozen=True)
class Pods:
    """Pods that are alike: processors, and memory in MiB, asked for and at most, of each."""

    count: int
    cores: float
    requested: int
    limited: int


def quota(services: Sequence[Described], manifests: Path, tier: Path) -> str:
    """The quota of a tier, whose folder tells how many replicas its scalers may ask for."""
    pods = [pods for one in services for pods in _pods(one, manifests / "base" / "service", _scalers(tier))]
    return part(
        "quota",
        pods=_up(sum(one.count for one in pods), step=10),
        cores=_up(sum(one.count * one.cores for one in pods), step=2),
        requested=_up(sum(one.count * one.requested for one in pods) / 1024, step=2),
        limited=_up(sum(one.count * one.limited for one in pods) / 1024, step=2),
    )


def _up(amount: float, step: int) -> int:
    """Round up, with a little to spare."""
    return math.ceil(amount * SPARE / step) * step


def _pods(one: Described, base: Path, most: dict[str, int]) -> Iterator[Pods]:
    """List the most pods that there are: of each deployment one more while it is rolled out, and the migration."""
    yield _alike(base / "api.yaml", most["HorizontalPodAutoscaler"] + 1)
    yield _alike(base / "worker.yaml", most["ScaledObject"] + 1, one.deployment.worker_memory)
    yield _alike(base / "migrate.yaml", 1)


def _alike(workload: Path, count: int, memory: Memory | None = None) -> Pods:
    """List so many pods of a workload; `memory`, if it is given, replaces what the workload asks for."""
    resources = yaml.safe_load(workload.read_text())["spec"]["template"]["spec"]["containers"][0]["resources"]
    memory = memory or Memory(request=resources["requests"]["memory"], limit=resources["limits"]["memory"])
    return Pods(count, _cores(resources["requests"]["cpu"]), _mebibytes(memory.request), _mebibytes(memory.limit))


def _scalers(tier: Path) -> dict[str, int]:
    """The most replicas by the kind of the scaler, from the patches of the tier."""
    patches: list[Object] = yaml.safe_load((tier / "kustomization.yaml").read_text())["patches"]
    return {
        patch["target"]["kind"]: operation["value"]
        for patch in patches
        for operation in yaml.safe_load(patch["patch"])
        if operation["path"].startswith("/spec/max")
    }


def _cores(amount: str) -> float:
    return int(amount[:-1]) / 1000 if amount.endswith("m") else float(amount)


def _mebibytes(amount: str) -> int:
    return int(amount[:-2]) * MEBIBYTES[amount[-2:]]
