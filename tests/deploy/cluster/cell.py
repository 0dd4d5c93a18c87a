"""A cell of `deploy/k8s/development` on a cluster: it comes up from nothing, is asked, changed, and removed."""

import secrets
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

from deploy.deployment import service_names
from deploy.local.running import Operator, Running, write_privately
from services.intake.identity.keys import make_keys
from tests.deploy.cluster.cluster import NotDone, apply, is_ready, items, kubectl, until
from tests.deploy.cluster.ground import Ground
from tests.deploy.k8s.rendering import Object, kind, objects_of, pod_of, settings_of

ROLES = ("api", "worker")


@dataclass(slots=True)
class Cell:
    """A cell by its name, whose images have a `tag`, and are of a `version` if that is not the one of the manifests."""

    name: str
    ground: Ground
    tag: str
    version: str = ""
    operator: Operator = field(default_factory=lambda: Operator(client_id="operator", client_secret=_secret()))

    @property
    def namespace(self) -> str:
        """Where it lives."""
        return f"cell-{self.name}"

    def objects(self) -> list[Object]:
        """What it is made of, with the addresses of what it stands on."""
        objects = objects_of(f"development/{self.name}")
        settings_of(objects).update(
            ITHACA_KAFKA_BOOTSTRAP=self.ground.kafka_bootstrap,
            ITHACA_SMTP_HOST=self.ground.mail_host,
            ITHACA_SMTP_PORT=str(self.ground.mail_port),
        )
        if self.version:
            settings_of(objects).update(ITHACA_VERSION=self.version)
        for one in kind(objects, "Deployment", "Job"):
            container = pod_of(one)["containers"][0]
            container["image"] = container["image"].replace(":dev", f":{self.tag}")
        return objects

    def come_up(self) -> float:
        """From nothing until every pod is ready; returns the seconds that took."""
        began, objects = time.monotonic(), self.objects()
        (namespace,) = kind(objects, "Namespace")
        apply([namespace, *self._secrets()])
        apply(objects)
        self.wait()
        return time.monotonic() - began

    def _secrets(self) -> Iterator[Object]:
        common = {"ITHACA_MONGO_URL": self.ground.mongo_url, "ITHACA_DEAD_LETTER_KEY": _key()}
        sign_in = {"ITHACA_SIGN_IN_KEY": _key()}
        own = {
            "intake": {"ITHACA_OPERATOR_CLIENT_SECRET": self.operator.client_secret} | sign_in,
            "notify": sign_in,
        }
        for service in service_names():
            yield self._secret(service, common | own.get(service, {}))
        keys = self.ground.home / f"{self.name}-signing-keys.json"
        make_keys(keys)
        yield self._secret("intake-files", {"signing-keys.json": keys.read_text()})

    def _secret(self, name: str, values: dict[str, str]) -> Object:
        metadata = {"name": name, "namespace": self.namespace}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": values}

    def upgrade(self, tag: str, version: str) -> None:
        """Have it run other images, as the operator's guide says; returns when the migrations are done."""
        self.tag, self.version = tag, version
        self._replace_jobs(self.objects())

    def stop(self) -> None:
        """As before a restore: nothing scales it, and nothing of it runs."""
        kubectl("--namespace", self.namespace, "delete", "hpa", "--all")
        kubectl("--namespace", self.namespace, "scale", "deployment", "--all", "--replicas=0")
        until("nothing runs", lambda: not self.pods(ending=True))

    def republish(self, since: datetime) -> None:
        """Publish again what the restored database has stored since then."""
        jobs = list(kind(self.objects(), "Job"))
        for job in jobs:
            pod_of(job)["containers"][0]["args"] = ["republish", since.isoformat()]
        self._replace_jobs(jobs)

    def start(self) -> None:
        """Back to what it should be, as behind a restore."""
        self._replace_jobs(self.objects())
        kubectl("--namespace", self.namespace, "scale", *_names(service_names()), "--replicas=1")
        self.wait()

    def _replace_jobs(self, objects: Sequence[Object]) -> None:
        kubectl("--namespace", self.namespace, "delete", "job", "--selector", "app.kubernetes.io/part-of=ithaca")
        apply(objects)
        until("the jobs are done", self._has_done_jobs)

    def _has_done_jobs(self) -> bool:
        ends = {job["metadata"]["name"]: _end(job) for job in items("jobs", "--namespace", self.namespace)}
        for name, end in ends.items():
            if end == "Failed":
                raise NotDone(kubectl("--namespace", self.namespace, "logs", f"job/{name}"))
        return set(ends.values()) == {"Complete"}

    def change(self, **settings: str) -> None:
        """Roll out other settings; without any, those that it should have."""
        objects = self.objects()
        (config,) = kind(objects, "ConfigMap")
        before = config["metadata"]["name"]
        if settings:
            config["metadata"]["name"] = "cell-changed"
            config["data"].update(settings)
        changed = [config, *deepcopy(list(kind(objects, "Deployment")))]
        for one in changed[1:]:
            source = pod_of(one)["containers"][0]["envFrom"][0]["configMapRef"]
            source["name"] = config["metadata"]["name"] if source["name"] == before else source["name"]
        apply(changed)

    def ask_doctor(self, service: str) -> str:
        """What it says in the service's worker; raises `NotDone` with that if something is wrong."""
        asked = ("--", "/dependencies/bin/python", "/app", "doctor")
        return kubectl("--namespace", self.namespace, "exec", f"deployment/{service}-worker", *asked)

    @property
    def deployments(self) -> int:
        """How many it has."""
        return len(service_names()) * len(ROLES)

    def pods(self, service: str = "", role: str = "", *, ending: bool = False) -> list[Object]:
        """Those of a service and a role, without those that are ending, if they are not asked for."""
        asked = {"name": service, "component": role, "part-of": "ithaca"}
        selector = ",".join(f"app.kubernetes.io/{label}={value}" for label, value in asked.items() if value)
        found = items("pods", "--namespace", self.namespace, "--selector", selector)
        return [
            pod
            for pod in found
            if (ending or "deletionTimestamp" not in pod["metadata"])
            and pod["metadata"]["labels"]["app.kubernetes.io/component"] in ROLES
        ]

    def ready(self, service: str = "", role: str = "") -> list[Object]:
        """Those of them that are ready."""
        return [pod for pod in self.pods(service, role) if is_ready(pod)]

    def roll(self, services: Sequence[str] = service_names()) -> None:
        """Restart both halves of services, one pod after the other, and return when that is done."""
        kubectl("--namespace", self.namespace, "rollout", "restart", *_names(services))
        self.wait(services)

    def wait(self, services: Sequence[str] = service_names()) -> None:
        """Return when all pods are what they should be, ready, and as many as they should be."""
        for name in _names(services):
            kubectl("--namespace", self.namespace, "rollout", "status", name, "--timeout=600s")
        until("the scalers have as many pods as they want", lambda: all(map(_is_full, self._deployments())))

    def _deployments(self) -> list[Object]:
        return items("deployments", "--namespace", self.namespace)

    def addresses(self) -> dict[str, str]:
        """Where the services answer: the addresses inside the cluster, which its nodes reach."""
        found = {one["metadata"]["name"]: one["spec"]["clusterIP"] for one in items("services", "-n", self.namespace)}
        return {service: f"http://{found[f'{service}-api']}" for service in service_names()}

    def running(self) -> Running:
        """The cell as the tour takes it."""
        file = self.ground.home / f"{self.name}-operator.json"
        if not file.exists():
            write_privately(file, self.operator.model_dump_json())
        return Running(
            cell=self.name,
            kafka_bootstrap=self.ground.kafka_bootstrap,
            mongo_url=self.ground.mongo_url,
            services=self.addresses(),
            processes={},
            operator_file=file,
            mail_folder=self.ground.mails.path,
            log_folder=self.ground.home,
        )


