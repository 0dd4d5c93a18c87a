"""The pages of who runs an organization, in a real browser: nobody is kept out of them, by day and by night."""

import pytest
from playwright.sync_api import Page

from tests.services.console.test_in_browser import look_at_all, sign_in
from tests.services.console.world import World

pytestmark = pytest.mark.real


def test_nobody_is_kept_out_of_people_systems_settings_and_the_trail(page: Page, cell: World, program: str) -> None:
    cell.give_role(cell.add_person("Rosa Keller"), "admin")
    ben, other = cell.add_person("Ben Okafor"), cell.add_person("Benedict Okafor")
    cell.give_role(ben, "reviewer", program)
    sign_in(page, cell, "rosa@example.org")
    page.goto("/clients")
    page.get_by_label("What people call it").fill("HR system")
    page.get_by_label("Read figures and risks").check()
    page.get_by_role("button", name="Make its secret").click()
    client = page.get_by_label("Client id").input_value()
    people = [f"/people/{ben}", f"/people/{ben}/merge?merged_id={other}", "/team", f"/programs/{program}/team"]
    own = ["/me/signing-in", "/me/seen", "/sign-in/again", "/sign-in/go-on"]
    systems = ["/clients", f"/clients/{client}", "/provider", "/audit", "/audit/check"]
    assert look_at_all(page, [*people, *own, *systems]) == {}
