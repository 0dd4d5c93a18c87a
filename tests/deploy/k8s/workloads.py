"""What must hold for the workloads of one cell: each rule gives a sentence for whatever breaks it."""

import os
import re
from collections.abc import Iterator

import yaml  # type: ignore[import-untyped]  # it comes without types

from deploy.deployment import service_names
from shared.engine.kafka.consumer import DRAIN_SECONDS
from shared.web.server import PATIENCE
from tests.deploy.k8s.rendering import MANIFESTS, Object, bytes_of, cores_of, kind, label, pod_of

Complaints = Iterator[str]

DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
CONTAINER = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
POD = {
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "runAsGroup": 65532,
    "fsGroup": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}
GENTLE = {"maxSurge": 1, "maxUnavailable": 0}
DRAIN = {"api": PATIENCE, "worker": DRAIN_SECONDS}
PROBES = {"startup": "/livez", "liveness": "/livez", "readiness": "/readyz"}


def pods_are_restricted(objects: list[Object]) -> Complaints:
    """Nobody is root, gains rights, writes outside of /tmp, or holds a token for the cluster."""
    for one in kind(objects, "Deployment", "Job"):
        pod = pod_of(one)
        if pod.get("securityContext") != POD:
            yield f"{label(one)}: its pods are not restricted: {pod.get('securityContext')}"
        if pod.get("automountServiceAccountToken") is not False or pod.get("enableServiceLinks") is not False:
            yield f"{label(one)}: its pods get a token or links"
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            if container.get("securityContext") != CONTAINER:
                yield f"{label(one)}: the container {container['name']} is not restricted"


def images_are_named_by_digest(objects: list[Object]) -> Complaints:
    """What runs is what was released; admission keeps out a service that no release has yet."""
    unreleased = {f"ithaca/{service}" for service in service_names()} - released()
    for one in kind(objects, "Deployment", "Job"):
        for container in pod_of(one)["containers"]:
            if not DIGEST.search(container["image"]) and container["image"] not in unreleased:
                yield f"{label(one)}: {container['image']} is no digest"


def released() -> set[str]:
    """The images that any release has, by the names that they have before it."""
    releases = (yaml.safe_load(file.read_text()) for file in MANIFESTS.glob("releases/*/kustomization.yaml"))
    return {image["name"] for release in releases for image in release["images"]}


def probes_ask_the_right_things(objects: list[Object]) -> Complaints:
    """A process is started anew when it hangs, and gets no requests while it cannot work."""
    for one in kind(objects, "Deployment"):
        container = pod_of(one)["containers"][0]
        paths = {name: container.get(f"{name}Probe", {}).get("httpGet", {}).get("path") for name in PROBES}
        if paths != PROBES:
            yield f"{label(one)}: its probes ask {paths}"


def rollouts_are_gentle(objects: list[Object]) -> Complaints:
    """One pod more, none less; and each has the time to end in order."""
    for one in kind(objects, "Deployment"):
        spec, pod = one["spec"], pod_of(one)
        if spec["strategy"]["rollingUpdate"] != GENTLE or not spec.get("minReadySeconds"):
            yield f"{label(one)}: a rollout may take pods away, or hurries"
        pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        if pod["terminationGracePeriodSeconds"] <= pause + DRAIN[role_of(one)]:
            yield f"{label(one)}: its pods are killed before they have ended"


def disruptions_are_bounded(objects: list[Object]) -> Complaints:
    """A drain takes one pod of a kind at a time, and is not stopped by a broken one."""
    budgets = list(kind(objects, "PodDisruptionBudget"))
    for one in kind(objects, "Deployment"):
        selector = one["spec"]["selector"]["matchLabels"]
        found = [budget["spec"] for budget in budgets if budget["spec"]["selector"]["matchLabels"] == selector]
        if [(b["maxUnavailable"], b["unhealthyPodEvictionPolicy"]) for b in found] != [(1, "AlwaysAllow")]:
            yield f"{label(one)}: a drain is not bounded by one budget"


def scalers_own_what_exists(objects: list[Object]) -> Complaints:
    """Each deployment has one scaler, which never takes the last pod, and nobody else says how many."""
    deployments = {one["metadata"]["name"]: one for one in kind(objects, "Deployment")}
    targets = []
    for one in kind(objects, "HorizontalPodAutoscaler", "ScaledObject"):
        spec = one["spec"]
        targets.append(spec["scaleTargetRef"]["name"])
        if min(spec.get("minReplicas", 1), spec.get("minReplicaCount", 1)) < 1:
            yield f"{label(one)}: it may take the last pod"
    if sorted(targets) != sorted(deployments):
        yield f"scalers are for {sorted(targets)}, deployments are {sorted(deployments)}"
    for one in deployments.values():
        if "replicas" in one["spec"]:
            yield f"{label(one)}: says how many, as its scaler does"


def migrations_end(objects: list[Object]) -> Complaints:
    """Within a time, with a bound of attempts: a drained node is none of these, a wrong setting is the last one."""
    for one in kind(objects, "Job"):
        spec = one["spec"]
        if not (spec.get("activeDeadlineSeconds") and spec.get("backoffLimit")):
            yield f"{label(one)}: it may go on for ever"
        rules = {rule["action"]: rule for rule in spec.get("podFailurePolicy", {}).get("rules", [])}
        if "Ignore" not in rules:
            yield f"{label(one)}: a drained node makes it fail"
        if os.EX_CONFIG not in rules.get("FailJob", {}).get("onExitCodes", {}).get("values", []):
            yield f"{label(one)}: it goes on with a wrong setting"
    if len(list(kind(objects, "Job"))) != len(service_names()):
        yield "not every service is migrated"


def quotas_are_enough(objects: list[Object]) -> Complaints:
    """What the scalers may ask for fits, with one pod more of each and the migrations."""
    pods, cores, requested, limited = 0, 0.0, 0, 0
    for one in kind(objects, "Deployment", "Job"):
        count = _most(objects, one["metadata"]["name"]) + 1 if one["kind"] == "Deployment" else 1
        resources = pod_of(one)["containers"][0]["resources"]
        pods += count
        cores += count * cores_of(resources["requests"]["cpu"])
        requested += count * bytes_of(resources["requests"]["memory"])
        limited += count * bytes_of(resources["limits"]["memory"])
    hard = next(kind(objects, "ResourceQuota"))["spec"]["hard"]
    needed = {"pods": pods, "requests.cpu": cores, "requests.memory": requested, "limits.memory": limited}
    for name, amount in needed.items():
        allowed = bytes_of(hard[name]) if "memory" in name else float(hard[name])
        if amount > allowed:
            yield f"ResourceQuota: {name} allows {hard[name]}, {amount} may be asked for"


def _most(objects: list[Object], deployment: str) -> int:
    scalers = kind(objects, "HorizontalPodAutoscaler", "ScaledObject")
    scaler = next(one["spec"] for one in scalers if one["spec"]["scaleTargetRef"]["name"] == deployment)
    return int(scaler.get("maxReplicas") or scaler["maxReplicaCount"])


def role_of(one: Object) -> str:
    """api or worker."""
    role: str = one["metadata"]["labels"]["app.kubernetes.io/component"]
    return role
