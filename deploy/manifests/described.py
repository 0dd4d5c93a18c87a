"""What is known of a service when its manifests are made."""

from dataclasses import dataclass

from deploy.deployment import Deployment, deployments
from shared.engine.authoring.service import Service
from shared.installed import load_service


@dataclass(slots=True, frozen=True)
class Described:
    """A service, and how it is deployed."""

    service: Service
    deployment: Deployment

    @property
    def name(self) -> str:
        """The name of the service."""
        return self.deployment.name

    @property
    def topics(self) -> list[str]:
        """The topics that it reads, without the cell."""
        return sorted(self.service.sources)


def described_services() -> list[Described]:
    """All services, in the order in which they are listed."""
    return [Described(load_service(one.name), one) for one in deployments()]
