"""The manifests as kubectl renders them."""

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # it comes without types

MANIFESTS = Path(__file__).parents[3] / "deploy" / "k8s"
CELLS = sorted(folder.name for folder in (MANIFESTS / "cells").iterdir())
KUBECTL = Path(sys.executable).parent / "kubectl"

Object = dict[str, Any]
"""What YAML gives: a manifest, or a part of one."""


@cache
def text_of(folder: str) -> str:
    """The rendered manifests of a folder under deploy/k8s."""
    done = subprocess.run([KUBECTL, "kustomize", MANIFESTS / folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects_of(folder: str) -> list[Object]:
    """The same as objects, which the caller may change."""
    return list(yaml.load_all(text_of(folder), Loader=yaml.CSafeLoader))


def kind(objects: list[Object], *kinds: str) -> Iterator[Object]:
    """Those of these kinds."""
    return (one for one in objects if one["kind"] in kinds)


def find(objects: list[Object], wanted: str, name: str) -> Object:
    """The one of this kind whose name ends so."""
    return next(one for one in kind(objects, wanted) if one["metadata"]["name"].endswith(name))


def settings_of(objects: list[Object]) -> dict[str, str]:
    """What the pods of a cell are told."""
    return next(one["data"] for one in kind(objects, "ConfigMap") if "ITHACA_CELL" in one["data"])


def label(one: Object) -> str:
    """How a complaint calls it."""
    return f"{one['kind']} {one['metadata']['name']}"


def pod_of(one: Object) -> Object:
    """The specification of a workload's pods."""
    pod: Object = one["spec"]["template"]["spec"]
    return pod


def bytes_of(amount: str) -> int:
    """Memory in bytes."""
    return int(amount[:-2]) * {"Mi": 2**20, "Gi": 2**30}[amount[-2:]]


def cores_of(amount: str) -> float:
    """Processors."""
    return int(amount[:-1]) / 1000 if amount.endswith("m") else float(amount)
