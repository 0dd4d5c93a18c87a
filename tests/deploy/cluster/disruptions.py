"""What is done to a cell while a load goes on: each returns a note for the table, and raises `NotDone` if it fails."""

import time
from collections.abc import Mapping
from functools import partial

from deploy.deployment import service_names
from tests.deploy.cluster.cell import Cell
from tests.deploy.cluster.cluster import NotDone, evicted, items, kubectl, until
from tests.deploy.k8s.rendering import Object

WRONG = {
    "wrong settings": {"ITHACA_LEASE_SECONDS": "soon", "ITHACA_SHARD": "4", "ITHACA_VERSION": "9.9.9"},
    "a broker that is not there": {"ITHACA_KAFKA_BOOTSTRAP": "127.0.0.1:1"},
}
"""What no service starts with: a value that it cannot read, a setting with a typo, images of another version."""


def rest(seconds: float) -> str:
    """Nothing is done."""
    time.sleep(seconds)
    return ""


def roll(cell: Cell, service: str) -> str:
    """Restart both halves of a service, as its deployments say."""
    cell.roll([service])
    return ""


def kill(cell: Cell, service: str, role: str) -> str:
    """Take a pod away without waiting for its end, and wait for another one."""
    pods = cell.ready(service, role)
    pod = pods[0]["metadata"]["name"]
    kubectl("--namespace", cell.namespace, "delete", "pod", pod, "--grace-period=0", "--force")
    until(f"{service} has its {role} again", lambda: len(cell.ready(service, role)) == len(pods))
    return ""


def drain(cell: Cell) -> str:
    """Close a node and evict all pods of the cell from it; where no other node takes them, it is opened in between."""
    nodes, pods = items("nodes"), cell.pods()
    node = nodes[0]["metadata"]["name"]
    leaving = [pod for pod in pods if pod["spec"].get("nodeName") == node]
    kubectl("cordon", node)
    try:
        left = _refused(leaving)
        note = f"{len(leaving)} pods; {len(left)} were at first refused by the disruption budget"
        if len(nodes) == 1:
            kubectl("uncordon", node)
        while left:
            rest(1)
            left = _refused(left)
    finally:
        kubectl("uncordon", node)
    cell.wait()
    return note


def _refused(pods: list[Object]) -> list[Object]:
    return [pod for pod in pods if not evicted(pod)]


def scale(cell: Cell, service: str, most: int) -> str:
    """More workers, and one again."""
    for replicas in (most, 1):
        kubectl("--namespace", cell.namespace, "scale", f"deployment/{service}-worker", f"--replicas={replicas}")
        until(f"{service} has {replicas} workers", partial(_has, cell, service, replicas))
    return ""


def _has(cell: Cell, service: str, replicas: int) -> bool:
    return len(cell.pods(service, "worker")) == len(cell.ready(service, "worker")) == replicas


def misconfigure(cell: Cell, wrong: Mapping[str, str]) -> str:
    """Roll out wrong settings, and take them back. A new pod of each deployment fails and says why; the others stay."""
    before = names(cell.ready())
    cell.change(**wrong)
    try:
        until("a new pod of each deployment has failed", lambda: len(_failed(cell, before)) == cell.deployments)
        for pod in _failed(cell, before):
            log = kubectl("--namespace", cell.namespace, "logs", pod["metadata"]["name"])
            if not all(name in log for name in wrong):
                raise NotDone(f"{pod['metadata']['name']} does not say what is wrong: {log}")
        if gone := before - names(cell.ready()):
            raise NotDone(f"These pods were taken away for ones that do not start: {sorted(gone)}")
    finally:
        cell.change()
    cell.wait()
    return f"it stopped at the first pod of each of {cell.deployments} deployments, whose logs said why"


def _failed(cell: Cell, before: set[str]) -> list[Object]:
    """The new pods whose process has ended by itself."""
    return [pod for pod in cell.pods() if pod["metadata"]["name"] not in before and any(map(_ended, _containers(pod)))]


def _containers(pod: Object) -> list[Object]:
    return list(pod["status"].get("containerStatuses", []))


def _ended(container: Object) -> bool:
    return bool(container["state"].get("terminated") or container.get("lastState", {}).get("terminated"))


def upgrade(cell: Cell, tag: str, version: str) -> str:
    """Other images: migrations first, then each deployment, pod by pod, so that both versions work side by side."""
    before, together = cell.ready(), set[str]()
    cell.upgrade(tag, version)

    def is_over() -> bool:
        old, new = (_services(cell, wanted) for wanted in (_tags(before), {tag}))
        together.update(old & new)
        return not old and len(cell.ready()) == len(before)

    until("all pods have the other images", is_over)
    cell.wait()
    return f"pods of both were ready side by side in {len(together)} of {len(service_names())} services"


def _services(cell: Cell, tags: set[str]) -> set[str]:
    """The services that have a ready pod with one of these tags."""
    labels = "app.kubernetes.io/name"
    return {pod["metadata"]["labels"][labels] for pod in cell.ready() if _tags([pod]) <= tags}


def _tags(pods: list[Object]) -> set[str]:
    return {pod["spec"]["containers"][0]["image"].rpartition(":")[2] for pod in pods}


def names(pods: list[Object]) -> set[str]:
    """What the pods are called."""
    return {pod["metadata"]["name"] for pod in pods}
