"""What is in an image, and how it runs: with a Docker daemon that has the images of `make images`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types

from deploy.deployment import service_names
from deploy.image.release import component

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[3]
HADOLINT = Path(sys.executable).parent / "hadolint"
HARD = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp"]  # noqa: S108


def docker(*words: str) -> subprocess.CompletedProcess[str]:
    """What Docker says."""
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=False)


@pytest.fixture(params=service_names())
def service(request: pytest.FixtureRequest) -> str:
    """Each service of which there is an image."""
    name = str(request.param)
    if not shutil.which("docker") or docker("image", "inspect", f"ithaca/{name}:dev").returncode:
        pytest.skip(f"no Docker daemon with the image ithaca/{name}:dev, so it was not tried: make images")
    return name


def inside(service: str, program: str, *more: str) -> str:
    """What a Python program prints that runs in the image."""
    words = ["run", "--rm", *HARD, *more, "--entrypoint", "/dependencies/bin/python", f"ithaca/{service}:dev"]
    done = docker(*words, "-c", program)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_dockerfile_is_clean() -> None:
    done = subprocess.run([HADOLINT, ROOT / "deploy/image/Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_mistake_in_a_dockerfile_is_found(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python\nRUN cd /tmp && pip install uvicorn\n")
    assert subprocess.run([HADOLINT, tmp_path / "Dockerfile"], capture_output=True, check=False).returncode != 0


def test_a_release_names_every_image_by_digest() -> None:
    digests = {service: f"sha256:{number:064x}" for number, service in enumerate(service_names())}
    written = yaml.safe_load(component("0.2.0", digests, "registry.example.org/ithaca"))
    assert written["configMapGenerator"][0]["literals"] == ["ITHACA_VERSION=0.2.0"]
    images = written["images"]
    assert [(one["name"], one["newName"], one["digest"]) for one in images] == [
        (f"ithaca/{service}", f"registry.example.org/ithaca/{service}", digests[service]) for service in service_names()
    ]


def test_an_image_holds_its_own_service_only(service: str) -> None:
    found = inside(service, "import os; print(*(e.name for e in os.scandir('/app/services') if e.is_dir()))").split()
    assert set(found) == {service, "__pycache__"}


def test_an_image_holds_only_what_its_service_depends_on(service: str) -> None:
    program = "import importlib.metadata as m; print(*(d.name for d in m.distributions()))"
    found = {name.lower().replace("_", "-").replace(".", "-") for name in inside(service, program).split()}
    locked = (ROOT / "requirements" / f"{service}.txt").read_text()
    expected = {line.split("==")[0] for line in locked.splitlines() if line[:1].isalpha()}
    assert found - {"ithaca"} <= expected
    assert ("ortools" in found) == (service == "matching")


def test_it_runs_as_nobody_and_without_a_shell(service: str) -> None:
    config = json.loads(docker("image", "inspect", f"ithaca/{service}:dev").stdout)[0]["Config"]
    assert config["User"] == "65532:65532"
    assert config["Entrypoint"] == ["/dependencies/bin/python", "/app"]
    assert not any(name in " ".join(config["Env"]).lower() for name in ("password", "secret"))


def test_all_its_code_is_compiled(service: str) -> None:
    program = """
from pathlib import Path
code = [f for top in ("/app/shared", "/app/services") for f in Path(top).rglob("*.py")]
print(*(f for f in code if not list((f.parent / "__pycache__").glob(f.stem + ".*.pyc"))))
"""
    assert inside(service, program).split() == []


def test_a_wrong_setting_is_named_and_nothing_starts(service: str) -> None:
    done = docker("run", "--rm", *HARD, "--env", "ITHACA_CELL=A.b", f"ithaca/{service}:dev")
    assert done.returncode == os.EX_CONFIG
    assert "ITHACA_CELL: " in done.stderr
