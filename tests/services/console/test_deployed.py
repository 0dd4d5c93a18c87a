"""What the gateway leads to the console."""

from deploy.deployment import deployments
from services.console.service import service


def test_the_gateway_leads_to_every_page_and_to_nothing_else() -> None:
    (console,) = (one for one in deployments() if one.name == "console")
    pages = {"/" + route.path.split("/")[1] for router in service.routers for route in router.routes}
    assert set(console.paths) == pages | {"/", "/assets"}
