"""What repeats for each service is made from the services; an edit by hand is found, shown and undone."""

import shutil
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types

from deploy.deployment import Deployment, Memory
from deploy.manifests.__main__ import DEPLOY, main, stale
from deploy.manifests.described import Described, described_services
from deploy.manifests.made import difference
from deploy.manifests.quotas import quota

SCALING = "k8s/components/keda/scaling.yaml"


@pytest.fixture
def deploy(tmp_path: Path) -> Path:
    """A copy of all that is made."""
    place = tmp_path / "deploy"
    shutil.copytree(DEPLOY / "k8s", place / "k8s")
    shutil.copy(DEPLOY / "compose.yaml", place)
    return place


def content(folder: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_manifests_are_up_to_date() -> None:
    assert list(stale(described_services(), DEPLOY)) == [], "Run: make manifests"


def test_an_edit_by_hand_is_found_shown_and_undone(deploy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(deploy)
    file = deploy / SCALING
    file.write_text(file.read_text().replace("maxReplicaCount: 4", "maxReplicaCount: 9", 1))
    assert (found := main(["--check"], deploy))
    assert found.startswith(f"--- deploy/{SCALING}")
    assert "-  maxReplicaCount: 9\n+  maxReplicaCount: 4\n" in found
    assert found.endswith("Run: make manifests")
    assert main([], deploy) is None
    assert "+  maxReplicaCount: 4" in capsys.readouterr().out
    assert content(deploy) == before
    assert main(["--check"], deploy) is None


def test_what_is_written_by_hand_beside_it_stays(deploy: Path) -> None:
    file = deploy / "compose.yaml"
    file.write_text(
        file.read_text().replace("mailpit:v1.27", "mailpit:v1.99").replace('"127.0.0.1:8003:', '"0.0.0.0:8003:')
    )
    assert main([], deploy) is None
    assert file.read_text() == (DEPLOY / "compose.yaml").read_text().replace("mailpit:v1.27", "mailpit:v1.99")


def test_a_file_without_its_marks_is_refused_with_the_lines_to_write(deploy: Path) -> None:
    file = deploy / "k8s" / "base" / "kustomization.yaml"
    file.write_text(file.read_text().replace("# End of what is made.", ""))
    assert (found := main([], deploy))
    assert "has lost its marks" in found
    assert "# End of what is made." in found


def test_the_base_of_a_service_that_is_gone_goes_and_what_is_written_by_hand_does_not(deploy: Path) -> None:
    gone, kept = (deploy / "k8s" / "base" / name / "kustomization.yaml" for name in ("weather", "service"))
    gone.parent.mkdir()
    shutil.copy(deploy / "k8s" / "base" / "intake" / "kustomization.yaml", gone)
    assert (found := main(["--check"], deploy))
    assert "weather" in found
    assert main([], deploy) is None
    assert not gone.parent.exists()
    assert kept.exists()


def test_of_a_long_difference_the_beginning_is_shown() -> None:
    shown = difference("a.yaml", "".join(f"{n}\n" for n in range(50)), "").splitlines()
    assert shown[-1] == "... and 37 lines more"


def test_a_quota_has_room_for_every_replica_and_grows_with_what_a_worker_needs(tmp_path: Path) -> None:
    """Three pods of each kind and a migration: 0.7 processors, 1,344 MiB asked for, 2,688 MiB at most."""
    (tmp_path / "kustomization.yaml").write_text(
        (DEPLOY / "k8s/components/quota-small/apps/kustomization.yaml").read_text()
    )
    (service,) = [one.service for one in described_services() if one.name == "sessions"]
    usual, large = (
        Described(service, Deployment(name="sessions", port=9000, worker_memory=memory))
        for memory in (None, Memory(request="2Gi", limit="4Gi"))
    )
    hard = [yaml.safe_load(quota([one], DEPLOY / "k8s", tmp_path))["spec"]["hard"] for one in (usual, large)]
    assert [one["requests.memory"] for one in hard] == ["2Gi", "8Gi"]
    assert [one["limits.memory"] for one in hard] == ["4Gi", "16Gi"]
    assert [(one["pods"], one["requests.cpu"]) for one in hard] == [("10", "2"), ("10", "2")]
