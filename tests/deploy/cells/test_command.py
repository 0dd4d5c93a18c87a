import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cells.command import app

MANIFESTS = Path(__file__).parents[3] / "deploy" / "k8s"


@pytest.fixture
def manifests(tmp_path: Path) -> Path:
    """What `ithaca cell` works on, with the pooled cell only."""
    copy = tmp_path / "k8s"
    for part in ("base", "components", "releases", "cells/pooled"):
        shutil.copytree(MANIFESTS / part, copy / part)
    return copy


def cell(manifests: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--manifests", str(manifests)])


def content(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_a_new_cell_is_a_folder_and_touches_no_other_file(manifests: Path) -> None:
    before = content(manifests)
    told = cell(manifests, "add", "acme", "--tier", "large", "--tenant", "acme-labs", "--wave", "1")
    assert told.exit_code == 0, told.output
    after = content(manifests)
    written = {name: text for name, text in after.items() if name not in before}
    assert {name: after[name] for name in before} == before
    assert set(written) == {
        f"cells/acme/{name}"
        for name in ("cell.yaml", "kustomization.yaml", "apps/kustomization.yaml", "kafka/kustomization.yaml")
    }
    assert "tenant: acme-labs" in written["cells/acme/cell.yaml"]
    assert "../../../components/quota-large/apps" in written["cells/acme/apps/kustomization.yaml"]


def test_it_says_what_to_do_next(manifests: Path) -> None:
    told = cell(manifests, "add", "acme").output
    for part in ("ithaca/acme/<service>", "ithaca cell diff acme", "kubectl apply", "rollout status"):
        assert part in told


def test_to_add_it_again_changes_nothing(manifests: Path) -> None:
    cell(manifests, "add", "acme")
    before = content(manifests)
    again = cell(manifests, "add", "acme")
    assert (again.exit_code, content(manifests)) == (0, before)
    assert "already" in again.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["ac.me"], "cell: 'ac.me', 5 characters: use 3 to 40"),
        (["Acme"], "cell: 'Acme'"),
        (["acme-"], "cell: 'acme-'"),
        (["a" * 64], "64 characters: use 3 to 40"),
        (["ab"], "2 characters"),
        (["ext"], "begins the topics that belong to tenants"),
        (["cell"], "stands for a cell's name"),
        (["acme", "--tenant", "Acme Inc"], "tenant: 'Acme Inc' is no organization's id"),
        (["acme", "--tier", "huge"], "huge"),
        (["acme", "--wave", "4"], "less than or equal to 3"),
        (["acme", "--release", "7.0.0"], "release: there is no 7.0.0; the newest is 0.1.0"),
        (["acme", "--release", "../x"], "release:"),
        (["pooled"], "the cell pooled is there, and differs"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy_and_writes_nothing(
    manifests: Path, words: list[str], sentence: str
) -> None:
    before = content(manifests)
    told = cell(manifests, "add", *words)
    assert told.exit_code != 0
    assert sentence in told.output
    assert content(manifests) == before


def test_a_tenant_has_one_cell(manifests: Path) -> None:
    cell(manifests, "add", "acme", "--tenant", "acme-labs")
    told = cell(manifests, "add", "nova", "--tenant", "acme-labs")
    assert told.exit_code == 1
    assert "the tenant acme-labs lives in the cell acme" in told.output


def test_the_list_tells_of_every_cell(manifests: Path) -> None:
    cell(manifests, "add", "acme", "--tier", "small")
    lines = [line.split() for line in cell(manifests, "list").output.splitlines()]
    assert lines[1:] == [["acme", "acme", "small", "0.1.0", "2"], ["pooled", "(many)", "medium", "0.1.0", "3"]]


def test_a_description_that_cannot_be_read_is_named(manifests: Path) -> None:
    (manifests / "cells" / "pooled" / "cell.yaml").write_text("cell: pooled\ntier: huge\n")
    told = cell(manifests, "list")
    assert told.exit_code == 1
    assert "pooled/cell.yaml" in told.output.replace("\n", "")
    assert "tier: " in told.output


def test_to_remove_a_cell_takes_its_folder_and_says_what_stays(manifests: Path) -> None:
    before = content(manifests)
    cell(manifests, "add", "acme")
    told = cell(manifests, "remove", "acme")
    assert (told.exit_code, content(manifests)) == (0, before)
    assert "databases acme_<service>" in told.output


def test_the_home_of_small_tenants_is_not_removed(manifests: Path) -> None:
    told = cell(manifests, "remove", "pooled")
    assert told.exit_code == 1
    assert (manifests / "cells" / "pooled").is_dir()


def test_a_cell_that_is_not_there_is_named_with_those_that_are(manifests: Path) -> None:
    for command in ("diff", "remove"):
        told = cell(manifests, command, "nova")
        assert told.exit_code == 1
        assert "there is no cell 'nova'; there are: pooled" in told.output


def test_elsewhere_it_says_where_to_go(tmp_path: Path) -> None:
    told = cell(tmp_path, "list")
    assert told.exit_code == 1
    assert "run this where deploy/k8s is" in told.output


def test_the_examples_are_what_the_command_writes(manifests: Path) -> None:
    cell(manifests, "add", "acme", "--tier", "large", "--tenant", "acme-university", "--wave", "3")
    cell(manifests, "add", "birch", "--tier", "small", "--wave", "1")
    for name in ("acme", "birch"):
        assert content(manifests / "cells" / name) == content(MANIFESTS / "cells" / name)
