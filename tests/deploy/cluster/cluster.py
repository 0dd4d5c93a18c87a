"""A cluster by kubectl: whichever `KUBECONFIG` names."""

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.deploy.k8s.rendering import KUBECTL, Object

PATIENCE = 600.0
"""Seconds that something on a busy cluster may take."""


class NotDone(Exception):
    """The cluster refuses, or something does not come about; the message says what."""


def kubectl(*words: str, objects: Sequence[Object] = ()) -> str:
    """What kubectl prints, given objects on its input; raises `NotDone` with its complaint."""
    given = "\n---\n".join(map(json.dumps, objects))
    done = subprocess.run([KUBECTL, *words], input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        said = f"{done.stderr}{done.stdout}".strip()  # a program in a pod complains on either
        raise NotDone(f"kubectl {' '.join(words)}: {said}")
    return str(done.stdout)


def apply(objects: Sequence[Object]) -> None:
    """Have the cluster bring these about."""
    kubectl("apply", "--server-side", "--force-conflicts", "--filename", "-", objects=objects)


def items(*words: str) -> list[Object]:
    """What `kubectl get` finds."""
    found: dict[str, Any] = json.loads(kubectl("get", *words, "--output", "json"))
    return list(found["items"])


def until(what: str, holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Return once it holds; raises `NotDone` after so many seconds. `what` is a statement."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise NotDone(f"Not so within {seconds:g} s: {what}.")
        time.sleep(1)


def evicted(pod: Object) -> bool:
    """Ask the eviction API to take a pod away; false if a disruption budget does not allow it now."""
    metadata = pod["metadata"]
    place = {"name": metadata["name"], "namespace": metadata["namespace"]}
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": place}
    path = f"/api/v1/namespaces/{place['namespace']}/pods/{place['name']}/eviction"
    try:
        kubectl("create", "--raw", path, "--filename", "-", objects=[eviction])
    except NotDone as refused:
        if "disruption budget" in str(refused):
            return False
        if "not found" not in str(refused):
            raise
    return True


def is_ready(pod: Object) -> bool:
    """Whether requests are sent to the pod."""
    conditions = pod.get("status", {}).get("conditions", [])
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
