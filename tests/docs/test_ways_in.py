"""What a newcomer reads first is so: its links, commands and folders are there."""

import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types

from shared.documents.places import ROOT

PAGES = ("README.md", "CONTRIBUTING.md", "AGENTS.md", "llms.txt", "docs/architecture.md")
FORMS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / ".github").rglob("*.yml"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
MADE_BY_COMMANDS = ("build/", ".venv/")


def linked(page: Path) -> list[str]:
    """The files and folders that a page leads to."""
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    return [target for target in targets if "://" not in target]


def named_folders(page: Path) -> list[str]:
    """The paths that a page names in code, without those that have a placeholder."""
    named = re.findall(r"`((?:services|shared|deploy|tests|docs)/[\w./-]*)`", page.read_text())
    return [name for name in named if not name.startswith(MADE_BY_COMMANDS)]


def targets() -> set[str]:
    """What make can be asked for."""
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", PAGES)
def test_what_it_links_to_and_names_is_there(name: str) -> None:
    page = ROOT / name
    missing = [one for one in linked(page) if not (page.parent / one).exists()]
    missing += [one for one in named_folders(page) if not (ROOT / one).exists()]
    assert linked(page)
    assert missing == []


@pytest.mark.parametrize("name", [name for name in PAGES if name != "docs/architecture.md"])
def test_what_it_says_to_make_can_be_made(name: str) -> None:
    asked = set(re.findall(r"`?\bmake ([a-z-]+)(?=[`\s])", "\n".join(code_of(ROOT / name))))
    assert asked
    assert asked <= targets()


def code_of(page: Path) -> list[str]:
    """What stands in code on a page, on lines or in them."""
    return re.findall(r"`[^`\n]+`|^make .*$", page.read_text(), re.MULTILINE)


def test_a_broken_link_and_a_wrong_target_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[here](nowhere.md) is `services/nobody/` and `make nonsense`")
    assert linked(page) == ["nowhere.md"]
    assert named_folders(page) == ["services/nobody/"]
    assert "nonsense" not in targets()
    assert code_of(page) == ["`services/nobody/`", "`make nonsense`"]


def test_every_part_that_has_an_owner_is_there() -> None:
    owned = [line.split()[0] for line in (ROOT / "CODEOWNERS").read_text().splitlines() if line[:1] in "/*" and line]
    assert len(owned) > 5
    assert [path for path in owned if path != "*" and not (ROOT / path.lstrip("/")).exists()] == []


def test_hooks_run_what_is_installed_here_and_fetch_nothing() -> None:
    assert [repo["repo"] for repo in HOOKS] == ["local"]
    entries = [hook["entry"] for repo in HOOKS for hook in repo["hooks"]]
    assert {hook["language"] for repo in HOOKS for hook in repo["hooks"]} == {"system"}
    checks = (ROOT / "Makefile").read_text().partition("\ncheck:")[2].partition("\n\n")[0]
    for entry in entries:
        program = entry.replace(".venv/bin/", "").split(" --")[0]
        assert program.removesuffix(" format").removesuffix(" check") in checks


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_one(form: str) -> None:
    parsed = yaml.safe_load((ROOT / form).read_text())
    ids = [part["id"] for part in parsed.get("body", [])]
    assert len(ids) == len(set(ids))
    assert parsed.keys() >= {"name", "description", "body"} or form.endswith("config.yml")


def test_both_forges_ask_the_same_of_a_change() -> None:
    github, gitlab = (
        (ROOT / name).read_text()
        for name in (".github/PULL_REQUEST_TEMPLATE.md", ".gitlab/merge_request_templates/Default.md")
    )
    assert github == gitlab
