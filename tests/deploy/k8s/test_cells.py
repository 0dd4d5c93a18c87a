"""The rules hold for every cell, and each is seen to be broken by a mistake that somebody could make."""

import re

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types

from deploy.cells.cell import Cell
from tests.deploy.k8s import surroundings, workloads
from tests.deploy.k8s.mistakes import MISTAKES, Mistake, Rule
from tests.deploy.k8s.rendering import CELLS, MANIFESTS, kind, objects_of, pod_of, settings_of, text_of

pytestmark = pytest.mark.real

RULES: list[Rule] = [
    workloads.pods_are_restricted,
    workloads.images_are_named_by_digest,
    workloads.probes_ask_the_right_things,
    workloads.rollouts_are_gentle,
    workloads.disruptions_are_bounded,
    workloads.scalers_own_what_exists,
    workloads.migrations_end,
    workloads.quotas_are_enough,
    surroundings.workers_have_partitions,
    surroundings.workers_scale_on_what_they_read,
    surroundings.everybody_may_do_what_the_code_does,
    surroundings.topics_are_kept_safe,
    surroundings.nothing_is_open_by_default,
    surroundings.routes_lead_to_what_people_may_see,
    surroundings.addresses_are_those_of_the_gateway,
    surroundings.secrets_are_made_by_somebody,
    surroundings.settings_are_known,
    surroundings.everything_carries_the_cell,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_keeps_every_rule(cell: str, rule: Rule) -> None:
    assert list(rule(objects_of(f"cells/{cell}"))) == []


@pytest.mark.parametrize(("rule", "mistake"), [(r, m) for r, _, m in MISTAKES], ids=[name for _, name, _ in MISTAKES])
def test_a_mistake_is_found(rule: Rule, mistake: Mistake) -> None:
    objects = objects_of("cells/acme")
    mistake(objects)
    assert list(rule(objects))


def test_every_rule_has_a_mistake_that_breaks_it() -> None:
    assert {rule for rule, _, _ in MISTAKES} == set(RULES)


@pytest.mark.parametrize("cell", CELLS)
def test_no_cell_names_another(cell: str) -> None:
    """Two cells with one prefix would read each other's events."""
    for other in set(CELLS) - {cell}:
        assert not re.search(rf"\b{re.escape(other)}\b", text_of(f"cells/{cell}"))


@pytest.mark.parametrize("cell", CELLS)
def test_what_a_cell_says_of_itself_is_what_it_is(cell: str) -> None:
    described = Cell.read(MANIFESTS / "cells" / cell / "cell.yaml")
    parts = yaml.safe_load((MANIFESTS / "cells" / cell / "apps" / "kustomization.yaml").read_text())["components"]
    assert described.name == cell == settings_of(objects_of(f"cells/{cell}"))["ITHACA_CELL"]
    assert f"../../../releases/{described.release}" in parts
    assert f"../../../components/quota-{described.tier}/apps" in parts


def test_gitops_looks_at_the_files_that_describe_cells() -> None:
    one = yaml.safe_load((MANIFESTS / "gitops" / "applicationset.yaml").read_text())["spec"]
    assert one["generators"][0]["git"]["files"] == [{"path": "deploy/k8s/cells/*/cell.yaml"}]
    waves = [step["matchExpressions"][0]["values"] for step in one["strategy"]["rollingSync"]["steps"]]
    assert waves == [["1"], ["2"], ["3"]]


def test_a_changed_setting_rolls_the_pods_out() -> None:
    objects = objects_of("cells/acme")
    (settings,) = (one["metadata"]["name"] for one in kind(objects, "ConfigMap"))
    assert re.fullmatch(r"cell-[a-z0-9]{10}", settings)
    for one in kind(objects, "Deployment", "Job"):
        assert pod_of(one)["containers"][0]["envFrom"][0]["configMapRef"]["name"] == settings
