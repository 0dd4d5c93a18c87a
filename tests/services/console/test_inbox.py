"""What people were told, which mails they want, and what those who run a program see of them."""

import re

import httpx
import pytest

from services.notify.messages.model.notification import Notification
from services.notify.wishes.model import Wishes
from shared.engine.authoring.reader import Reader
from tests.services.console.browsing import headline, send
from tests.services.console.conftest import Pair
from tests.services.console.world import TENANT, World
from tests.waiting import until


def stopped(cell: World, person_id: str) -> list[str]:
    """Which mails somebody has stopped."""
    found = cell.run(Reader(cell.cell.engines["notify"].store, TENANT).many(Wishes, [person_id]))
    return [choice for one in found for choice in one.stopped]


@pytest.fixture
def told(cell: World, mentor: httpx.Client, pair: Pair) -> httpx.Client:
    """The mentor, who was told of the proposal."""

    async def is_queued() -> bool:
        found = await Reader(cell.cell.engines["notify"].store, TENANT).every(Notification, {"person_id": pair.mentor})
        return any(one.draft.template == "match_proposed_to_mentor" for one in found)

    cell.run(until(is_queued))
    return mentor


def test_what_was_told_is_new_until_it_was_read_and_leads_to_its_page(told: httpx.Client, pair: Pair) -> None:
    page = told.get("/inbox")
    assert "is new" in headline(page) or "are new" in headline(page)
    before = page.text.count("<span>New")
    (notice,) = re.findall(r'would you be.*?action="/inbox/([0-9a-f]+)/open"', page.text, re.DOTALL)[:1]
    opened = send(told, page, f"/inbox/{notice}/open")
    assert opened.url.path == f"/matches/{pair.match}"
    assert told.get("/inbox").text.count("<span>New") == before - 1


def test_all_is_read_at_once(told: httpx.Client) -> None:
    assert headline(send(told, told.get("/inbox"), "/inbox/read")) == "You have read everything."


def test_what_lets_somebody_in_is_not_shown(told: httpx.Client) -> None:
    page = told.get("/inbox").text
    assert "A mail about your way in" in page
    assert not re.search(r"\b[0-9]{6} is your code", page)


def test_mails_that_nobody_needs_are_stopped_and_come_again(cell: World, told: httpx.Client, pair: Pair) -> None:
    form = {"choice": "session_reminders", "key": "k1"}
    assert "Get them again" in told.post("/inbox/letters", data={**form, "wish": "stop"}).text
    assert stopped(cell, pair.mentor) == ["session_reminders"]
    told.post("/inbox/letters", data={**form, "wish": "resume", "key": "k2"})
    assert stopped(cell, pair.mentor) == []


def test_mails_about_signing_in_cannot_be_stopped(cell: World, told: httpx.Client, pair: Pair) -> None:
    refused = told.post("/inbox/letters", data={"choice": "sign_in_requested", "wish": "stop", "key": "k3"})
    assert refused.status_code == 422
    assert stopped(cell, pair.mentor) == []


def test_a_mail_program_stops_them_by_one_click(cell: World, pair: Pair) -> None:
    link = cell.link("letters", pair.mentee, "feedback_requests")
    with httpx.Client(base_url=cell.address) as program:  # no browser: it says nothing of where it comes from
        answer = program.post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200, "it follows no redirect"
    assert stopped(cell, pair.mentee) == ["feedback_requests"]


def test_a_scanner_that_opens_the_link_stops_nothing_and_a_person_does(cell: World, pair: Pair) -> None:
    link = cell.link("letters", pair.mentee, "proposal_reminders")
    with cell.browser() as phone:
        page = phone.get(link)
        assert headline(page) == "Vuoi non ricevere più queste e-mail?"
        assert "proposal_reminders" not in stopped(cell, pair.mentee)
        assert headline(send(phone, page, link, answer="stop")) == "Non ricevi più queste e-mail."
        assert "proposal_reminders" in stopped(cell, pair.mentee)
        send(phone, phone.get(link), link, answer="resume")
        assert "proposal_reminders" not in stopped(cell, pair.mentee)


def test_those_who_run_a_program_see_which_mails_went_out_and_no_link(
    cell: World, told: httpx.Client, admin: httpx.Client, program: str
) -> None:
    page = admin.get(f"/programs/{program}/letters")
    assert "Grace Hopper" in page.text
    (path,) = re.findall(
        rf'href="(/programs/{program}/letters/[0-9a-f]+)">Long-term mentoring: would you be', page.text
    )[:1]
    words = admin.get(path).text
    assert "Mia Conti" in words
    assert "Hello Grace Hopper" in words
    assert "/a/" not in words
    assert "https://" not in words
    assert told.get(f"/programs/{program}/letters").status_code == 403
    assert told.get(path).status_code == 403


def test_mails_of_a_day_on_which_there_were_none_say_so(admin: httpx.Client, program: str) -> None:
    assert headline(admin.get(f"/programs/{program}/letters?on=2020-01-01")) == "No mail."
    assert headline(admin.get(f"/programs/{program}/letters?status=failed")) == "No mail."
