"""The first five minutes: what to try first, by role; the page of the organization; and deciding about many."""

import re

import httpx
import pytest

from tests.services.console.browsing import headline, send
from tests.services.console.conftest import Pair
from tests.services.console.world import TENANT, World

STEP = re.compile(r'<li><a href="([^"]+)">')


def steps(page: httpx.Response) -> list[str]:
    """Where what is to be tried first leads."""
    found = re.search(r'aria-labelledby="tour">(.*?)</section>', page.text, re.DOTALL)
    return STEP.findall(found[1]) if found else []


def test_each_role_is_shown_what_it_can_try(program: str, admin: httpx.Client, mentor: httpx.Client) -> None:
    inside = f"/programs/{program}"
    wanted = [inside, f"{inside}/import", f"{inside}/applications", f"{inside}/waiting", "#clock", "/me"]
    assert steps(admin.get("/today")) == wanted
    assert steps(mentor.get("/today")) == ["/programs", "/proposals", "/me"]
    for path in (one for one in wanted if one.startswith("/")):
        assert admin.get(path).status_code == 200


def test_whoever_has_seen_enough_is_shown_no_more_of_it_until_they_ask(
    admin: httpx.Client, mentor: httpx.Client, program: str
) -> None:
    assert steps(send(mentor, mentor.get("/today"), "/tour/hide")) == []
    assert steps(mentor.get("/today")) == [], "it is kept"
    assert steps(admin.get("/today")), "for each person"
    assert steps(send(mentor, mentor.get("/today"), "/tour/show"))


def test_a_link_of_the_command_line_opens_a_console_that_lands_on_today(cell: World, pair: Pair) -> None:
    link = cell.sign_in_link(pair.mentor)
    with cell.browser() as browser:
        page = browser.get("/sign-in", params={"link": link})
        seen = send(browser, page, "/with-link")
    assert seen.url.path == "/today"
    assert steps(seen)


def test_admins_see_what_holds_for_the_organization(admin: httpx.Client, mentor: httpx.Client) -> None:
    page = admin.get("/organization")
    assert headline(page) == "Harbor."
    assert f"People write {TENANT} when they sign in." in page.text
    assert "Europe/Rome, for whoever states none" in page.text
    assert mentor.get("/organization").status_code == 403


@pytest.mark.parametrize("count", [2])
def test_all_that_are_selected_are_approved_and_leave_the_list(
    cell: World, admin: httpx.Client, program: str, count: int
) -> None:
    for name in ("Ina Berg", "Jon Roth", "Kim Lee"):
        cell.apply(program, cell.add_person(name), "mentee", meeting_format="long_term")
    path = f"/programs/{program}/applications"
    page = admin.get(path)
    assert "How they want to meet" in page.text
    ids = re.findall(r'name="selected" value="([^"]+)"', page.text)
    key = re.search(r'id="selected"><input type="hidden" name="key" value="([^"]+)"', page.text)
    assert key
    seen = admin.post(f"{path}/approve-selected", data={"selected": ids[:count], "key": key[1]})
    assert re.findall(r'name="selected" value="([^"]+)"', seen.text) == ids[count:]
    again = admin.post(f"{path}/approve-selected", data={"selected": [*ids[:1], "nothing"], "key": "another"})
    assert again.status_code in (404, 409)
    assert "It was not decided" in again.text


def test_whoever_decides_goes_on_with_the_next_one(cell: World, admin: httpx.Client, program: str) -> None:
    for name in ("Leo Hahn", "Mina Wolf", "Nils Graf"):
        cell.apply(program, cell.add_person(name), "mentee")
    path = f"/programs/{program}/applications"
    waiting = re.findall(r'name="selected" value="([^"]+)"', admin.get(path).text)
    page = admin.get(path, params={"application_id": waiting[1]})
    following = send(admin, page, f"/{waiting[1]}/approve")
    assert following.url.params["application_id"] == waiting[2]
    last = send(admin, following, f"/{waiting[2]}/approve")
    assert last.url.params["application_id"] == [one for one in waiting if one not in waiting[1:3]][-1]