def _is_full(deployment: Object) -> bool:
    return bool(deployment["spec"]["replicas"] == deployment["status"].get("readyReplicas", 0))


def _names(services: Sequence[str]) -> list[str]:
    """Of the deployments of these services."""
    return [f"deployment/{service}-{role}" for service in services for role in ROLES]


def _end(job: Object) -> str:
    """The condition in which it has ended, if it has."""
    holds = [one["type"] for one in job.get("status", {}).get("conditions", []) if one["status"] == "True"]
    return next((condition for condition in holds if condition in ("Complete", "Failed")), "")


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _key() -> str:
    return b64encode(secrets.token_bytes(32)).decode()


@contextmanager
def policies() -> Iterator[None]:
    """The admission policies of the platform, until the block ends; those that were there stay."""
    wanted = list(kind(objects_of("platform"), "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"))
    there = {one["metadata"]["name"] for one in items("validatingadmissionpolicies,validatingadmissionpolicybindings")}
    apply(wanted)
    try:
        yield
    finally:
        if mine := [one for one in wanted if one["metadata"]["name"] not in there]:
            kubectl("delete", "--ignore-not-found", "--filename", "-", objects=mine)


@contextmanager
def placed(cell: Cell) -> Iterator[Cell]:
    """A place for a cell, removed with all that is in it when the block ends. Raises `NotDone` if it is taken."""
    if any(one["metadata"]["name"] == cell.namespace for one in items("namespaces")):
        raise NotDone(f"There is a namespace {cell.namespace} already: this would remove it. Take another cluster.")
    try:
        yield cell
    finally:
        kubectl("delete", "namespace", cell.namespace, "--ignore-not-found", "--timeout=300s")
