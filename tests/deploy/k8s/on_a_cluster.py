"""Every object as a real API server sees it: `make test-kubernetes`, on whatever cluster `KUBECONFIG` names.

Definitions of custom kinds that the cluster lacks are taken from the folder that `CRDS` names. Namespaces and admission
policies are made for real, since nothing can be tried without them; all else is a dry run.
"""

import json
import os
import subprocess
from collections.abc import Iterator

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types

from tests.deploy.k8s.rendering import CELLS, KUBECTL, Object, find, kind, label, objects_of
from tests.deploy.k8s.test_schemas import UNDEFINED

DRY = ("apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "--filename", "-")
FOR_REAL = ("apply", "--server-side", "--force-conflicts", "--filename", "-")


def kubectl(*words: str, objects: list[Object] = []) -> subprocess.CompletedProcess[str]:  # noqa: B006 - only read
    """What kubectl says."""
    given = yaml.safe_dump_all(objects)
    return subprocess.run([KUBECTL, *words], input=given, capture_output=True, text=True, check=False)


def done(*words: str, objects: list[Object] = []) -> str:  # noqa: B006 - only read
    """The same, where nothing may go wrong."""
    ended = kubectl(*words, objects=objects)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    """A cluster that knows the kinds, the namespaces and the admission policies."""
    if not os.environ.get("KUBECONFIG"):
        pytest.skip("KUBECONFIG names no cluster, so nothing was tried on one")
    if folder := os.environ.get("CRDS"):
        done("apply", "--server-side", "--force-conflicts", "--filename", folder)
        done("wait", "--for=condition=Established", "--timeout=60s", "--filename", folder)
    cells = [one for cell in CELLS for one in kind(objects_of(f"cells/{cell}"), "Namespace")]
    shared = list(kind(objects_of("platform"), "Namespace", *POLICIES))
    there = {item["metadata"]["name"] for item in json.loads(done("get", "namespaces", "--output", "json"))["items"]}
    done(*FOR_REAL, objects=[*shared, *cells])
    yield
    mine = [one for one in [*shared, *cells] if one["metadata"]["name"] not in there]
    done("delete", "--timeout=300s", "--ignore-not-found", "--filename", "-", objects=mine)


POLICIES = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")


@pytest.mark.parametrize("folder", ["platform", *(f"cells/{cell}" for cell in CELLS)])
def test_every_object_is_accepted(folder: str) -> None:
    objects = [one for one in objects_of(folder) if one["kind"] not in UNDEFINED]
    answered = done(*DRY, objects=objects)
    assert answered.count("serverside-applied (server dry run)") == len(objects)


def test_a_field_that_nobody_knows_is_refused() -> None:
    one = find(objects_of("cells/acme"), "Deployment", "intake-api")
    one["spec"]["replica"] = 2
    assert "replica" in kubectl(*DRY, objects=[one]).stderr


def test_an_image_by_tag_is_refused() -> None:
    for wanted, name in (("Deployment", "intake-api"), ("Job", "intake-migrate")):
        one = find(objects_of("cells/acme"), wanted, name)
        one["spec"]["template"]["spec"]["containers"][0]["image"] = "ithaca/intake:0.1.0"
        refused = kubectl(*DRY, objects=[one])
        assert refused.returncode != 0, label(one)
        assert "images in a cell are named by digest, not by tag: ithaca/intake:0.1.0" in refused.stderr


def test_a_pod_of_another_cell_is_refused() -> None:
    objects = objects_of("cells/acme")
    account = find(objects, "ServiceAccount", "intake-service")
    template = find(objects, "Deployment", "intake-api")["spec"]["template"]
    metadata = {
        "name": "stray",
        "namespace": "cell-acme",
        "labels": template["metadata"]["labels"] | {"ithaca/cell": "nova"},
    }
    done(*FOR_REAL, objects=[account])
    refused = kubectl(
        *DRY, objects=[{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}]
    )
    assert "a pod here needs the label ithaca/cell: acme" in refused.stderr


def test_a_pod_that_is_root_is_refused() -> None:
    objects = objects_of("cells/acme")
    template = find(objects, "Deployment", "intake-api")["spec"]["template"]
    template["spec"]["securityContext"]["runAsNonRoot"] = False
    metadata = {"name": "root", "namespace": "cell-acme", "labels": template["metadata"]["labels"]}
    done(*FOR_REAL, objects=[find(objects, "ServiceAccount", "intake-service")])
    refused = kubectl(
        *DRY, objects=[{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}]
    )
    assert "runAsNonRoot" in refused.stderr
