"""Every page is for whom the page of roles says, and for nobody else."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import pytest

from services.console.service import service
from shared.documents.openapi import openapi
from tests.services.console.conftest import Pair
from tests.services.console.world import World
from tests.waiting import until

HIDDEN = "There is no such page, or it is not for you."


class Line(NamedTuple):
    """A page, and what is said of it for each role."""

    method: str
    path: str
    roles: dict[str, str]


LINES = [Line(one["method"], one["path"], one["x-roles"]) for one in openapi(service)["x-pages"]]


@pytest.fixture(scope="module")
def browsers(cell: World, program: str) -> Iterator[dict[str, httpx.Client]]:
    """A browser for each role; the manager has the program, and the neighbor another one."""
    other = str(cell.ask("intake", "CreateProgram", title="Another program")["id"])
    people = {"admin": "Rosa Keller", "manager": "Max Frey", "neighbor": "Nora Lind", "person": "Paul Adler"}
    ids = {role: cell.add_person(name) for role, name in people.items()}
    cell.give_role(ids["admin"], "admin")
    cell.give_role(ids["manager"], "manager", program)
    cell.give_role(ids["neighbor"], "manager", other)
    opened = {role: cell.browser() for role in (*people, "operator")}
    for role, browser in opened.items():
        if role == "operator":
            cell.sign_in_operator(browser)
        else:
            cell.sign_in(browser, f"{people[role].split()[0].lower()}@example.org")
        browser.follow_redirects = False
    yield opened
    for browser in opened.values():
        browser.close()


@pytest.fixture(scope="module")
def ids(cell: World, pair: Pair, program: str, browsers: dict[str, httpx.Client]) -> dict[str, str]:
    """Of what there is in the program; where nothing is named, nothing has that id."""
    run = str(cell.ask("matching", "RequestMatchRun", program_id=program)["id"])

    async def letter() -> str | None:
        path = f"/programs/{program}/letters"
        async with httpx.AsyncClient(base_url=cell.address, cookies=browsers["admin"].cookies) as admin:
            found = re.search(rf'href="{path}/([^"?]+)', (await admin.get(path)).text)
        return found[1] if found else None

    return {"program_id": program, "run_id": run, "letter_id": cell.run(until(letter))}


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.method} {line.path}")
def test_a_page_is_for_whom_the_table_says(
    cell: World, browsers: dict[str, httpx.Client], ids: dict[str, str], line: Line
) -> None:
    if line.path in ("/sign-out", "/me/sign-out-everywhere"):
        pytest.skip("whoever asks for it is no longer who they were")
    path = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "nothing"), line.path)
    with cell.browser() as nobody:
        nobody.follow_redirects = False
        answer = nobody.request(line.method, path)
        is_sent_away = answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in?next=")
        assert is_sent_away == (not line.roles.keys() & {"anyone", "link"}), answer.status_code
    for role, browser in browsers.items():
        answer = browser.request(line.method, path)
        is_theirs = _is_for(role, line)
        is_hidden = "{program_id}" in line.path and answer.status_code == 404 and HIDDEN in answer.text
        is_refused = is_hidden or answer.status_code == 403
        assert is_refused != is_theirs, f"{role}: {answer.status_code} {answer.text[:300]}"


def _is_for(role: str, line: Line) -> bool:
    """Whether somebody of that role gets in; the neighbor is a manager too, of another program; links have none."""
    if "anyone" in line.roles or role == "operator":
        return "anyone" in line.roles or "operator" in line.roles
    if "person" in line.roles:
        return True
    return role in line.roles if role != "neighbor" else line.roles.get("manager") == "yes"
