"""What must hold for the surroundings of one cell, as `workloads` says it of the rest."""

import re
from collections.abc import Iterator

from shared.contracts.clock import TOPIC as CLOCK
from shared.engine.authoring.service import PEOPLE, Service
from shared.engine.publishing.journal import TOPIC as REPLAYS
from shared.installed import installed_services
from tests.deploy.k8s.rendering import Object, kind, label, pod_of, settings_of
from tests.deploy.k8s.workloads import Complaints

CODE: dict[str, Service] = {service.name: service for service in installed_services()}
FROM_ELSEWHERE = {"OTEL_EXPORTER_OTLP_ENDPOINT"}

Right = tuple[str, str, str, tuple[str, ...]]
"""Type, name and pattern of a resource, and what may be done to it."""


def workers_have_partitions(objects: list[Object]) -> Complaints:
    """A worker more than there are partitions has nothing to read."""
    partitions = {one["metadata"]["name"]: one["spec"]["partitions"] for one in kind(objects, "KafkaTopic")}
    for one in kind(objects, "ScaledObject"):
        topics = [trigger["metadata"].get("topic") for trigger in one["spec"]["triggers"]]
        fewest = min((partitions.get(topic, 0) for topic in topics if topic), default=12)
        if one["spec"]["maxReplicaCount"] > fewest:
            yield f"{label(one)}: up to {one['spec']['maxReplicaCount']} replicas, {fewest} partitions"


def workers_scale_on_what_they_read(objects: list[Object]) -> Complaints:
    """There is a trigger for every topic that the service reacts to, in its group, and no other."""
    cell = settings_of(objects)["ITHACA_CELL"]
    for name, service in CODE.items():
        scaled = next(one for one in kind(objects, "ScaledObject") if one["metadata"]["name"] == f"{name}-worker")
        found = [t["metadata"] for t in scaled["spec"]["triggers"] if t["type"] == "apache-kafka"]
        expected = {(f"{cell}.{source}", f"{cell}.{name}") for source in service.sources}
        if {(m["topic"], m["consumerGroup"]) for m in found} != expected:
            yield f"{label(scaled)}: its triggers are not what {name} reads: {sorted(service.sources)}"
        for metadata in found:
            if metadata.get("offsetResetPolicy") != "earliest" or metadata.get("allowIdleConsumers") != "false":
                yield f"{label(scaled)}: {metadata['topic']} is counted otherwise than it is read"


def everybody_may_do_what_the_code_does(objects: list[Object]) -> Complaints:
    """There are the topics that the services know; rights are what they read and write, and no more."""
    cell = settings_of(objects)["ITHACA_CELL"]
    topics = {one["metadata"]["name"] for one in kind(objects, "KafkaTopic")}
    expected = {*CODE, PEOPLE, REPLAYS, *(source for service in CODE.values() for source in service.sources)}
    if topics != {f"{cell}.{name}" for name in expected}:
        yield f"the topics are {sorted(topics)}, the services know {sorted(expected)}"
    users = {one["metadata"]["name"]: one["spec"] for one in kind(objects, "KafkaUser")}
    for name, service in CODE.items():
        found = set(_granted(users[f"{cell}.{name}"]["authorization"]["acls"]))
        for right in found ^ set(_needed(cell, name, service)):
            yield f"KafkaUser {cell}.{name}: {'has no use for' if right in found else 'lacks'} {right}"
        if "quotas" not in users[f"{cell}.{name}"]:
            yield f"KafkaUser {cell}.{name}: it has no quota"


def _granted(acls: list[Object]) -> Iterator[Right]:
    for acl in acls:
        resource = acl["resource"]
        yield resource["type"], resource["name"], resource["patternType"], tuple(sorted(acl["operations"]))


def _needed(cell: str, name: str, service: Service) -> Iterator[Right]:
    writes = {name, CLOCK, REPLAYS, *([PEOPLE] if service.shared else [])}
    reads = {*service.sources, REPLAYS}
    look = ("Describe", "DescribeConfigs")
    for topic in writes | reads:
        yield (
            "topic",
            f"{cell}.{topic}",
            "literal",
            (*look, *["Read"] * (topic in reads), *["Write"] * (topic in writes)),
        )
    for source in {*CODE} & {*service.sources, name}:
        is_read = name in reads
        gives = ("Create", *["Delete"] * is_read, *look, *["Read"] * is_read, "Write")
        yield "topic", f"{cell}.{source}.replay.", "prefix", gives if source == name else ("Delete", "Describe", "Read")
    if service.shared:
        yield "transactionalId", f"{cell}.{name}.{PEOPLE}.", "prefix", ("Describe", "Write")
    yield "group", f"{cell}.{name}", "prefix", ("Read",)


def topics_are_kept_safe(objects: list[Object]) -> Complaints:
    """Three copies, two of which must be written; the people topic is compacted, and no other."""
    for one in kind(objects, "KafkaTopic"):
        spec = one["spec"]
        if (spec["replicas"], spec["config"]["min.insync.replicas"]) != (3, 2):
            yield f"{label(one)}: one broker that is gone may lose events, or stop them"
        policy = "compact" if one["metadata"]["name"].endswith(f".{PEOPLE}") else "delete"
        if spec["config"]["cleanup.policy"] != policy:
            yield f"{label(one)}: its policy must be {policy}"


