"""From nothing to a published program: somebody opens an organization, and says what its first program is like."""

import re
from html import unescape

import pytest

from services.console.onboarding.lands import likely_zone
from shared.sign_in_secrets import Requested
from tests.services.console.browsing import headline, send
from tests.services.console.world import World, mailbox
from tests.waiting import until

ANSWERS = {"organization": "Quay & Söhne", "name": "Nia Okoro", "email": "nia@example.com"}


def test_whoever_opens_an_organization_runs_it_and_publishes_a_program(cell: World) -> None:
    with cell.browser() as browser:
        start = browser.get("/start", headers={"Accept-Language": "it-IT"})
        assert unescape(headline(start)) == "Apri un'organizzazione."
        assert 'value="Europe/Rome"' in start.text
        asked = send(browser, start, "/start", **ANSWERS, locale="it", time_zone="Europe/Rome")
        assert asked.url.path == "/sign-in/code", asked.text
        request = Requested(*asked.url.params["asked"].split("."))
        assert re.fullmatch(r"quay-soehne-[a-z0-9]{4}", request.tenant)
        form = {"asked": ".".join(request), "code": mailbox.code(request), "next": asked.url.params["next"]}
        first = browser.post("/sign-in/with-code", data=form)
        assert unescape(headline(first)) == "Non c'è ancora nessun programma."
        assert "Quay &amp; Söhne" in first.text
        program = send(browser, first, "/programs", like="onboarding", title="", then="publish")
        assert "Buddy per chi inizia è aperto" in unescape(headline(program))
        assert re.fullmatch(r"/programs/[^/]+", program.url.path)
        assert browser.get("/people").status_code == 200, "they are its admin"


def test_the_mail_goes_to_the_address_that_was_named(cell: World) -> None:
    with cell.browser() as browser:
        asked = browser.post("/start", data=ANSWERS | {"email": "mailed@example.com"})
        request = Requested(*asked.url.params["asked"].split("."))

    async def is_mailed() -> bool:
        return any("mailed@example.com" in mail.rcpt_tos for mail in cell.mails)

    assert cell.run(until(is_mailed))
    (mail,) = (mail for mail in cell.mails if "mailed@example.com" in mail.rcpt_tos)
    assert mailbox.code(request) in str(mail.content)


def test_nothing_tells_whether_a_name_or_an_address_is_known(cell: World) -> None:
    seen = []
    with cell.browser() as browser:
        for answers in (ANSWERS | {"email": "twice@example.com"},) * 5:
            asked = browser.post("/start", data=answers)
            request = Requested(*asked.url.params["asked"].split("."))
            seen.append(
                (asked.status_code, asked.url.path, re.sub("-[a-z0-9]{4}$", "", request.tenant), len(request.id))
            )
    assert len(set(seen)) == 1, "the fourth and fifth open nothing, and are answered as the others"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"organization": ""}, "at least 1 character"),
        ({"organization": "Win at http://evil.example"}, "without an address of the web"),
        ({"organization": "evil.com"}, "without an address of the web"),
        ({"name": "none"}, "name"),
        ({"email": "nobody"}, "@-sign"),
        ({"time_zone": "Atlantis"}, "time zone"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    cell: World, wrong: dict[str, str], words: str
) -> None:
    with cell.browser() as browser:
        page = browser.post("/start", data=ANSWERS | wrong)
    (field,) = wrong
    assert page.status_code == 422
    assert f'id="f-{field}-error"' in page.text
    assert words in page.text
    assert "Nia Okoro" in page.text or field == "name"


@pytest.mark.parametrize(
    ("header", "zone"),
    [("de-CH", "Europe/Zurich"), ("en-US", "UTC"), ("it", "UTC"), ("xx-YY, it-IT;q=0.5", "Europe/Rome"), ("", "UTC")],
)
def test_a_zone_is_proposed_where_a_land_has_one_only(header: str, zone: str) -> None:
    assert likely_zone(header) == zone
