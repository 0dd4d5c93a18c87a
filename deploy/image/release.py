"""Push the images of all services, and write down by which digests cells run them.

`python -m deploy.image.release 0.1.0 registry.example.org/ithaca` expects the images that `make images` has built.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from deploy.deployment import service_names

RELEASES = Path(__file__).parents[1] / "k8s" / "releases"
BUILT = "ithaca/{}:dev"
HEAD = """\
# What `make release` has pushed. A cell runs what its kustomization names of these.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
# A process of another version does not start.
configMapGenerator:
  - name: cell
    behavior: merge
    literals:
      - ITHACA_VERSION={version}
images:
"""
IMAGE = """\
  - name: ithaca/{service}
    newName: {name}
    digest: {digest}
"""


class NotReleased(Exception):
    """Something is missing; the message says what to do."""


def push(service: str, version: str, registry: str) -> str:
    """Push one image; returns its digest. Raises `NotReleased`."""
    name = f"{registry}/{service}"
    docker("tag", BUILT.format(service), f"{name}:{version}")
    docker("push", "--quiet", f"{name}:{version}")
    digests: list[str] = json.loads(docker("inspect", "--format", "{{json .RepoDigests}}", f"{name}:{version}"))
    return next(digest.removeprefix(f"{name}@") for digest in digests if digest.startswith(f"{name}@"))


def docker(*words: str) -> str:
    """What Docker answers; raises `NotReleased` with its complaint."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        raise NotReleased(f"docker {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def component(version: str, digests: dict[str, str], registry: str) -> str:
    """The component that names the version, and each service's image by its digest."""
    return HEAD.format(version=version) + "".join(
        IMAGE.format(service=service, name=f"{registry}/{service}", digest=digest)
        for service, digest in digests.items()
    )


def main(arguments: Sequence[str]) -> None:
    """Release all services under one version."""
    if len(arguments) != 2 or not re.fullmatch(r"\d+\.\d+\.\d+", arguments[0]):
        sys.exit("Say the version and the registry: make release VERSION=0.2.0 REGISTRY=registry.example.org/ithaca")
    version, registry = arguments
    if version != metadata.version("ithaca"):
        sys.exit(f"pyproject.toml says version {metadata.version('ithaca')}: write {version} there, build the images")
    try:
        digests = {service: push(service, version, registry) for service in service_names()}
    except NotReleased as error:
        sys.exit(f"{error}\nBuild the images first (make images), and log in to the registry.")
    folder = RELEASES / version
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text(component(version, digests, registry))


if __name__ == "__main__":
    main(sys.argv[1:])
