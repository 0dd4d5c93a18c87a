"""What kustomize reads of each service: its base, scaler, secrets, route, image, and what it may speak to."""

from collections.abc import Sequence

from deploy.deployment import Deployment
from deploy.manifests.described import Described
from deploy.manifests.made import part


def bases(services: Sequence[Described]) -> str:
    """The list of the bases of all services."""
    return "".join(f"  - {one.name}\n" for one in services)


def base(one: Deployment) -> str:
    """What is a service's own of its workloads."""
    files = (part("base-file", file=file, setting=setting) for file, setting in one.files.items())
    memory = part("base-memory", **one.worker_memory.model_dump()) if one.worker_memory else ""
    return part("base", service=one.name) + "".join(files) + memory


def scaling(one: Described) -> str:
    """What a worker scales on: every topic that it reads, and what is due."""
    triggers = "".join(part("scaling-trigger", service=one.name, topic=topic) for topic in one.topics)
    return part("scaling", service=one.name, triggers=triggers)


def secrets(services: Sequence[Described]) -> str:
    """Where the environments and files of all services come from."""
    environments = (part("secret", service=one.name) for one in services)
    return "".join([*environments, *(_secret_files(one.deployment) for one in services)])


def _secret_files(one: Deployment) -> str:
    kept = (part("secret-file", service=one.name, file=file) for file in one.files)
    return part("secret-files", service=one.name) + "".join(kept)


def secret_cells(services: Sequence[Described]) -> str:
    """Where the name of the cell goes in files that the store keeps; the first file is the broker's certificate."""
    counts = ((one.name, len(one.deployment.files)) for one in services if one.deployment.files)
    return "".join(
        part("secret-cell", service=name, fields=", ".join(f"spec.data.{n}.remoteRef.key" for n in range(1, count + 1)))
        for name, count in counts
    )


def route(one: Deployment) -> str:
    """What the gateway leads to a service."""
    paths = "".join(f"        - path: {{type: {_kind(path)}, value: {path}}}\n" for path in one.paths)
    return part("route", service=one.name, paths=paths)


def _kind(path: str) -> str:
    """How a path is understood: what begins like it, too; but the front door is nothing else."""
    return "Exact" if path == "/" else "PathPrefix"


def address(one: Deployment) -> str:
    """What a service says of where it is, for whom the gateway leads to it."""
    return part("address", service=one.name)


def policies(services: Sequence[Described]) -> str:
    """What one half of some services may speak to outside of the cluster, but not in private networks."""
    return "".join(
        part("policy", service=one.name, half=one.deployment.internet_of)
        + "".join(f"        - {{port: {n}, protocol: TCP}}\n" for n in ports)
        for one in services
        if (ports := one.deployment.internet)
    )


def development_images(services: Sequence[Described]) -> str:
    """The images as `make images` names them, instead of those of a release, or of none yet."""
    released = "  - {{name: registry.ithaca.example/ithaca/{0}, newName: ithaca/{0}, newTag: dev}}\n"
    unreleased = "  - {{name: ithaca/{0}, newTag: dev}}\n"
    return "".join(line.format(one.name) for line in (released, unreleased) for one in services)
