"""Cells where things are tried are the cells that they come from, without what needs an extension or a registry."""

import re

import pytest

from deploy.deployment import service_names
from tests.deploy.k8s import surroundings, workloads
from tests.deploy.k8s.mistakes import Rule
from tests.deploy.k8s.rendering import MANIFESTS, kind, objects_of, pod_of
from tests.deploy.k8s.test_schemas import complaint

pytestmark = pytest.mark.real

FOLDERS = sorted(f"development/{folder.name}" for folder in (MANIFESTS / "development").iterdir())
KEPT: list[Rule] = [
    workloads.pods_are_restricted,
    workloads.probes_ask_the_right_things,
    workloads.rollouts_are_gentle,
    workloads.disruptions_are_bounded,
    workloads.migrations_end,
    surroundings.settings_are_known,
    surroundings.everything_carries_the_cell,
]


@pytest.mark.parametrize("rule", KEPT, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("folder", FOLDERS)
def test_they_keep_the_rules_of_pods(folder: str, rule: Rule) -> None:
    assert list(rule(objects_of(folder))) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_they_need_no_extension(folder: str) -> None:
    objects = objects_of(folder)
    groups = {one["apiVersion"].rpartition("/")[0] for one in objects}
    assert groups == {"", "apps", "autoscaling", "batch", "policy"}
    assert [text for one in objects if (text := complaint(one))] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_their_images_are_named_by_tag_and_their_namespace_says_so(folder: str) -> None:
    objects = objects_of(folder)
    images = {pod_of(one)["containers"][0]["image"] for one in kind(objects, "Deployment", "Job")}
    assert len(images) == len(service_names())
    assert all(re.fullmatch(r"ithaca/[a-z]+:dev", image) for image in images)
    (namespace,) = kind(objects, "Namespace")
    assert "ithaca/images-by-tag" in namespace["metadata"]["labels"]
