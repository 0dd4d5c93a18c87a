"""The rules for manifests, and for each of them mistakes that somebody could make."""

from collections.abc import Callable
from typing import Any

from tests.deploy.k8s import surroundings, workloads
from tests.deploy.k8s.rendering import Object, find, pod_of, settings_of

Rule = Callable[[list[Object]], workloads.Complaints]
Mistake = Callable[[list[Object]], Any]


def container(objects: list[Object], name: str = "notify-worker") -> Object:
    one: Object = pod_of(find(objects, "Deployment", name))["containers"][0]
    return one


def triggers(objects: list[Object]) -> list[Object]:
    one: list[Object] = find(objects, "ScaledObject", "notify-worker")["spec"]["triggers"]
    return one


def acls(objects: list[Object]) -> list[Object]:
    one: list[Object] = find(objects, "KafkaUser", "notify")["spec"]["authorization"]["acls"]
    return one


MISTAKES: list[tuple[Rule, str, Mistake]] = [
    (
        workloads.pods_are_restricted,
        "root",
        lambda o: pod_of(find(o, "Job", "migrate"))["securityContext"].pop("runAsNonRoot"),
    ),
    (
        workloads.pods_are_restricted,
        "a token",
        lambda o: pod_of(find(o, "Deployment", "intake-api")).pop("automountServiceAccountToken"),
    ),
    (
        workloads.pods_are_restricted,
        "writes",
        lambda o: container(o)["securityContext"].update(readOnlyRootFilesystem=False),
    ),
    (workloads.images_are_named_by_digest, "a tag", lambda o: container(o).update(image="ithaca/notify:0.1.0")),
    (
        workloads.probes_ask_the_right_things,
        "restarts for the database",
        lambda o: container(o)["livenessProbe"]["httpGet"].update(path="/readyz"),
    ),
    (
        workloads.rollouts_are_gentle,
        "takes pods away",
        lambda o: find(o, "Deployment", "intake-api")["spec"]["strategy"]["rollingUpdate"].update(maxUnavailable=1),
    ),
    (
        workloads.rollouts_are_gentle,
        "killed early",
        lambda o: pod_of(find(o, "Deployment", "notify-worker")).update(terminationGracePeriodSeconds=30),
    ),
    (
        workloads.disruptions_are_bounded,
        "no budget",
        lambda o: o.remove(find(o, "PodDisruptionBudget", "notify-worker")),
    ),
    (
        workloads.scalers_own_what_exists,
        "a wrong target",
        lambda o: find(o, "ScaledObject", "notify-worker")["spec"]["scaleTargetRef"].update(name="notify"),
    ),
    (
        workloads.scalers_own_what_exists,
        "down to none",
        lambda o: find(o, "ScaledObject", "notify-worker")["spec"].update(minReplicaCount=0),
    ),
    (
        workloads.scalers_own_what_exists,
        "two masters",
        lambda o: find(o, "Deployment", "notify-worker")["spec"].update(replicas=2),
    ),
    (
        surroundings.workers_have_partitions,
        "idle workers",
        lambda o: find(o, "ScaledObject", "notify-worker")["spec"].update(maxReplicaCount=13),
    ),
    (surroundings.workers_scale_on_what_they_read, "a forgotten topic", lambda o: triggers(o).pop(0)),
    (
        surroundings.workers_scale_on_what_they_read,
        "latest",
        lambda o: triggers(o)[0]["metadata"].update(offsetResetPolicy="latest"),
    ),
    (surroundings.everybody_may_do_what_the_code_does, "too few rights", lambda o: acls(o).pop()),
    (
        surroundings.everybody_may_do_what_the_code_does,
        "too many rights",
        lambda o: acls(o)[0]["operations"].append("Delete"),
    ),
    (
        surroundings.everybody_may_do_what_the_code_does,
        "no quota",
        lambda o: find(o, "KafkaUser", "notify")["spec"].pop("quotas"),
    ),
    (
        surroundings.everybody_may_do_what_the_code_does,
        "a topic is gone",
        lambda o: o.remove(find(o, "KafkaTopic", "people")),
    ),
    (
        surroundings.topics_are_kept_safe,
        "one copy",
        lambda o: find(o, "KafkaTopic", "intake")["spec"].update(replicas=1),
    ),
    (
        surroundings.topics_are_kept_safe,
        "people expire",
        lambda o: find(o, "KafkaTopic", "people")["spec"]["config"].update({"cleanup.policy": "delete"}),
    ),
    (surroundings.nothing_is_open_by_default, "no default", lambda o: o.remove(find(o, "NetworkPolicy", "deny-all"))),
    (
        surroundings.nothing_is_open_by_default,
        "from anywhere",
        lambda o: find(o, "NetworkPolicy", "gateway")["spec"]["ingress"][0].pop("from"),
    ),
    (
        surroundings.routes_lead_to_what_people_may_see,
        "metrics for all",
        lambda o: find(o, "HTTPRoute", "intake")["spec"]["rules"][0]["matches"][0]["path"].update(value="/"),
    ),
    (
        surroundings.routes_lead_to_what_people_may_see,
        "nowhere",
        lambda o: find(o, "HTTPRoute", "intake")["spec"]["rules"][0]["backendRefs"][0].update(name="intake"),
    ),
    (
        surroundings.addresses_are_those_of_the_gateway,
        "an address by another name",
        lambda o: find(o, "HTTPRoute", "notify")["spec"].update(hostnames=["mail.acme.ithaca.example"]),
    ),
    (
        surroundings.addresses_are_those_of_the_gateway,
        "an issuer that is not at the gateway",
        lambda o: find(o, "HTTPRoute", "intake")["spec"].update(hostnames=["id.acme.ithaca.example"]),
    ),
    (
        surroundings.addresses_are_those_of_the_gateway,
        "no address",
        lambda o: container(o, "matching-api").update(env=[]),
    ),
    (
        surroundings.secrets_are_made_by_somebody,
        "nobody makes it",
        lambda o: o.remove(find(o, "ExternalSecret", "notify")),
    ),
    (workloads.migrations_end, "no deadline", lambda o: find(o, "Job", "migrate")["spec"].pop("activeDeadlineSeconds")),
    (workloads.migrations_end, "no policy", lambda o: find(o, "Job", "migrate")["spec"].pop("podFailurePolicy")),
    (
        workloads.migrations_end,
        "tried again without end",
        lambda o: find(o, "Job", "migrate")["spec"]["podFailurePolicy"]["rules"].pop(),
    ),
    (workloads.migrations_end, "one is forgotten", lambda o: o.remove(find(o, "Job", "notify-migrate"))),
    (
        workloads.quotas_are_enough,
        "too many replicas",
        lambda o: find(o, "HorizontalPodAutoscaler", "intake-api")["spec"].update(maxReplicas=200),
    ),
    (workloads.quotas_are_enough, "large pods", lambda o: container(o)["resources"]["requests"].update(memory="64Gi")),
    (surroundings.settings_are_known, "a wrong name", lambda o: settings_of(o).update(ITHACA_KAFKA_BOOTSTRAPS="x:1")),
    (
        surroundings.everything_carries_the_cell,
        "another's issuer",
        lambda o: settings_of(o).update(ITHACA_ISSUER="https://intake.other.ithaca.example"),
    ),
    (
        surroundings.everything_carries_the_cell,
        "an issuer by its address inside",
        lambda o: settings_of(o).update(ITHACA_ISSUER=settings_of(o)["ITHACA_ISSUER_INSIDE"]),
    ),
    (
        surroundings.everything_carries_the_cell,
        "another's keys",
        lambda o: settings_of(o).update(ITHACA_ISSUER_INSIDE="http://intake-api.cell-other.svc"),
    ),
    (
        surroundings.everything_carries_the_cell,
        "a placeholder",
        lambda o: triggers(o)[0]["metadata"].update(topic="cell.intake"),
    ),
    (
        surroundings.everything_carries_the_cell,
        "another namespace",
        lambda o: find(o, "Service", "intake-api")["metadata"].update(namespace="default"),
    ),
    (
        surroundings.everything_carries_the_cell,
        "no label",
        lambda o: find(o, "Deployment", "intake-api")["spec"]["template"]["metadata"]["labels"].pop("ithaca/cell"),
    ),
]
