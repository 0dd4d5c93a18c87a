"""Signing in by the organization's provider, from the door and back to a page."""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from tests.services.console.browsing import headline
from tests.services.console.outages import LOOPBACK
from tests.services.console.world import TENANT, World
from tests.services.intake.providers.provider import ADA, CLIENT, SECRET, Provider, running_provider


@pytest.fixture(scope="module")
def provider(cell: World, admin: httpx.Client) -> Iterator[Provider]:
    """The provider of the organization, as its admin has set it."""
    with running_provider() as found:
        form = {"issuer": found.issuer, "client_id": CLIENT, "method": "client_secret_basic", "client_secret": SECRET}
        page = admin.post("/provider", data={**form, "domains": "acme.example", "scopes": "openid email profile"})
        assert page.status_code == 200, page.text
        yield found


def sent_away(browser: httpx.Client, **more: str) -> str:
    """Where the page leads a browser that wants to sign in."""
    page = browser.post("/sign-in/to-provider", data={"organization": TENANT, **more})
    assert page.status_code == 200, page.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)
    assert found
    return unescape(found[1])


def test_whom_the_provider_knows_is_let_in_and_led_to_the_page_they_wanted(cell: World, provider: Provider) -> None:
    with cell.browser() as browser:
        url = sent_away(browser, next="/me")
        page = browser.get("/sign-in/provider", params=provider.let_in(url, ADA))
        assert page.url.path == "/me"
        assert "Ada Rossi" in page.text


def test_an_answer_that_was_for_another_browser_lets_nobody_in(cell: World, provider: Provider) -> None:
    with cell.browser() as one, cell.browser() as other:
        back = provider.let_in(sent_away(one), ADA)
        page = other.get("/sign-in/provider", params=back)
        assert page.status_code == 403
        assert "did not let you in" in page.text
        assert other.get("/today").url.path == "/sign-in"


def test_an_organization_without_a_provider_says_so_beside_what_was_typed(cell: World) -> None:
    with cell.browser() as browser:
        page = browser.post("/sign-in/to-provider", data={"organization": "acme"})
        assert page.status_code == 404
        assert "has no provider to sign in by" in page.text
        assert 'value="acme"' in page.text


def test_whoever_came_by_the_provider_shows_there_again_who_they_are(cell: World, provider: Provider) -> None:
    with cell.browser() as browser:
        browser.get("/sign-in/provider", params=provider.let_in(sent_away(browser), ADA))
        page = browser.get("/sign-in/again")
        assert 'action="/sign-in/to-provider"' in page.text
        assert "max_age=0" in sent_away(browser, fresh="1")


def test_a_trial_is_tried_step_by_step_and_to_the_end_and_signs_nobody_in(
    cell: World, provider: Provider, admin: httpx.Client
) -> None:
    page = admin.post("/provider/try")
    assert headline(page) == "People can sign in by your provider."
    found = re.search(r'href="(http://127\.0\.0\.1:\d+/auth[^"]+)"', page.text)
    assert found
    page = admin.get("/sign-in/provider", params=provider.let_in(unescape(found[1]), ADA))
    assert headline(page) == "You would get in."
    assert "ada@acme.example is a verified address" in page.text
    assert "Rosa Keller" in admin.get("/me").text, "nobody was signed in"


def test_a_trial_says_what_is_wrong_and_what_to_do(provider: Provider, admin: httpx.Client) -> None:
    provider.answers["/token"] = (401, {}, b'{"error": "invalid_client"}')
    page = admin.post("/provider/try")
    assert headline(page) == "Nobody can sign in by your provider yet."
    assert "does not take us for ithaca" in page.text
    provider.answers.clear()
    provider.ahead = 600
    assert "seconds ahead of ours" in admin.post("/provider/try").text
    provider.ahead = 0


def test_claims_give_roles_by_rules(provider: Provider, admin: httpx.Client, program: str) -> None:
    page = admin.post("/provider/rules", data={"claim": "groups", "value": "mentoring", "role": f"manager:{program}"})
    assert "groups" in page.text
    claims = '{"email": "x@acme.example", "email_verified": true, "sub": "x", "groups": ["mentoring"]}'
    page = admin.post("/provider/try", data={"claims": claims})
    assert f"manager:{program}" in page.text
    refused = admin.post("/provider/try", data={"claims": "no JSON"})
    assert refused.status_code == 422
    page = admin.post("/provider/rules/remove", data={"rule": "0"})
    assert "mentoring</td>" not in page.text


def test_the_settings_say_what_to_register_there_and_no_secret(
    cell: World, provider: Provider, admin: httpx.Client
) -> None:
    page = admin.get("/provider")
    assert f"http://{LOOPBACK}:{cell.ports['console']}/sign-in/provider" in page.text
    assert SECRET not in page.text
    typed = {"issuer": "ftp://nowhere", "client_id": "x", "method": "none", "domains": "acme.example", "scopes": ""}
    refused = admin.post("/provider", data=typed)
    assert refused.status_code in (409, 422)
    assert 'value="ftp://nowhere"' in refused.text


def test_a_provider_is_taken_away_again(cell: World, provider: Provider, admin: httpx.Client) -> None:
    page = admin.post("/provider/remove")
    assert headline(page) == "Nobody signs in by a provider of your own yet."
    with cell.browser() as browser:
        assert browser.post("/sign-in/to-provider", data={"organization": TENANT}).status_code == 404
