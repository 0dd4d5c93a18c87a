"""An operation that does not say whom it is for, or says what nothing leads to, is refused before anybody can ask."""

from typing import Annotated, Any

import pytest

from shared.engine.authoring.grants import ANYONE, OPERATOR, PERSON, Grant, Manager, Scope
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import optional, require
from shared.engine.authoring.service import Service
from shared.engine.authoring.signatures import Misdeclared
from shared.web.routes import Routes
from tests.shared.web.api import running
from tests.shared.web.test_access import Bed, WaterBed, Well


def started(**parts: Any) -> None:
    with running(Service("shed", title="Shed", emits=[], **parts)):
        pass


def test_a_service_does_not_start_with_an_operation_that_names_nobody() -> None:
    nameless, unsaid = Handlers(), Routes()

    @nameless.post("/beds/{bed_id}/cut")
    def dig_up_bed(_: WaterBed, bed: Annotated[Bed, require("bed_id")]) -> None:
        """Dig it up."""

    @unsaid.get("/shed")
    async def open_shed() -> str:
        return "open"

    with pytest.raises(TypeError, match=r"nobody is named who may ask for /v1/beds/{bed_id}/cut: give WaterBed an"):
        started(handles=[nameless], routers=[])
    with pytest.raises(TypeError, match="nobody is named who may ask for /v1/shed: give open_shed an allow"):
        started(handles=[], routers=[unsaid])


@pytest.mark.parametrize("path", ["/sheds/{shed_id}", "/shed"])
def test_a_path_without_a_token_is_a_whole_one_and_has_nothing_beside_it(path: str) -> None:
    routes = Routes()

    @routes.get(path, allow=(ANYONE,))
    async def open_shed() -> str:
        return "open"

    @routes.post("/shed", allow=(PERSON,))
    async def fill_shed() -> str:
        return "full"

    with pytest.raises(TypeError, match="open_shed takes no token: give it a whole path"):
        started(handles=[], routers=[routes])


def test_a_path_that_leads_nowhere_is_refused_where_it_is_written() -> None:
    with pytest.raises(TypeError, match="matching:everything is no scope: choose one of intake:read,"):
        Scope("matching:everything")
    for allow, words in [
        (Manager.of("bed.plan_id"), "plan_id is no field or typed property of Bed"),
        (Manager.of("garden_id"), "garden_id is no field or property of WaterBed"),
        (Manager.of("shed.id"), "let it begin at one that is required and that the message names"),
    ]:
        with pytest.raises(Misdeclared, match=words):
            declare(allow)
    routes = Routes()
    with pytest.raises(TypeError, match="garden_id is no parameter of it"):

        @routes.get("/beds/{bed_id}", allow=(Manager.of("garden_id"),))
        async def plan_bed(bed_id: str) -> str:
            return bed_id


def declare(allow: Grant) -> None:
    @Handlers().post("/beds/{bed_id}/cut", allow=(OPERATOR, allow))
    def dig_up_bed(
        _: WaterBed, bed: Annotated[Bed, require("bed_id")], shed: Annotated[Well | None, optional("bed.well_id")]
    ) -> None:
        """Dig it up."""
