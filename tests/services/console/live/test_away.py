"""What stands when something is not as it was: a service is away, a session has ended, pages are older than scripts."""

import httpx

from services.console.frame import assets
from tests.services.console.browsing import headline, send
from tests.services.console.conftest import Pair
from tests.services.console.live.streaming import listening
from tests.services.console.world import TENANT, World


def test_pages_stand_while_a_service_is_away_and_nothing_can_be_pressed(
    cell: World, mentor: httpx.Client, pair: Pair
) -> None:
    path = f"/matches/{pair.match}"
    before = mentor.get(path)
    with cell.without("matching"):
        page = mentor.get(path)
        assert headline(page) == headline(before)
        assert "Matching does not answer." in page.text
        assert "This is how things stood at" in page.text
        assert page.text.count('<button type="submit" class="btn main" disabled') == 1
        refused = send(mentor, before, "/accept")
        assert refused.status_code == 503, "whoever has the page from before is told"
        assert "Nothing was lost" in refused.text
    assert "does not answer" not in until_back(mentor, path).text


def until_back(browser: httpx.Client, path: str) -> httpx.Response:
    """The page when all services answer again."""
    for _ in range(200):
        page = browser.get(path)
        if "does not answer" not in page.text:
            return page
    raise AssertionError(page.text)


def test_what_another_has_read_before_is_not_shown_to_somebody_else(
    cell: World, mentor: httpx.Client, pair: Pair
) -> None:
    assert mentor.get(f"/matches/{pair.match}").status_code == 200
    cell.add_person("Otto Eder")
    with cell.browser() as browser:
        cell.sign_in(browser, "otto@example.org")
        with cell.without("matching"):
            page = browser.get(f"/matches/{pair.match}")
            assert page.status_code == 503
            assert "Matching does not answer" in page.text


def test_a_page_of_before_a_deployment_gets_the_files_of_now_and_keeps_them_not(admin: httpx.Client) -> None:
    now = admin.get(assets.address("console.css"))
    older = admin.get("/assets/000000000000/console.css")
    assert (older.status_code, older.content) == (200, now.content)
    assert "immutable" in now.headers["cache-control"]
    assert older.headers["cache-control"] == "no-store"
    assert admin.get("/assets/000000000000/nothing.css").status_code == 404


def test_streams_of_an_organization_that_is_suspended_end_and_its_pages_say_why(cell: World) -> None:
    cell.add_person("Quirin Haas")
    with cell.browser() as browser:
        cell.sign_in(browser, "quirin@example.org")
        with listening(browser) as stream:
            cell.ask("intake", "SuspendOrganization", "operator/root", organization_id=TENANT, reason="payment")
            try:
                assert stream.until("over").data == "suspended"
                assert list(stream) == []
                page = browser.get("/today")
                assert page.status_code == 403
                assert "Your organization is suspended." in page.text
            finally:
                cell.ask("intake", "ResumeOrganization", "operator/root", organization_id=TENANT)
