"""Makes the manifests of all services, or tells which of them are not up to date: `python -m deploy.manifests --check`.

Whether it makes them or only looks, it shows what differs.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from deploy.deployment import Misdeclared
from deploy.manifests import compose, kafka, kubernetes
from deploy.manifests.described import Described, described_services
from deploy.manifests.made import HEAD, NoRoom, between, difference, whole
from deploy.manifests.quotas import quota

DEPLOY = Path(__file__).parents[1]


class Change(NamedTuple):
    """What a file says, and what it should say; None if it is not there, or should not be."""

    found: str | None
    wanted: str | None


def manifests(services: Sequence[Described], deploy: Path) -> dict[Path, str]:
    """Every file that is made, or has a part that is made, by where it is; raises NoRoom."""
    return _of_kubernetes(services, deploy / "k8s") | _of_others(services, deploy)


def _of_kubernetes(services: Sequence[Described], k8s: Path) -> dict[Path, str]:
    components = k8s / "components"
    bases = {k8s / "base" / one.name / "kustomization.yaml": kubernetes.base(one.deployment) for one in services}
    tiers = sorted(components.glob("quota-*/apps"))
    wholes = {
        **bases,
        **{tier / "quota.yaml": quota(services, k8s, tier) for tier in tiers},
        components / "keda" / "scaling.yaml": "".join(map(kubernetes.scaling, services)),
        components / "external-secrets" / "secrets.yaml": kubernetes.secrets(services),
        components / "gateway" / "addresses.yaml": "".join(kubernetes.address(one.deployment) for one in services),
        components / "gateway" / "routes.yaml": "".join(kubernetes.route(one.deployment) for one in services),
        k8s / "kafka" / "base" / "users.yaml": kafka.users(services),
    }
    return {path: whole(text) for path, text in wholes.items()}


def _of_others(services: Sequence[Described], deploy: Path) -> dict[Path, str]:
    components = deploy / "k8s" / "components"
    parts = {
        deploy / "k8s" / "base" / "kustomization.yaml": kubernetes.bases(services),
        components / "external-secrets" / "kustomization.yaml": kubernetes.secret_cells(services),
        components / "network-policies" / "policies.yaml": kubernetes.policies(services),
        components / "development" / "kustomization.yaml": kubernetes.development_images(services),
        deploy / "k8s" / "kafka" / "base" / "topics.yaml": kafka.topics(services),
        deploy / "compose.yaml": "".join(compose.composed(one.deployment) for one in services),
    }
    return {path: between(path, made) for path, made in parts.items()}


def stale(services: Sequence[Described], deploy: Path) -> dict[Path, Change]:
    """Every file that is not as it should be; raises NoRoom."""
    made = manifests(services, deploy)
    wanted: dict[Path, str | None] = {**made, **dict.fromkeys(left_over(made, deploy))}
    found = {path: path.read_text() if path.exists() else None for path in wanted}
    return {path: Change(found[path], wanted[path]) for path in sorted(wanted) if found[path] != wanted[path]}


def left_over(wanted: Mapping[Path, str], deploy: Path) -> list[Path]:
    """The bases of services that are there no more."""
    found = (deploy / "k8s" / "base").glob("*/kustomization.yaml")
    return sorted(path for path in found if path not in wanted and path.read_text().startswith(HEAD))


def main(arguments: Sequence[str], deploy: Path = DEPLOY) -> str | None:
    """What is wrong, if anything is."""
    try:
        services = described_services()
        changes = stale(services, deploy)
    except (Misdeclared, NoRoom) as error:
        return str(error)
    shown = "".join(
        f"{difference(str(path.relative_to(deploy.parent)), *change)}\n" for path, change in changes.items()
    )
    if "--check" in arguments:
        return f"{shown}Manifests are out of date, or were edited by hand. Run: make manifests" if changes else None
    for path, change in changes.items():
        write(path, change.wanted)
    sys.stdout.write(f"{shown}{len(services)} services, {len(changes)} files changed\n")
    return None


def write(path: Path, text: str | None) -> None:
    """Write a file; None removes it, with its folder."""
    if text is None:
        path.unlink()
        path.parent.rmdir()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