def nothing_is_open_by_default(objects: list[Object]) -> Complaints:
    """All that goes in or out of a pod is allowed by name."""
    policies = [one["spec"] for one in kind(objects, "NetworkPolicy")]
    if {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} not in policies:
        yield "no network policy denies what the others do not allow"
    for one in kind(objects, "NetworkPolicy"):
        for rule in [*one["spec"].get("ingress", []), *one["spec"].get("egress", [])]:
            if not rule.get("ports") or not (rule.get("from") or rule.get("to")):
                yield f"{label(one)}: it allows everybody, or everything"


INSIDES = ("/livez", "/readyz", "/metrics")
"""What only those ask for who look after a process."""


def _covered(path: Object) -> str:
    """What the paths begin with to which a match leads."""
    value = str(path["value"])
    return value if path.get("type") == "PathPrefix" and value.endswith("/") else f"{value}/"


def routes_lead_to_what_people_may_see(objects: list[Object]) -> Complaints:
    """To services that exist, and to no metrics, probes or other insides."""
    services = {one["metadata"]["name"] for one in kind(objects, "Service")}
    for one in kind(objects, "HTTPRoute"):
        for rule in one["spec"]["rules"]:
            for backend in rule["backendRefs"]:
                if backend["name"] not in services:
                    yield f"{label(one)}: there is no service {backend['name']}"
            for match in rule.get("matches", [{"path": {"type": "PathPrefix", "value": "/"}}]):
                if any(f"{inside}/".startswith(_covered(match["path"])) for inside in INSIDES):
                    yield f"{label(one)}: {match['path']['value']} is not for the world"


def addresses_are_those_of_the_gateway(objects: list[Object]) -> Complaints:
    """Whatever names a service to the world names it as the gateway does."""
    public = {one["metadata"]["name"]: f"https://{one['spec']['hostnames'][0]}" for one in kind(objects, "HTTPRoute")}
    for name in CODE:
        api = next(one for one in kind(objects, "Deployment") if one["metadata"]["name"] == f"{name}-api")
        told = [one["value"] for one in pod_of(api)["containers"][0]["env"] if one["name"] == "ITHACA_PUBLIC_URL"]
        if told != [public.get(name)]:
            yield f"{label(api)}: it says that it is at {told}, and the gateway has it at {public.get(name)}"
    if (issuer := settings_of(objects)["ITHACA_ISSUER"]) != public.get("intake"):
        yield f"ITHACA_ISSUER: {issuer} is not where the gateway has intake, {public.get('intake')}"


def secrets_are_made_by_somebody(objects: list[Object]) -> Complaints:
    """Each secret that a pod names comes from the store."""
    made = {one["spec"]["target"]["name"] for one in kind(objects, "ExternalSecret")}
    for one in kind(objects, "Deployment", "Job"):
        pod = pod_of(one)
        sources = [source["secretRef"]["name"] for source in pod["containers"][0]["envFrom"] if "secretRef" in source]
        volumes = [volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume]
        for name in {*sources, *volumes} - made:
            yield f"{label(one)}: nobody makes the secret {name}"


def settings_are_known(objects: list[Object]) -> Complaints:
    """A setting with a wrong name would be passed over in silence."""
    known = {name for service in CODE.values() for name in service.settings.names()}
    told = set(settings_of(objects)) | {
        variable["name"]
        for one in kind(objects, "Deployment", "Job")
        for variable in pod_of(one)["containers"][0].get("env") or []
    }
    for name in sorted(told - FROM_ELSEWHERE):
        if name not in known:
            yield f"no service has the setting {name}"


def everything_carries_the_cell(objects: list[Object]) -> Complaints:
    """Namespaces, labels, topics, users, groups, hosts and secrets are the cell's own, and no placeholder is left."""
    settings = settings_of(objects)
    cell = settings["ITHACA_CELL"]
    issuers = {
        "ITHACA_ISSUER": f"https://intake.{cell}.ithaca.example",
        "ITHACA_ISSUER_INSIDE": f"http://intake-api.cell-{cell}.svc",
    }
    for name, address in issuers.items():
        if settings[name] != address:
            yield f"{name}: {settings[name]} is not the intake of this cell"
    for one in objects:
        if "namespace" in one["metadata"] and one["metadata"]["namespace"] not in (f"cell-{cell}", "kafka"):
            yield f"{label(one)}: it is in the namespace {one['metadata']['namespace']}"
        if one["kind"] in ("KafkaTopic", "KafkaUser") and not one["metadata"]["name"].startswith(f"{cell}."):
            yield f"{label(one)}: its name must begin with {cell}."
        if one["kind"] in ("Deployment", "Job") and cell_of(one) != cell:
            yield f"{label(one)}: its pods lack the label of the cell"
        yield from (
            f"{label(one)}: {text}" for text in _strings(one) if re.search(r"(^|[^-\w])cell[./]|\"cell\"", text)
        )


def cell_of(one: Object) -> str | None:
    """The cell that a workload's pods say they are of."""
    cell: str | None = one["spec"]["template"]["metadata"]["labels"].get("ithaca/cell")
    return cell


def _strings(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():
            if key not in ("labels", "annotations", "matchLabels", "matchExpressions"):
                yield from _strings(value)
    elif isinstance(part, list):
        for value in part:
            yield from _strings(value)
